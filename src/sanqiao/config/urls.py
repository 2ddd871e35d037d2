from django.urls import include, path

from sanqiao.api import api

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("api/", api.urls),
    path("", include("sanqiao.web.urls")),
]
