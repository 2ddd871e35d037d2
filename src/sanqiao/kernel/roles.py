"""Who may do what: the roles of the work as data. A role is a set of acts; a grant says where."""

from django.utils.translation import gettext_lazy as _

READ = frozenset(
    {
        "areas.view", "organisations.view", "people.view", "figures.view", "reports.view",
        "mobilisation.view", "returns.view", "service.view", "squads.view",
    }
)  # fmt: skip
KEEP = READ | {
    "areas.change", "organisations.change", "people.change", "people.unmask", "export",
    "duties.give", "duties.check", "mobilisation.answer", "returns.file",
    "contributions.view", "contributions.pass",
}  # fmt: skip

ROLES: dict[str, frozenset[str]] = {
    "city_officer": KEEP
    | {"areas.move", "areas.split", "import", "reports.build", "reports.publish", "events.view"}
    | {"mobilisation.order", "mobilisation.close"}
    | {"returns.ask", "returns.define", "returns.compare"}
    | {"service.pair", "service.accept", "service.draft"}
    | {"squads.lead", "squads.plan"},
    "county_officer": KEEP
    | {"areas.move", "areas.split", "import", "reports.build", "events.view"}
    | {"mobilisation.order", "mobilisation.close"}
    | {"returns.ask"}
    | {"service.pair", "service.draft"}
    | {"squads.lead", "squads.plan"},
    "township_clerk": KEEP
    | {"areas.split", "import", "mobilisation.order", "contributions.collect"}
    | {"service.accept", "service.draft"}
    | {"squads.plan"},
    "community_secretary": KEEP
    | {"contributions.collect"}
    | {"service.accept", "service.draft"}
    | {"squads.plan"},
    "grid_worker": READ | {"people.change"},
    "unit_liaison": READ
    | {"contributions.view", "contributions.collect"}
    | {"mobilisation.answer"}
    | {"service.liaise"}
    | {"squads.plan"},
    "member": frozenset({"figures.view"}),
    "supervisor": READ | {"events.view", "duties.check", "contributions.view"},
    "system_administrator": frozenset({"system.configure", "jobs.view"}),
    "security_administrator": frozenset({"grants.give", "users.manage"}),
    "audit_administrator": frozenset({"audit.view"}),
}

ROLE_NAMES = {
    "city_officer": _("市级干部"),
    "county_officer": _("县级干部"),
    "township_clerk": _("乡镇（街道）干部"),
    "community_secretary": _("村（社区）书记"),
    "grid_worker": _("网格员"),
    "unit_liaison": _("单位联络员"),
    "member": _("党员"),
    "supervisor": _("督导员"),
    "system_administrator": _("系统管理员"),
    "security_administrator": _("安全管理员"),
    "audit_administrator": _("审计管理员"),
}

STAFF_ROLES = frozenset(ROLES) - {"member"}
"""Roles that must sign in with a second factor (GB/T 22239-2019 8.1.4)."""

SEPARATED_ROLES = frozenset(
    {"system_administrator", "security_administrator", "audit_administrator"}
)
"""Three different people; none of them has business rights by virtue of it (等保)."""
