from django.urls import path

from . import changes, views

app_name = "members"
urlpatterns = [
    path("", views.member_list, name="list"),
    path("<int:pk>/transfer/", changes.membership_transfer, name="transfer"),
    path("<int:pk>/confirm/", changes.membership_confirm, name="confirm"),
    path("<int:pk>/end/", changes.membership_end, name="end"),
]
