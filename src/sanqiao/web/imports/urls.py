from django.urls import path

from . import views

app_name = "imports"
urlpatterns = [
    path("", views.import_list, name="list"),
    path("<slug:register>/", views.upload, name="upload"),
    path("<slug:register>/template/", views.template, name="template"),
    path("<slug:register>/<str:token>/", views.preview, name="preview"),
    path("<slug:register>/<str:token>/refused/", views.refused, name="refused"),
    path("<slug:register>/<str:token>/commit/", views.commit, name="commit"),
]
