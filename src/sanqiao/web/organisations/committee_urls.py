from django.urls import path

from . import committees

app_name = "committees"
urlpatterns = [
    path("", committees.committee_list, name="list"),
    path("new/<int:compound>/", committees.committee_new, name="new"),
    path("<int:pk>/", committees.committee_detail, name="detail"),
    path("<int:pk>/edit/", committees.committee_edit, name="edit"),
    path("<int:pk>/dissolve/", committees.committee_dissolve, name="dissolve"),
]
