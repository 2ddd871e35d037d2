from django.urls import path

from . import buildings, compound_changes, views

app_name = "compounds"
urlpatterns = [
    path("", views.compound_list, name="list"),
    path("new/", compound_changes.compound_new, name="new"),
    path("<int:pk>/", views.compound_detail, name="detail"),
    path("<int:pk>/edit/", compound_changes.compound_edit, name="edit"),
    path("<int:pk>/close/", compound_changes.compound_close, name="close"),
    path("<int:compound>/buildings/new/", buildings.building_new, name="building_new"),
    path("buildings/<int:pk>/edit/", buildings.building_edit, name="building_edit"),
]
