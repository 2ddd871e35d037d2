from django.urls import path

from . import views

app_name = "areas"
urlpatterns = [
    path("", views.area_list, name="list"),
    path("all/", views.area_all, name="all"),
    path("switch/", views.area_switch, name="switch"),
    path("where/", views.area_where, name="where"),
    path("boundaries/", views.boundaries, name="boundaries"),
    path("boundaries/import/", views.boundaries_import, name="boundaries_import"),
    path("<slug:key>/", views.area_detail, name="detail"),
    path("<slug:key>/map/", views.area_map, name="map"),
    path("<slug:key>/edit/", views.area_edit, name="edit"),
    path("<slug:key>/split/", views.area_split, name="split"),
    path("<slug:key>/move/", views.area_move, name="move"),
]
