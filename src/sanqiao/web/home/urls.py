from django.urls import path

from . import views

urlpatterns = [
    path("", views.home, name="home"),
    path("me/", views.mine, name="mine"),
    path("me/data/", views.my_data, name="my_data"),
    path("me/preferences/", views.preferences, name="preferences"),
    path("map/", views.home_map, name="map"),
    path("duties/<int:pk>/", views.duty_detail, name="duty"),
    path("duties/<int:pk>/files/<int:step>/", views.duty_file, name="duty_file"),
    path("duties/<int:pk>/<slug:act>/", views.duty_act, name="duty_act"),
]
