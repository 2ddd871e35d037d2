"""One person's slip: handed in, taken along to another community, ended."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import User, note
from sanqiao.kernel.reach import past_scope
from sanqiao.registers.areas.models import Area
from sanqiao.registers.organisations.models import Unit
from sanqiao.registers.people.models import Person
from sanqiao.work.service import policies
from sanqiao.work.service.models import Exemption, MemberCheckIn
from sanqiao.work.service.reach import Employer, community_of, employer, unit_of

from .writing import locked, save, write_slip


@transaction.atomic
def hand_in(
    *, person: Person, unit: Unit | None = None, on: date, home: str = "", skill: str = "",
    wish: str = "", by: User,
) -> MemberCheckIn:  # fmt: skip
    """报到 with the community where the person lives; a member's unit follows from membership.

    Raises Refused: service.not_allowed, no_unit, exempt, no_community, checked_in_already.
    """
    with past_scope(by):
        person = Person.objects.select_related("area").select_for_update(of=("self",)).get(
            pk=person.pk
        )  # fmt: skip
        of = _employer(person, unit, on)
        policies.check_hands_in(by, person.pk, of.organisation_path, person.area_path)
        _check_not_exempt(person, on)
        community = community_of(person.area)
        words = {"home": home, "skill": skill, "wish": wish}
        check_in = write_slip(person=person, of=of, community=community, on=on, **words)
    note("service.checked_in", subject=check_in, by=by, on=str(on))
    return check_in


@transaction.atomic
def move_house(*, check_in: MemberCheckIn, to: Area, on: date, by: User) -> MemberCheckIn:
    """The person lives in `to` from `on`; a slip goes to the new community, the old one ends.

    Within the community the slip stands and only the place changes. Returns the slip that holds.
    Raises Refused: service.not_allowed, ended, too_early, no_community, lives_there.
    """
    with past_scope(by):
        check_in = locked(check_in)
        policies.check_open(check_in, on)
        _check_takes_along(check_in, to, by)
        new = community_of(to)
        _settle(check_in.person_id, to)
        after = (
            _stay(check_in, to) if new.pk == check_in.community_id else _go(check_in, new, on)
        )  # fmt: skip
    note("service.moved_house", subject=after, by=by, on=str(on), before=check_in.pk)
    return after


@transaction.atomic
def end_check_in(
    *, check_in: MemberCheckIn, on: date, reason: str, text: str = "", by: User
) -> MemberCheckIn:
    """Left the unit, or another reason. Raises Refused: service.not_allowed, ended, too_early."""
    with past_scope(by):
        check_in = locked(check_in)
        policies.check_open(check_in, on)
        path = check_in.organisation_path
        if not (policies.liaises(by, path) or policies.accepts(by, check_in.area_path)):
            raise Refused(policies.NOT_ALLOWED, _("这张报到单不归您管理"))
        check_in.ended_on, check_in.end_reason, check_in.end_note = on, reason, text
        save(check_in, "ended_on", "end_reason", "end_note")
    note("service.check_in_ended", subject=check_in, by=by, on=str(on), reason=reason)
    return check_in


def _employer(person: Person, unit: Unit | None, on: date) -> Employer:
    found = unit or unit_of(person, on)
    if found is None:
        words = _("没有查到所在单位：双报到的对象是在职党员和干部职工，非党员请由单位联络员报到")
        raise Refused("service.no_unit", words)
    return employer(found)


def _check_not_exempt(person: Person, on: date) -> None:
    exemption = Exemption.objects.filter(person=person, valid_from__lte=on).order_by("-id").first()
    if exemption and (exemption.valid_to is None or exemption.valid_to > on):
        words = _("已登记免报到：%(reason)s") % {"reason": exemption.reason}
        raise Refused("service.exempt", words)


def _check_takes_along(check_in: MemberCheckIn, to: Area, by: User) -> None:
    """Whoever may hand in for the old place or the new one."""
    own, path = check_in.person_id, check_in.organisation_path
    if not policies.accepts(by, to.path):
        policies.check_hands_in(by, own, path, check_in.area_path)
    if check_in.person.area_id == to.pk:
        raise Refused("service.lives_there", _("登记的居住地就是这里"), field="to")


def _settle(person_id: int, to: Area) -> None:
    person = Person.objects.select_for_update().get(pk=person_id)
    person.area = to
    person.place()
    person.save(update_fields=["area", "area_path"])


def _stay(check_in: MemberCheckIn, to: Area) -> MemberCheckIn:
    if check_in.is_placed:
        check_in.area = to
        check_in.place()
        save(check_in, "area", "area_path")
    return check_in


def _go(check_in: MemberCheckIn, new: Area, on: date) -> MemberCheckIn:
    """End the old slip and hand in a new one, tied to it."""
    check_in.ended_on, check_in.end_reason = on, MemberCheckIn.End.MOVED
    save(check_in, "ended_on", "end_reason")
    of = Employer(
        check_in.unit_id, check_in.unit_name, check_in.unit_rank, check_in.organisation_path, ""
    )
    words = {"skill": check_in.skill, "wish": check_in.wish, "before": check_in}
    return write_slip(person=check_in.person, of=of, community=new, on=on, **words)
