"""The JSON door: the same figures and the same rights as the pages."""

from ninja import NinjaAPI
from ninja.security import django_auth

from .figures import router as figures

api = NinjaAPI(title="三桥", auth=django_auth, docs_url=None)
api.add_router("/figures", figures)
