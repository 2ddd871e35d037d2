from django.urls import URLPattern, URLResolver, include, path

from .finding.views import find, suggest
from .gallery.views import gallery
from .history.views import history

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("sanqiao.web.home.urls")),
    path("areas/", include("sanqiao.web.areas.urls")),
    path("tiers/", include("sanqiao.web.tiers.urls")),
    path("compounds/", include("sanqiao.web.areas.compound_urls")),
    path("organisations/", include("sanqiao.web.organisations.urls")),
    path("committees/", include("sanqiao.web.organisations.committee_urls")),
    path("households/", include("sanqiao.web.people.household_urls")),
    path("units/", include("sanqiao.web.organisations.unit_urls")),
    path("members/", include("sanqiao.web.people.member_urls")),
    path("appointments/", include("sanqiao.web.people.appointment_urls")),
    path("people/", include("sanqiao.web.people.urls")),
    path("contributions/", include("sanqiao.web.contributions.urls")),
    path("returns/", include("sanqiao.web.returns.urls")),
    path("service/", include("sanqiao.web.service.urls")),
    path("squads/", include("sanqiao.web.squads.urls")),
    path("mobilisations/", include("sanqiao.web.mobilisation.urls")),
    path("a/", include("sanqiao.web.mobilisation.answer_urls")),
    path("figures/", include("sanqiao.web.figures.urls")),
    path("grants/", include("sanqiao.web.security.grant_urls")),
    path("events/", include("sanqiao.web.security.event_urls")),
    path("looks/", include("sanqiao.web.security.look_urls")),
    path("chains/", include("sanqiao.web.security.chain_urls")),
    path("jobs/", include("sanqiao.web.jobs.urls")),
    path("reports/", include("sanqiao.web.reports.urls")),
    path("import/", include("sanqiao.web.imports.urls")),
    path("find/", find, name="find"),
    path("find/<slug:kind>/", suggest, name="suggest"),
    path("history/<str:label>/<int:pk>/", history, name="history"),
    path("components/", gallery, name="gallery"),
]
