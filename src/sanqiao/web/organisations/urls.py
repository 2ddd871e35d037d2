from django.urls import path

from . import changes, views

app_name = "organisations"
urlpatterns = [
    path("", views.organisation_list, name="list"),
    path("new/", changes.organisation_new, name="new"),
    path("tree/", views.organisation_tree, name="tree"),
    path("tree/<str:code>/", views.organisation_branch, name="branch"),
    path("<str:code>/", views.organisation_detail, name="detail"),
    path("<str:code>/edit/", changes.organisation_edit, name="edit"),
    path("<str:code>/move/", changes.organisation_move, name="move"),
    path("<str:code>/dissolve/", changes.organisation_dissolve, name="dissolve"),
]
