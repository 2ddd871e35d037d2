from django.urls import path

from . import views

app_name = "figures"
urlpatterns = [
    path("", views.catalogue_page, name="catalogue"),
    path("band/", views.band, name="band"),
    path("sums/", views.sums, name="sums"),
    path("of/<slug:key>/", views.of_area, name="of_area"),
    path("<str:code>/", views.drawer, name="drawer"),
    path("<str:code>/trend/", views.trend, name="trend"),
    path("<str:code>/rows/", views.rows, name="rows"),
    path("<str:code>/export/", views.export, name="export"),
]
