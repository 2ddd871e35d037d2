from django.urls import include, path, re_path

from sanqiao.api import api
from sanqiao.web.accounts import no_mail

urlpatterns = [
    re_path(r"^accounts/(email|confirm-email|password/reset|password/set)/", no_mail),
    path("accounts/", include("allauth.urls")),
    path("api/", api.urls),
    path("", include("sanqiao.web.urls")),
]
