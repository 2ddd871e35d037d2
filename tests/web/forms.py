"""Forms that change something, each with the record behind it: keyword arguments of its address."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from sanqiao.kernel.models import User
from sanqiao.registers.areas.models import Building
from sanqiao.registers.organisations.models import OwnersCommittee
from sanqiao.registers.people.models import MemberHousehold
from sanqiao.work.contributions.commands import deliver_goods, spend
from sanqiao.work.contributions.models import Contribution, Goods
from sanqiao.work.mobilisation.models import CallOut, Pledge, PledgeCampaign
from sanqiao.work.service.models import MemberCheckIn
from tests.make import (
    Town,
    make_appointment,
    make_compound,
    make_grant,
    make_membership,
    make_person,
    make_unit,
    make_user,
)
from tests.reports.make import make_report
from tests.work.contributions.make import hand_up, make_gift, make_goods, verify
from tests.work.mobilisation.make import make_draft, make_ordered, make_sending, members, officer
from tests.work.returns.make import make_form, make_return
from tests.work.service.make import make_bureau, make_check_in, make_pairing
from tests.work.service.make import make_report as make_service_report
from tests.work.squads.make import make_closed, make_team

Made = Callable[[Town], dict[str, Any]]
DAY = date(2020, 1, 1)


def area(town: Town) -> dict[str, Any]:
    return {"key": town.community.key}


def grid(town: Town) -> dict[str, Any]:
    return {"key": town.grid.key}


def organisation(town: Town) -> dict[str, Any]:
    return {"code": town.branch.code}


def compound(town: Town) -> dict[str, Any]:
    return {"pk": make_compound(area=town.grid).pk}


def beside_compound(town: Town) -> dict[str, Any]:
    return {"compound": make_compound(area=town.grid).pk}


def building(town: Town) -> dict[str, Any]:
    of = make_compound(area=town.grid)
    row = Building.objects.create(compound=of, name="1号楼", area=of.area, area_path=of.area_path)
    return {"pk": row.pk}


def committee(town: Town) -> dict[str, Any]:
    of = make_compound(area=town.grid)
    row = OwnersCommittee.objects.create(
        compound=of, area=of.area, area_path=of.area_path, founded_on=DAY
    )
    return {"pk": row.pk}


def unit(town: Town) -> dict[str, Any]:
    return {"pk": make_unit(area=town.community).pk}


def person(town: Town) -> dict[str, Any]:
    return {"pk": make_person(area=town.grid).pk}


def membership(town: Town) -> dict[str, Any]:
    return {"pk": make_membership(organisation=town.branch).pk}


def appointment(town: Town) -> dict[str, Any]:
    return {"pk": make_appointment(area=town.grid).pk}


def household(town: Town) -> dict[str, Any]:
    row = MemberHousehold.objects.create(
        person=make_person(area=town.grid), name="中心户", valid_from=DAY,
        area=town.grid, area_path=town.grid.path,
    )  # fmt: skip
    return {"pk": row.pk}


def report(town: Town) -> dict[str, Any]:
    return {"report_id": make_report(area=town.community, made_by=make_user()).pk}


def draft(town: Town) -> dict[str, Any]:
    return {"pk": make_draft(town, officer(town)).pk}


def squad_member(town: Town) -> dict[str, Any]:
    return {"pk": make_team(town).squad.members.exclude(role="captain").earliest("pk").pk}


def deployment(town: Town) -> dict[str, Any]:
    return {"pk": make_team(town).deployment.pk}


def squad_edit(town: Town) -> dict[str, Any]:
    return {"pk": make_team(town).squad.pk, "act": "edit"}


def nothing(_town: Town) -> dict[str, Any]:
    return {}


def return_form(town: Town) -> dict[str, Any]:
    return {"code": make_form(by=make_grant(role="city_officer", area=town.city).user).code}


def member_of_branch(town: Town) -> dict[str, Any]:
    return {"pk": make_membership(organisation=town.branch).person_id}


def household_of(town: Town) -> dict[str, Any]:
    return {"person": make_membership(organisation=town.branch).person_id}


def closed_unit(town: Town) -> dict[str, Any]:
    return {"pk": make_closed(town.grid).pk}


def gift(town: Town) -> Contribution:
    """In the batch of the branch, entered by the clerk of the street."""
    return make_gift(town.branch, clerk_of(town))


def clerk_of(town: Town) -> User:
    return make_grant(role="township_clerk", area=town.city, user=make_user(username="ji")).user


def entry(town: Town) -> dict[str, Any]:
    return {"pk": gift(town).pk}


def batch(town: Town) -> dict[str, Any]:
    return {"pk": gift(town).batch_id}


def sent_batch(town: Town) -> dict[str, Any]:
    made = gift(town)
    return {"pk": hand_up(made, User.objects.get(username="ji")).batch_id}


def lot(town: Town) -> Goods:
    return make_goods(town.branch, clerk_of(town))


def goods(town: Town) -> dict[str, Any]:
    return {"pk": lot(town).pk}


def delivery(town: Town) -> dict[str, Any]:
    found = lot(town)
    row = deliver_goods(
        goods=found, number="D1", quantity=Decimal(1), delivered_on=date(2020, 3, 3),
        receiver="社区", signed_by="何", use="防控", by=User.objects.get(username="ji"),
    )  # fmt: skip
    return {"pk": row.pk}


def payment(town: Town) -> dict[str, Any]:
    """Of money that has arrived at the city."""
    by = clerk_of(town)
    hand = make_gift(town.other_branch, by)
    verify(hand_up(hand, by), make_grant(role="city_officer", area=town.city).user)
    row = spend(
        organisation=town.city_committee, number="P1", purpose="supplies", what="口罩",
        amount=Decimal(1), spent_on=date(2020, 3, 3), by=by,
    )  # fmt: skip
    return {"pk": row.pk}


def asked_return(town: Town) -> dict[str, Any]:
    by = make_grant(role="city_officer", area=town.city).user
    return {"pk": make_return(make_form(by=by), town.city, by=by).pk}


def slip(town: Town) -> MemberCheckIn:
    bureau = make_bureau(town)
    return make_check_in(bureau.member, bureau.unit, town.community)


def returned_slip(town: Town) -> dict[str, Any]:
    return {"pk": slip(town).pk, "act": "return"}


def remarked(town: Town) -> dict[str, Any]:
    by = make_user(username="lin")
    made = make_service_report(slip(town), confirmed_on=date(2020, 7, 1), confirmed_by=by)
    return {"pk": made.pk, "kind": "member"}


def pairing(town: Town) -> dict[str, Any]:
    return {"pk": make_pairing(make_bureau(town).unit, town.community).pk, "act": "end"}


def ordered(town: Town) -> dict[str, Any]:
    members(town, 1)
    return {"pk": make_ordered(town, officer(town)).pk}


def started(town: Town) -> dict[str, Any]:
    return {**ordered(town), "act": "start"}


def call_list(town: Town) -> dict[str, Any]:
    members(town, 1)
    return {"pk": make_sending(town, officer(town)).pk, "code": town.branch.code}


def pledged(town: Town) -> dict[str, Any]:
    campaign = PledgeCampaign.objects.create(
        name="承诺", items=["值守"], area=town.city, area_path=town.city.path, opens_on=DAY
    )
    row = Pledge.objects.create(
        campaign=campaign, call_out=CallOut.objects.get(mobilisation=ordered(town)["pk"]),
        item="值守", pledged_on=DAY, area=town.community, area_path=town.community.path,
    )  # fmt: skip
    return {"pk": row.pk}


FORMS: dict[str, Made] = {
    "areas:edit": area,
    "areas:split": grid,
    "areas:move": area,
    "compounds:edit": compound,
    "compounds:close": compound,
    "compounds:building_new": beside_compound,
    "compounds:building_edit": building,
    "organisations:edit": organisation,
    "organisations:move": organisation,
    "organisations:dissolve": organisation,
    "committees:new": beside_compound,
    "committees:edit": committee,
    "committees:dissolve": committee,
    "units:edit": unit,
    "units:close": unit,
    "people:edit": person,
    "members:transfer": membership,
    "members:confirm": membership,
    "members:end": membership,
    "appointments:end": appointment,
    "households:close": household,
    "reports:edit": report,
    "mobilisations:edit": draft,
    "squads:act": squad_edit,
    "squads:member_end": squad_member,
    "squads:deployment_end": deployment,
    "squads:gates": closed_unit,
    "squads:open": closed_unit,
    "contributions:enter": organisation,
    "contributions:reverse": entry,
    "contributions:remit": batch,
    "contributions:verify": sent_batch,
    "contributions:goods_new": organisation,
    "contributions:deliver": goods,
    "contributions:lot_reverse": goods,
    "contributions:delivery_reverse": delivery,
    "contributions:spend": organisation,
    "contributions:payment_reverse": payment,
    "returns:file": asked_return,
    "service:pairing_act": pairing,
    "service:check_in_act": returned_slip,
    "service:remark": remarked,
    "mobilisations:act": started,
    "mobilisations:wave": ordered,
    "mobilisations:deed": pledged,
    "mobilisations:call_list_open": call_list,
}
COLLECTED = {"contributions:enter", "contributions:reverse", "contributions:remit"}
"""By the street, not by the city."""
PLACED: dict[str, Made] = {
    "returns:ask": return_form,
    "returns:say": nothing,
    "service:pairing_new": nothing,
    "people:appoint": member_of_branch,
    "people:new": nothing,
    "households:new": household_of,
}
"""Forms in which the area is chosen."""
