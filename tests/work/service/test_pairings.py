from __future__ import annotations

from datetime import date

import pytest

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.models import Event, User
from sanqiao.work.service import commands
from sanqiao.work.service.models import Pairing
from tests.make import Town

from .make import MARCH, Bureau, make_bureau, make_pairing

MAY = date(2020, 5, 6)


@pytest.fixture
def bureau(town: Town) -> Bureau:
    return make_bureau(town)


def test_a_pairing_holds_when_both_have_signed(
    town: Town, bureau: Bureau, city_officer: User, secretary: User
) -> None:
    pairing = commands.draft_pairing(
        unit=bureau.unit, area=town.community, is_lead=True, document="示例1号",
        valid_from=MARCH, by=city_officer,
    )  # fmt: skip
    commands.sign_pairing(pairing=pairing, side="unit", on=MARCH, by=bureau.liaison)
    assert not Pairing.objects.on(MAY).exists()
    commands.sign_pairing(pairing=pairing, side="community", on=MAY, by=secretary)

    assert not Pairing.objects.on(MARCH).exists(), "nobody had signed for the community"
    assert Pairing.objects.on(MAY).get().is_agreed
    assert Event.objects.filter(kind="service.pairing_signed").count() == 2


def test_each_signs_for_itself_and_once(
    town: Town, bureau: Bureau, secretary: User, other_clerk: User
) -> None:
    pairing = make_pairing(bureau.unit, town.community, unit_signed_on=None)
    refusals = []
    for side, by in (("unit", secretary), ("community", bureau.liaison), ("community", secretary)):
        with pytest.raises(Refused) as info:
            commands.sign_pairing(pairing=pairing, side=side, on=MAY, by=by)
        refusals.append(info.value.code)

    assert refusals == ["service.not_allowed", "service.not_allowed", "service.signed"]


def test_only_a_department_pairs_and_only_with_a_community(
    town: Town, bureau: Bureau, city_officer: User, secretary: User
) -> None:
    for area, by, code in (
        (town.community, secretary, "not_allowed"),
        (town.grid, city_officer, "not_a_community"),
    ):
        with pytest.raises(Refused) as info:
            commands.draft_pairing(
                unit=bureau.unit, area=area, is_lead=False, document="", valid_from=MARCH, by=by
            )
        assert info.value.code == f"service.{code}"


def test_a_unit_is_paired_once_with_a_community(
    town: Town, bureau: Bureau, city_officer: User
) -> None:
    make_pairing(bureau.unit, town.community)
    with pytest.raises(Refused) as info:
        commands.draft_pairing(
            unit=bureau.unit, area=town.community, is_lead=False, document="", valid_from=MAY,
            by=city_officer,
        )  # fmt: skip
    assert info.value.code == "service.paired_already"


def test_the_lead_passes_from_one_unit_to_another(
    town: Town, bureau: Bureau, city_officer: User
) -> None:
    first = make_pairing(bureau.unit, town.community, is_lead=True)
    second = make_pairing(make_bureau(town, "市教育局").unit, town.community)

    commands.lead_pairing(pairing=second, by=city_officer)

    first.refresh_from_db()
    assert not first.is_lead and Pairing.objects.get(is_lead=True) == second


def test_a_pairing_ends_with_a_reason_and_once(
    town: Town, bureau: Bureau, city_officer: User
) -> None:
    pairing = make_pairing(bureau.unit, town.community)
    ends = {"reason_missing": " ", "": "单位撤并", "pairing_ended": "又一次"}
    for code, reason in ends.items():
        if not code:
            commands.end_pairing(pairing=pairing, on=MAY, reason=reason, by=city_officer)
            continue
        with pytest.raises(Refused) as info:
            commands.end_pairing(pairing=pairing, on=MAY, reason=reason, by=city_officer)
        assert info.value.code == f"service.{code}"
    assert not Pairing.objects.on(MAY).exists()
    with pytest.raises(Refused):
        commands.lead_pairing(pairing=pairing, by=city_officer)


def test_a_unit_checks_in_where_it_has_an_agreement(
    town: Town, bureau: Bureau, secretary: User
) -> None:
    pairing = make_pairing(bureau.unit, town.community)
    visit = commands.check_in_unit(pairing=pairing, plan="社区书屋", on=MAY, by=bureau.liaison)
    for on, by, code in (
        (MAY, bureau.liaison, "not_allowed"),
        (MARCH, secretary, "too_early"),
    ):
        with pytest.raises(Refused) as info:
            commands.accept_unit(check_in=visit, on=on, by=by)
        assert info.value.code == f"service.{code}"
    assert commands.accept_unit(check_in=visit, on=MAY, by=secretary).accepted_by == secretary

    for on, code in ((date(2020, 1, 1), "not_paired"), (MAY, "checked_in_already")):
        with pytest.raises(Refused) as info:
            commands.check_in_unit(pairing=pairing, plan="", on=on, by=bureau.liaison)
        assert info.value.code == f"service.{code}"
    with pytest.raises(Refused):
        commands.accept_unit(check_in=visit, on=MAY, by=secretary)
