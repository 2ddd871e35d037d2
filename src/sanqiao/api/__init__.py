from ninja import NinjaAPI
from ninja.security import django_auth

api = NinjaAPI(title="三桥", auth=django_auth, docs_url=None)
