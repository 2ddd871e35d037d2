from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from django.test import Client

from sanqiao.kernel.models import User
from sanqiao.work.contributions.models import Contribution, Goods, Remittance, Spending
from tests.make import Town, make_grant, make_membership, make_user
from tests.work.contributions.make import DAY, hand_up, make_gift, make_goods, verify

SignIn = Callable[[User], Client]


def page(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, (url, answer.status_code)
    return answer.content.decode()


def test_the_branch_enters_a_gift(town: Town, secretary: User, signed_in: SignIn) -> None:
    member = make_membership(organisation=town.branch)
    url = f"/contributions/entries/new/{town.branch.code}/"
    assert member.person.name in page(signed_in(secretary), url)
    form = {
        "person": member.person_id, "receipt": "R-7", "given_on": "2020-03-02", "amount": "88.80",
        "way": "scan", "collector": "周",
    }  # fmt: skip
    answers = [signed_in(secretary).post(url, form).status_code for _n in range(2)]

    assert answers == [302, 302]
    assert Contribution.objects.get().amount == Decimal("88.80")
    listed = page(signed_in(secretary), "/contributions/entries/")
    assert "R-7" in listed and member.person.name in listed and "88.80" in listed


def test_a_refusal_keeps_what_was_typed(town: Town, secretary: User, signed_in: SignIn) -> None:
    member = make_membership(organisation=town.branch, valid_from=date(2020, 3, 3))
    url = f"/contributions/entries/new/{town.branch.code}/"
    form = {
        "person": member.person_id, "receipt": "R-7", "given_on": "2020-03-02", "amount": "5",
        "way": "cash", "collector": "周",
    }  # fmt: skip
    html = signed_in(secretary).post(url, form).content.decode()

    assert "组织关系不在" in html and 'value="R-7"' in html
    assert not Contribution.objects.exists()


def test_a_difference_is_shown_with_both_numbers_and_the_entries(
    town: Town, secretary: User, signed_in: SignIn
) -> None:
    gift = make_gift(town.branch, secretary, "100", receipt="R-1")
    url = f"/contributions/batches/{gift.batch_id}/remit/"
    form = {"counted": "90", "handed_on": "2020-03-06", "voucher": "V"}
    html = signed_in(secretary).post(url, form).content.decode()

    assert "90" in html and "100.00" in html and "R-1" in html and gift.person.name in html
    assert not Remittance.objects.exists()
    for _n in range(3):
        assert signed_in(secretary).post(url, {**form, "counted": "100"}).status_code == 302
    assert Remittance.objects.count() == 1


def test_the_receiver_counts_and_sees_sums_alone(
    town: Town, secretary: User, county_officer: User, signed_in: SignIn
) -> None:
    """A county officer passes money on without seeing who gave."""
    gift = make_gift(town.branch, secretary, "100", receipt="R-1")
    hand_up(gift, secretary)
    url = f"/contributions/batches/{gift.batch_id}/"
    html = page(signed_in(county_officer), url)
    assert "100.00" in html and "R-1" not in html and gift.person.name not in html

    form = {"counted": "90", "verified_on": "2020-03-07", "note_text": "少一张"}
    assert signed_in(county_officer).post(f"{url}verify/", form).status_code == 302
    html = page(signed_in(county_officer), url)
    assert "有差额" in html and "-10" in html and "少一张" in html
    assert signed_in(county_officer).post(f"{url}verify/", {**form, "counted": "100"}).status_code
    assert "已核收" in page(signed_in(county_officer), url)


def test_an_officer_without_collecting_has_no_list_of_givers(
    town: Town, secretary: User, city_officer: User, signed_in: SignIn
) -> None:
    gift = make_gift(town.branch, secretary, receipt="R-1")
    drawer = page(signed_in(city_officer), "/figures/contributions.givers/?as_of=2020-06-30")

    assert signed_in(city_officer).get("/contributions/entries/").status_code == 403
    assert signed_in(city_officer).get(f"/contributions/entries/{gift.pk}/").status_code == 403
    assert gift.person.name not in drawer and "R-1" not in drawer


def test_another_branch_is_not_there(
    town: Town, secretary: User, other_clerk: User, signed_in: SignIn
) -> None:
    gift = make_gift(town.branch, secretary)
    for url in (
        f"entries/{gift.pk}/",
        f"batches/{gift.batch_id}/",
        f"entries/new/{town.branch.code}/",
    ):
        assert signed_in(other_clerk).get(f"/contributions/{url}").status_code == 404


def test_a_gift_is_reversed_from_its_page(town: Town, secretary: User, signed_in: SignIn) -> None:
    gift = make_gift(town.branch, secretary, "100")
    url = f"/contributions/entries/{gift.pk}/"
    assert f"{url}reverse/" in page(signed_in(secretary), url)
    form = {"number": "H-1", "on": "2020-03-05", "reason": "重复登记"}
    assert signed_in(secretary).post(f"{url}reverse/", form).status_code == 302

    assert f"{url}reverse/" not in page(signed_in(secretary), url)
    assert "已冲正" in page(signed_in(secretary), "/contributions/entries/?reversed=1")


def test_somebody_sees_only_the_own_gifts(town: Town, secretary: User, signed_in: SignIn) -> None:
    mine = make_gift(town.branch, secretary, "11", receipt="mine-1")
    make_gift(town.branch, secretary, "22", receipt="peer-1")
    member = make_user(person_id=mine.person_id)
    make_grant(role="member", area=town.community, user=member)
    html = page(signed_in(member), "/contributions/mine/")

    assert "mine-1" in html and "peer-1" not in html
    assert signed_in(member).get("/contributions/").status_code == 403


def test_the_board_shows_each_level_with_doors(
    town: Town, secretary: User, clerk: User, signed_in: SignIn
) -> None:
    verify(hand_up(make_gift(town.branch, secretary, "100"), secretary), clerk)
    html = page(signed_in(clerk), f"/contributions/?organisation={town.street_committee.code}")

    assert town.branch.name in html and "相符" in html
    assert f"/contributions/batches/?organisation={town.branch.code}" in html
    batches = page(signed_in(clerk), f"/contributions/batches/?organisation={town.branch.code}")
    assert "已核收" in batches and "100.00" in batches
    assert signed_in(clerk).get("/contributions/?organisation=none").status_code == 404


def test_goods_are_received_and_handed_out(town: Town, clerk: User, signed_in: SignIn) -> None:
    form = {
        "number": "G-1", "donor": "某企业", "name": "口罩", "measure": "只", "quantity": "100",
        "price": "2.5", "basis": "market", "basis_note": "三家询价", "received_on": "2020-02-10",
    }  # fmt: skip
    url = f"/contributions/goods/new/{town.street_committee.code}/"
    assert signed_in(clerk).post(url, form).status_code == 302
    lot = Goods.objects.get()
    out = {
        "number": "D-1", "quantity": "60", "delivered_on": "2020-02-12", "receiver": "三桥社区",
        "signed_by": "何", "use": "值守",
    }  # fmt: skip
    deliver = f"/contributions/goods/{lot.pk}/deliver/"
    assert signed_in(clerk).post(deliver, out).status_code == 302
    assert "超过" in signed_in(clerk).post(deliver, {**out, "number": "D-2"}).content.decode()

    html = page(signed_in(clerk), f"/contributions/goods/{lot.pk}/")
    assert "三桥社区" in html and "40" in html and "250.00" in html
    assert "口罩" in page(signed_in(clerk), "/contributions/goods/")
    back = {"number": "D-H", "on": "2020-02-13", "reason": "退回"}
    delivery = lot.deliveries.get()
    reverse = f"/contributions/deliveries/{delivery.pk}/reverse/"
    assert signed_in(clerk).post(reverse, back).status_code == 302
    undo = {"number": "G-H", "on": "2020-02-14", "reason": "登记有误"}
    assert signed_in(clerk).post(f"/contributions/goods/{lot.pk}/reverse/", undo).status_code == 302


def test_a_payment_needs_money_that_has_arrived(
    town: Town, city_officer: User, secretary: User, clerk: User, signed_in: SignIn
) -> None:
    url = f"/contributions/spending/new/{town.city_committee.code}/"
    form = {
        "number": "Z-1", "purpose": "supplies", "what": "购口罩", "amount": "60",
        "spent_on": "2020-04-01",
    }  # fmt: skip
    assert "超过" in signed_in(city_officer).post(url, form).content.decode()

    into = verify(hand_up(make_gift(town.branch, secretary, "100"), secretary), clerk).into
    assert into is not None
    verify(hand_up_batch(into, clerk), city_officer)
    assert signed_in(city_officer).post(url, form).status_code == 302
    spending = Spending.objects.get()
    assert "购口罩" in page(signed_in(city_officer), "/contributions/spending/")
    back = {"number": "Z-H", "on": "2020-04-02", "reason": "退货"}
    payment = f"/contributions/spending/{spending.pk}/"
    assert signed_in(city_officer).post(f"{payment}reverse/", back).status_code == 302
    assert "冲正" in page(signed_in(city_officer), payment)


def hand_up_batch(batch: object, by: User) -> Remittance:
    from sanqiao.work.contributions.commands import remit_batch
    from sanqiao.work.contributions.models import Batch

    assert isinstance(batch, Batch)
    return remit_batch(batch=batch, counted=batch.content.total, handed_on=DAY, voucher="V", by=by)


def test_everybody_may_read_what_came_in_and_nobody_reads_who_gave(
    town: Town, secretary: User, clerk: User, client: Client
) -> None:
    gift = make_gift(town.branch, secretary, "1234.50", receipt="R-1")
    make_goods(town.street_committee, clerk)
    html = page(client, "/contributions/public/?as_of=2020-06-30")

    assert "1,234.50" in html and "250.00" in html and town.county.name in html
    assert "1,484.50" not in html, "money and the value of goods are never added"
    for secret in (gift.person.name, "R-1", town.branch.name, "某企业"):
        assert secret not in html
    assert client.get("/contributions/public/?as_of=never").status_code == 404
    assert "0.00" in page(client, "/contributions/public/?as_of=2020-01-01")


def test_choosing_leads_straight_on_where_there_is_one_branch(
    town: Town, secretary: User, other_clerk: User, signed_in: SignIn
) -> None:
    make_membership(organisation=town.branch)
    answer = signed_in(secretary).get("/contributions/entries/new/")
    assert answer["Location"] == f"/contributions/entries/new/{town.branch.code}/"
    assert "您没有经办的党组织" in page(signed_in(other_clerk), "/contributions/entries/new/")
    assert town.branch.name in page(signed_in(secretary), "/contributions/goods/new/?q=三桥")


def test_the_branch_sees_what_became_of_its_batch(
    town: Town, secretary: User, clerk: User, signed_in: SignIn
) -> None:
    """Though the superior organisation lies outside its scope."""
    remittance = hand_up(make_gift(town.branch, secretary, "100"), secretary)
    url = f"/contributions/batches/{remittance.batch_id}/"
    html = page(signed_in(secretary), url)
    assert "待核收" in html and "上级党组织" in html and f"{url}remit/" not in html
    assert signed_in(secretary).get(f"{url}verify/").status_code == 404

    verify(remittance, clerk)
    assert "已核收" in page(signed_in(secretary), url)


def test_a_new_gift_is_published_at_once(town: Town, secretary: User, client: Client) -> None:
    url = "/contributions/public/?as_of=2020-06-30"
    make_gift(town.branch, secretary, "1000")
    assert "1,000.00" in page(client, url)
    make_gift(town.branch, secretary, "11")
    assert "1,011.00" in page(client, url)
