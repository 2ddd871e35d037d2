from django.urls import path

from . import changes, views

app_name = "appointments"
urlpatterns = [
    path("", views.appointment_list, name="list"),
    path("<int:pk>/end/", changes.appointment_end, name="end"),
]
