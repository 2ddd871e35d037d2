"""From the order to the closing record, through the pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from sanqiao.kernel.models import Look, User
from sanqiao.work.mobilisation import commands
from sanqiao.work.mobilisation.models import Answer, Batch, CallOut, Deed, Mobilisation, Pledge
from tests.make import Town, make_appointment, make_membership, make_post
from tests.work.mobilisation.make import make_draft, make_ordered, make_sending, members, of

SignIn = Callable[[User], Client]


def page(name: str, *arguments: object) -> str:
    return reverse(f"mobilisations:{name}", args=arguments)


def filled(**given: Any) -> dict[str, Any]:
    """The order form as an officer fills it."""
    usual = {
        "title": "防汛动员", "kind": "natural", "basis": "突发事件应对法", "number": "",
        "issued_on": "2020-01-26", "letter": "请就地参加。", "notice": "请回复：",
        "members": "all", "first": "sms", "second": "", "third": "phone", "patience": 60,
    }  # fmt: skip
    return usual | given


def test_an_officer_drafts_sees_whom_it_means_orders_and_starts(
    town: Town, city_officer: User, signed_in: SignIn
) -> None:
    (person, _other) = members(town, 2)
    make_appointment(person=person, area=town.community, post=make_post("secretary", name="书记"))
    client = signed_in(city_officer)

    answer = client.post(page("new"), filled(), follow=True)
    mobilisation = Mobilisation.objects.get()
    assert "还没有定名单" in answer.content.decode()
    assert "书记" in answer.content.decode()
    assert not CallOut.objects.exists()

    for act, state in (("order", "ordered"), ("start", "sending"), ("pause", "paused"),
                       ("resume", "sending"), ("stop", "stopped"), ("end", "over"),
                       ("close", "closed")):  # fmt: skip
        assert client.get(page("act", mobilisation.pk, act)).status_code == 200
        assert client.post(page("act", mobilisation.pk, act)).status_code == 302
        mobilisation.refresh_from_db()
        assert mobilisation.state == state
    assert CallOut.objects.count() == 2


def test_starting_gives_every_batch_to_the_queue(
    town: Town, city_officer: User, signed_in: SignIn
) -> None:
    from procrastinate.contrib.django.models import ProcrastinateJob

    members(town, 1)
    mobilisation = make_ordered(town, city_officer)

    for act in ("start", "pause", "resume"):
        signed_in(city_officer).post(page("act", mobilisation.pk, act))

    jobs = ProcrastinateJob.objects.filter(task_name="sanqiao.work.mobilisation.tasks.send")
    assert [job.args for job in jobs] == [{"batch": Batch.objects.get().pk}], "once, not twice"


def test_what_is_refused_stands_beside_the_field_and_nothing_typed_is_lost(
    town: Town, city_officer: User, signed_in: SignIn
) -> None:
    answer = signed_in(city_officer).post(page("new"), filled(areas="没有这个", title="防汛"))

    text = answer.content.decode()
    assert "没有找到“没有这个”" in text and 'value="防汛"' in text
    assert not Mobilisation.objects.exists()


def test_a_draft_is_written_anew(town: Town, city_officer: User, signed_in: SignIn) -> None:
    draft = make_draft(town, city_officer)
    client = signed_in(city_officer)

    assert "防汛动员" in client.get(page("edit", draft.pk)).content.decode()
    client.post(page("edit", draft.pk), filled(title="抢险动员", members="full"))

    draft.refresh_from_db()
    assert (draft.title, draft.rule["members"]) == ("抢险动员", "full")


def test_the_balance_stands_on_the_command_page_and_each_term_is_a_door(
    town: Town, city_officer: User, signed_in: SignIn
) -> None:
    people = members(town, 3)
    mobilisation = make_sending(town, city_officer)
    commands.answer_by_link(call_out=of(mobilisation, people[0]).pk, answer="can")
    client = signed_in(city_officer)

    terms = client.get(page("detail", mobilisation.pk)).context["terms"]

    numbers = {name: term.number for name, term in terms.items()}
    assert numbers == {
        "ordered": 3, "reached": 1, "unreachable": 0, "waiting": 2, "answered": 1, "silent": 0,
        "can": 1, "cannot": 0,
    }  # fmt: skip
    for name, term in terms.items():
        rows = client.get(term.href).context["page"].rows
        assert len(rows) == numbers[name], name


def test_the_live_part_asks_again_while_it_is_open_and_not_when_it_is_over(
    town: Town, city_officer: User, signed_in: SignIn
) -> None:
    members(town, 1)
    mobilisation = make_sending(town, city_officer)
    client = signed_in(city_officer)
    live = page("live", mobilisation.pk)

    assert "every 3s" in client.get(live).content.decode()
    commands.end_mobilisation(mobilisation=mobilisation, by=city_officer)
    assert "every 3s" not in client.get(live).content.decode()


def test_looking_at_one_area_shows_its_numbers_alone(
    town: Town, city_officer: User, signed_in: SignIn
) -> None:
    members(town, 2)
    make_membership(organisation=town.other_branch)
    mobilisation = make_sending(town, city_officer)

    url = f"{page('detail', mobilisation.pk)}?area={town.other_township.key}"

    assert signed_in(city_officer).get(url).context["terms"]["ordered"].number == 1


def test_a_clerk_sees_the_citys_order_with_the_own_people(
    town: Town, city_officer: User, clerk: User, other_clerk: User, signed_in: SignIn
) -> None:
    members(town, 1)
    make_membership(organisation=town.other_community and town.other_branch)
    mobilisation = make_sending(town, city_officer)

    rows = signed_in(clerk).get(page("people", mobilisation.pk)).context["page"].rows

    assert [row["area__name"] for row in rows] == [town.community.name]
    assert "开始" not in signed_in(clerk).get(page("detail", mobilisation.pk)).content.decode()


def test_where_nobody_is_called_the_order_does_not_exist(
    town: Town, city_officer: User, other_clerk: User, signed_in: SignIn
) -> None:
    members(town, 1)
    mobilisation = make_sending(town, city_officer)

    for name in ("detail", "live", "people", "lists"):
        assert signed_in(other_clerk).get(page(name, mobilisation.pk)).status_code == 404


def test_who_may_order_elsewhere_may_not_stop_this_one(
    town: Town, city_officer: User, clerk: User, signed_in: SignIn
) -> None:
    members(town, 1)
    mobilisation = make_sending(town, city_officer)

    answer = signed_in(clerk).post(page("act", mobilisation.pk, "stop"))

    assert "不能在这个区划发起动员" in answer.content.decode()
    mobilisation.refresh_from_db()
    assert mobilisation.state == "sending"


def test_the_branch_telephones_down_its_list(
    town: Town, city_officer: User, secretary: User, signed_in: SignIn
) -> None:
    first, second, third = members(town, 3)
    mobilisation = make_sending(town, city_officer)
    client = signed_in(secretary)
    the_list = page("call_list", mobilisation.pk, town.branch.code)
    assert "3" in client.get(page("lists", mobilisation.pk)).content.decode()
    assert str(first.phone) not in client.get(the_list).content.decode()

    shown = client.post(
        page("call_list_open", mobilisation.pk, town.branch.code), {"purpose": "电话联系"}
    )
    assert str(first.phone) in shown.content.decode()
    assert shown.headers["Cache-Control"] == "no-store"
    assert Look.objects.count() == 3

    for person, result, reason in (
        (first, "can", ""), (second, "cannot", "在外地"), (third, "no_reply", "")
    ):  # fmt: skip
        url = page("result", mobilisation.pk, of(mobilisation, person).pk, result)
        assert client.post(url, {"reason": reason}).headers["Location"] == the_list
    assert [of(mobilisation, p).state for p in (first, second, third)] == [
        "can", "cannot", "waiting"
    ]  # fmt: skip
    assert of(mobilisation, third).calls == 1


def test_the_branch_is_told_when_somebody_answered_before(
    town: Town, city_officer: User, secretary: User, signed_in: SignIn
) -> None:
    (person,) = members(town, 1)
    mobilisation = make_sending(town, city_officer)
    row = of(mobilisation, person)
    commands.answer_by_link(call_out=row.pk, answer="can")
    client = signed_in(secretary)

    said = client.post(page("result", mobilisation.pk, row.pk, "cannot"), follow=True)
    refused = client.post(page("result", mobilisation.pk, row.pk, "no_reply"), follow=True)
    unknown = client.post(page("result", mobilisation.pk, row.pk, "perhaps"))

    assert "以第一次为准" in said.content.decode()
    assert "此人已经回复" in refused.content.decode()
    assert unknown.status_code == 404
    assert Answer.objects.count() == 2


def test_a_late_joiner_comes_in_by_a_wave_of_its_own(
    town: Town, city_officer: User, signed_in: SignIn
) -> None:
    members(town, 1)
    mobilisation = make_sending(town, city_officer)
    members(town, 1, valid_from=date(2020, 3, 1))

    signed_in(city_officer).post(page("wave", mobilisation.pk), {"name": "新到"})

    assert list(mobilisation.waves.values_list("name", "size")) == [("首批", 1), ("新到", 1)]


def test_the_closing_record_shows_the_totals_the_loss_and_the_seal(
    town: Town, city_officer: User, signed_in: SignIn
) -> None:
    members(town, 2)
    mobilisation = make_sending(town, city_officer)
    client = signed_in(city_officer)
    assert client.get(page("closing", mobilisation.pk)).status_code == 404
    commands.end_mobilisation(mobilisation=mobilisation, by=city_officer)
    commands.close_mobilisation(mobilisation=mobilisation, by=city_officer)

    text = client.get(page("closing", mobilisation.pk)).content.decode()

    assert "总数与封存时的摘要一致" in text and "已关闭" in text
    assert "已销毁" in client.get(page("people", mobilisation.pk)).content.decode()


def test_totals_that_were_touched_show(town: Town, city_officer: User, signed_in: SignIn) -> None:
    members(town, 1)
    mobilisation = make_sending(town, city_officer)
    commands.end_mobilisation(mobilisation=mobilisation, by=city_officer)
    closing = commands.close_mobilisation(mobilisation=mobilisation, by=city_officer)
    closing.totals["whole"]["can"] = 99
    closing.save()

    text = signed_in(city_officer).get(page("closing", mobilisation.pk)).content.decode()

    assert "与封存时的摘要不符" in text


def test_what_is_over_and_not_closed_is_marked_overdue(
    town: Town, city_officer: User, signed_in: SignIn
) -> None:
    members(town, 1)
    mobilisation = make_sending(town, city_officer)
    commands.end_mobilisation(mobilisation=mobilisation, on=date(2020, 1, 30), by=city_officer)
    client = signed_in(city_officer)

    assert "逾期未关闭" in client.get(page("list")).content.decode()
    assert "逾期未关闭" in client.get(page("detail", mobilisation.pk)).content.decode()


def test_exercises_stand_side_by_side_with_their_scores(
    town: Town, city_officer: User, signed_in: SignIn
) -> None:
    members(town, 1)
    mobilisation = make_sending(town, city_officer, is_exercise=True, title="五月演练")
    commands.end_mobilisation(mobilisation=mobilisation, by=city_officer)

    assert "五月演练" in signed_in(city_officer).get(page("exercises")).content.decode()


def test_a_pledge_is_found_and_its_deed_recorded(
    town: Town, city_officer: User, secretary: User, signed_in: SignIn
) -> None:
    (person,) = members(town, 1)
    mobilisation = make_sending(town, city_officer)
    client = signed_in(city_officer)
    given = {"name": "先锋承诺", "items": "值守\n排查", "opens_on": "2020-01-27",
             "mobilisation": mobilisation.pk}  # fmt: skip
    client.post(page("campaign_new"), given)
    campaign = mobilisation.campaigns.get()
    pledge = commands.pledge_by_link(
        call_out=of(mobilisation, person), campaign=campaign, item="值守"
    )
    client = signed_in(secretary)
    assert "待践诺" in client.get(page("pledges")).content.decode()

    given = {"done_on": f"{pledge.pledged_on}", "what": "值守半天"}
    client.post(page("deed", pledge.pk), given)

    assert Deed.objects.get().pledge == pledge
    assert "已践诺" in client.get(page("pledges")).content.decode()
    late = f"{page('pledges')}?as_of={pledge.pledged_on - timedelta(days=1)}"
    assert (
        Pledge.objects.get().item not in client.get(late).content.decode().partition("<tbody>")[2]
    )


@pytest.mark.parametrize("name", ["list", "exercises", "pledges", "new", "campaign_new"])
def test_empty_pages_say_what_to_do(
    name: str, town: Town, city_officer: User, signed_in: SignIn
) -> None:
    assert signed_in(city_officer).get(page(name)).status_code == 200


def test_the_map_shows_the_areas_below(town: Town, city_officer: User, signed_in: SignIn) -> None:
    ring = [[110.0, 32.0], [110.1, 32.0], [110.1, 32.1], [110.0, 32.0]]
    type(town.county).objects.filter(pk=town.county.pk).update(
        boundary={"type": "Polygon", "coordinates": [ring]}
    )
    (person,) = members(town, 1)
    mobilisation = make_sending(town, city_officer)
    commands.answer_by_link(call_out=of(mobilisation, person).pk, answer="can")

    text = signed_in(city_officer).get(page("map", mobilisation.pk)).content.decode()

    assert "<svg" in text and town.county.name in text
    assert signed_in(city_officer).get(page("map", mobilisation.pk) + f"?area={town.grid.key}")


@pytest.mark.parametrize(
    ("ago", "left"),
    [
        ((10, 8, 6), 10),  # began ten seconds ago: 100 a second, not 25
        ((55, 40, 20), 55),
        ((200, 150, 70), None),  # nothing for a minute
        ((40,), None),  # one alone is no pace
        ((2, 1), None),  # too short to say
    ],
)
def test_the_time_left_is_that_of_the_last_minute(
    town: Town, city_officer: User, signed_in: SignIn, ago: tuple[int, ...], left: int | None
) -> None:
    members(town, 1)
    mobilisation = make_sending(town, city_officer)
    Batch.objects.update(size=1000)
    now = timezone.now()
    Batch.objects.bulk_create(
        Batch(
            mobilisation=mobilisation, step=0, number=n, size=500, due_at=now,
            done_at=now - timedelta(seconds=seconds),
        )
        for n, seconds in enumerate(ago, 2)
    )  # fmt: skip

    text = signed_in(city_officer).get(page("live", mobilisation.pk)).content.decode()
    (said,) = re.findall("还需约 (—|\\d+ 秒)", text)
    assert said == "—" if left is None else abs(int(said.split()[0]) - left) <= 2
