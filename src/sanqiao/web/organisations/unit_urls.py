from django.urls import path

from . import changes, views

app_name = "units"
urlpatterns = [
    path("", views.unit_list, name="list"),
    path("new/", changes.unit_new, name="new"),
    path("<int:pk>/", views.unit_detail, name="detail"),
    path("<int:pk>/edit/", changes.unit_edit, name="edit"),
    path("<int:pk>/close/", changes.unit_close, name="close"),
]
