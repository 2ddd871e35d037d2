from django.urls import path

from . import views

app_name = "grants"
urlpatterns = [
    path("", views.grant_list, name="list"),
    path("give/", views.grant_give, name="give"),
    path("<int:pk>/end/", views.grant_end, name="end"),
]
