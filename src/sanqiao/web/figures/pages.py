"""Where a row behind a figure is shown in full, by the model of the row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode

from sanqiao.web.addresses import address
from sanqiao.web.listing.filters import ONE

Page = Callable[[Any, str], str]
"""The row, and the query that says where and when the reader looks."""


def at(view: str, column: str = "pk") -> Page:
    """A page by one column of the row; a dotted one is read along with the row."""

    def page(row: Any, query: str) -> str:
        key = _value(row, column)
        return address(view, key) if key else ""

    return page


def in_list(view: str, column: str = "pk", *, of: str = "", by: str = ONE.name) -> Page:
    """A list opened at one record, for rows without a page of their own; `of` is the column that
    the list's address needs, and `by` what names the record."""

    def page(row: Any, query: str) -> str:
        place = address(view, *([_value(row, of)] if of else []))
        return f"{place}{query}&{by}={_value(row, column)}"

    return page


def in_area(view: str) -> Page:
    """A page about the row's own area, on the day of the number."""

    def page(row: Any, query: str) -> str:
        given = [pair for pair in parse_qsl(query.removeprefix("?")) if pair[0] != "area"]
        return f"{address(view)}?{urlencode([('area', row.area.key), *given])}"

    return page


def _value(row: Any, column: str) -> Any:
    for name in column.split("."):
        row = getattr(row, name)
    return row


def report(kind: str) -> Page:
    return lambda row, query: address("service:report", kind, row.pk)


PAGES: dict[str, Page] = {
    "areas.Area": at("areas:detail", "key"),
    "areas.ClosedUnit": at("squads:closed_unit"),
    "areas.Compound": at("compounds:detail"),
    "areas.Designation": at("areas:detail", "area.key"),
    "areas.GovernanceTier": in_area("tiers:structure"),
    "organisations.Organisation": at("organisations:detail", "code"),
    "organisations.OwnersCommittee": at("committees:detail"),
    "organisations.Unit": at("units:detail"),
    "organisations.WorkTeam": at("areas:detail", "area.key"),
    "people.Membership": at("people:detail", "person_id"),
    "people.Appointment": at("people:detail", "person_id"),
    "mobilisation.Mobilisation": at("mobilisations:detail"),
    "mobilisation.CallOut": in_list("mobilisations:people", of="mobilisation_id"),
    "mobilisation.CallRole": in_list(
        "mobilisations:people", "call_out_id", of="call_out.mobilisation_id"
    ),
    "mobilisation.PledgeCampaign": in_list("mobilisations:pledges", by="campaign"),
    "mobilisation.Pledge": in_list("mobilisations:pledges"),
    "mobilisation.Deed": in_list("mobilisations:pledges", "pledge_id"),
    "service.Pairing": at("service:pairing"),
    "service.UnitCheckIn": at("service:pairing", "pairing_id"),
    "service.MemberCheckIn": at("service:check_in"),
    "service.MechanismDuty": in_list("service:mechanism"),
    "service.Exemption": in_list("service:exemptions"),
    "service.MemberReport": report("member"),
    "service.UnitReport": report("unit"),
    "contributions.Contribution": at("contributions:entry"),
    "contributions.Batch": at("contributions:batch"),
    "contributions.Remittance": at("contributions:batch", "batch_id"),
    "contributions.Verification": at("contributions:batch", "remittance.batch_id"),
    "contributions.Goods": at("contributions:lot"),
    "contributions.Delivery": at("contributions:lot", "goods_id"),
    "contributions.Spending": at("contributions:payment"),
    "returns.Return": at("returns:detail"),
    "returns.ReturnVersion": at("returns:detail", "record_id"),
    "returns.ReturnEntry": at("returns:detail", "version.record_id"),
    "returns.ReturnForm": at("returns:form", "code"),
    "returns.ComparisonTable": at("returns:table"),
    "returns.TableCell": at("returns:table", "row.table_id"),
    "returns.Standing": at("returns:table", "row.table_id"),
    "returns.Superlative": at("returns:said"),
    "squads.Squad": at("squads:detail"),
    "squads.SquadMember": at("squads:detail", "squad_id"),
    "squads.Deployment": at("squads:detail", "squad_id"),
    "squads.LogEntry": at("squads:detail", "squad_id"),
    "squads.Shift": at("squads:shift"),
    "squads.Claim": at("squads:shift", "shift_id"),
    "squads.Gate": at("squads:closed_unit", "closed_unit_id"),
}
READ_ALONG: dict[str, tuple[str, ...]] = {
    "areas.Designation": ("area",),
    "areas.GovernanceTier": ("area",),
    "organisations.WorkTeam": ("area",),
    "mobilisation.CallRole": ("call_out",),
    "contributions.Verification": ("remittance",),
    "returns.ReturnEntry": ("version",),
    "returns.TableCell": ("row",),
    "returns.Standing": ("row",),
}
"""Records that a page's address needs."""
