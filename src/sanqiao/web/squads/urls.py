from django.urls import path

from . import changes, closed, mine, shifts, views

app_name = "squads"
urlpatterns = [
    path("", views.squad_list, name="list"),
    path("beside/", views.beside, name="beside"),
    path("new/", changes.squad_new, name="new"),
    path("rules/", changes.rule_new, name="rule_new"),
    path("uncovered/", views.uncovered_list, name="uncovered"),
    path("<int:pk>/", views.squad_detail, name="detail"),
    path("<int:pk>/<slug:act>/", changes.squad_act, name="act"),
    path("members/<int:pk>/end/", changes.member_end, name="member_end"),
    path("deployments/<int:pk>/end/", changes.deployment_end, name="deployment_end"),
    path("log/<int:pk>/correct/", changes.log_correct, name="log_correct"),
    path("shifts/", shifts.shift_list, name="shifts"),
    path("shifts/<int:pk>/", shifts.shift_detail, name="shift"),
    path("shifts/<int:pk>/<slug:act>/", shifts.shift_act, name="shift_act"),
    path("plan/<slug:kind>/<int:pk>/", shifts.plan, name="plan"),
    path("claims/<int:pk>/cancel/", shifts.claim_cancel, name="claim_cancel"),
    path("mine/", mine.mine, name="mine"),
    path("mine/claim/<int:pk>/", mine.claim, name="claim"),
    path("mine/give-up/<int:pk>/", mine.give_up, name="give_up"),
    path("mine/swap/<int:pk>/", mine.swap, name="swap"),
    path("mine/swaps/<int:pk>/<slug:answer>/", mine.answer, name="answer"),
    path("closed/", closed.closed_list, name="closed"),
    path("closed/new/", closed.closed_new, name="closed_new"),
    path("closed/<int:pk>/", closed.closed_detail, name="closed_unit"),
    path("closed/<int:pk>/gates/", closed.gates, name="gates"),
    path("closed/<int:pk>/open/", closed.opened, name="open"),
]
