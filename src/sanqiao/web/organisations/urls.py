from django.urls import path

from . import views

app_name = "organisations"
urlpatterns = [
    path("", views.organisation_list, name="list"),
    path("tree/", views.organisation_tree, name="tree"),
    path("tree/<str:code>/", views.organisation_branch, name="branch"),
    path("<str:code>/", views.organisation_detail, name="detail"),
]
