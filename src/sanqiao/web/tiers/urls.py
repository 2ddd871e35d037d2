from django.urls import path

from . import views

app_name = "tiers"
urlpatterns = [
    path("", views.structure, name="structure"),
    path("records/", views.records, name="records"),
    path("gaps/", views.gaps, name="gaps"),
]
