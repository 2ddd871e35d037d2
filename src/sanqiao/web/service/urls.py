from django.urls import path

from . import check_ins, own, pairings, reports, units

app_name = "service"
urlpatterns = [
    path("", pairings.pairing_list, name="pairings"),
    path("holes/", pairings.hole_list, name="holes"),
    path("pairings/new/", pairings.pairing_new, name="pairing_new"),
    path("pairings/<int:pk>/", pairings.pairing_detail, name="pairing"),
    path("pairings/<int:pk>/<slug:act>/", pairings.pairing_act, name="pairing_act"),
    path("queue/", check_ins.queue, name="queue"),
    path("queue/accept/", check_ins.queue_accept, name="queue_accept"),
    path("check-ins/", check_ins.check_in_list, name="check_ins"),
    path("check-ins/<int:pk>/", check_ins.check_in_detail, name="check_in"),
    path("check-ins/<int:pk>/accept/", check_ins.check_in_accept, name="accept"),
    path("check-ins/<int:pk>/move/", check_ins.check_in_move, name="move"),
    path("check-ins/<int:pk>/<slug:act>/", check_ins.check_in_act, name="check_in_act"),
    path("exemptions/", check_ins.exemption_list, name="exemptions"),
    path("mechanism/", reports.mechanism_list, name="mechanism"),
    path("mine/", own.mine, name="mine"),
    path("mine/check-in/", own.check_in, name="check_in_mine"),
    path("mine/move/", own.move, name="move_mine"),
    path("unit/", units.own_unit, name="unit"),
    path("unit/exempt/<int:unit>/<int:person>/", units.exempt_one, name="exempt_one"),
    path("unit/upload/", units.upload, name="upload"),
    path("unit/upload/template/", units.template, name="template"),
    path("unit/upload/<str:token>/", units.preview, name="preview"),
    path("unit/upload/<str:token>/refused/", units.refused, name="refused"),
    path("unit/upload/<str:token>/commit/", units.commit, name="commit"),
    path("reports/", reports.member_report_list, name="member_reports"),
    path("unit-reports/", reports.unit_report_list, name="unit_reports"),
    path("reports/draft/", reports.draft, name="draft"),
    path("reports/<slug:kind>/<int:pk>/", reports.report_detail, name="report"),
    path("reports/<slug:kind>/<int:pk>/confirm/", reports.report_confirm, name="confirm"),
    path("reports/<slug:kind>/<int:pk>/remark/", reports.report_remark, name="remark"),
]
