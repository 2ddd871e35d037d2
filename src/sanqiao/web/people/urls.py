from django.urls import path

from . import changes, views

app_name = "people"
urlpatterns = [
    path("new/", changes.person_new, name="new"),
    path("<int:pk>/", views.person_detail, name="detail"),
    path("<int:pk>/edit/", changes.person_edit, name="edit"),
    path("<int:pk>/admit/", changes.person_admit, name="admit"),
    path("<int:pk>/appoint/", changes.person_appoint, name="appoint"),
    path("<int:pk>/unmask/<slug:field>/", views.person_unmask, name="unmask"),
]
