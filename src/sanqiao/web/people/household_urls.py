from django.urls import path

from . import households

app_name = "households"
urlpatterns = [
    path("", households.household_list, name="list"),
    path("new/<int:person>/", households.household_new, name="new"),
    path("<int:pk>/close/", households.household_close, name="close"),
]
