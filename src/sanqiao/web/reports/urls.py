from django.urls import path

from . import views

app_name = "reports"
urlpatterns = [
    path("", views.report_list, name="list"),
    path("new/", views.report_new, name="new"),
    path("<int:report_id>/", views.report_detail, name="detail"),
    path("<int:report_id>/edit/", views.report_edit, name="edit"),
    path("<int:report_id>/preview/", views.report_preview, name="preview"),
    path("<int:report_id>/publish/", views.report_publish, name="publish"),
    path("<int:report_id>/proof/", views.report_proof, name="proof"),
    path("<int:report_id>/prove/", views.report_prove, name="prove"),
    path("<int:report_id>/report.<str:kind>", views.report_file, name="file"),
]
