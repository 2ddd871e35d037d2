"""Leased batches, the same key at every try, channels in their order."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from sanqiao.kernel.models import User
from sanqiao.registers.people.models import Person
from sanqiao.work.mobilisation import commands, dispatch
from sanqiao.work.mobilisation.commands.advancing import advance
from sanqiao.work.mobilisation.commands.sending import lease_batch, record_receipts, reserve
from sanqiao.work.mobilisation.counting import equation_of
from sanqiao.work.mobilisation.models import Batch, CallOut, Channel, Mobilisation
from sanqiao.work.mobilisation.providers import Receipt
from tests.make import Town

from .make import (
    Scripted,
    batch_ids,
    carried_by,
    counted,
    make_sending,
    members,
    of,
    route,
)

Patch = pytest.MonkeyPatch


def send_all(mobilisation: Mobilisation) -> list[dispatch.Sent]:
    return [dispatch.send_batch(pk) for pk in batch_ids(mobilisation)]


def make_due(mobilisation: Mobilisation) -> None:
    Batch.objects.filter(mobilisation=mobilisation).update(due_at=timezone.now())


def phone(person: Person) -> str:
    return f"p{person.phone}"


def test_everybody_gets_the_message_with_the_own_link_and_key(
    town: Town, city_officer: User, monkeypatch: Patch
) -> None:
    people = members(town, 3)
    mobilisation, provider = make_sending(town, city_officer), Scripted()

    with carried_by(provider, monkeypatch):
        (sent,) = send_all(mobilisation)

    assert sent == (3, None)
    keys = {message.phone: message.key for message in provider.seen}
    assert keys == {p.phone: str(of(mobilisation, p).pk) for p in people}
    assert len({message.text for message in provider.seen}) == 3
    assert equation_of(mobilisation) == counted(mobilisation) == (0, 0, 3, 0, 0)


def test_a_batch_is_sent_by_one_sender_at_a_time(town: Town, city_officer: User) -> None:
    members(town, 1)
    (pk,) = batch_ids(make_sending(town, city_officer))

    assert lease_batch(batch=pk) is not None
    assert lease_batch(batch=pk) is None


def test_a_dead_sender_loses_the_batch_and_the_next_one_uses_the_same_keys(
    town: Town, city_officer: User
) -> None:
    members(town, 2)
    (pk,) = batch_ids(make_sending(town, city_officer))
    dead = lease_batch(batch=pk)
    Batch.objects.update(leased_until=timezone.now() - timedelta(seconds=1))

    living = lease_batch(batch=pk)

    assert dead and living
    assert [m.key for m in living.messages] == [m.key for m in dead.messages]
    assert not record_receipts(lease=dead, receipts=[]), "the dead one may not go on"


def test_what_is_unknown_is_tried_again_later_with_the_same_key(
    town: Town, city_officer: User, monkeypatch: Patch
) -> None:
    first, second = members(town, 2)
    mobilisation = make_sending(town, city_officer)
    provider = Scripted(**{phone(first): "unknown"})

    with carried_by(provider, monkeypatch):
        (sent,) = send_all(mobilisation)
        assert sent.number == 1 and sent.due_at
        assert of(mobilisation, first).state == "waiting"
        assert send_all(mobilisation) == [(0, None)], "not due yet"
        provider.outcomes.clear()
        make_due(mobilisation)
        assert send_all(mobilisation) == [(1, None)]

    keys = [m.key for m in provider.seen if m.phone == first.phone]
    assert len(keys) == 2 and len(set(keys)) == 1
    assert [m.phone for m in provider.seen].count(second.phone) == 1


def test_whom_a_channel_refuses_goes_to_the_next_one_and_at_last_is_unreachable(
    town: Town, city_officer: User, monkeypatch: Patch
) -> None:
    (person,) = members(town, 1)
    mobilisation = make_sending(town, city_officer, route=route("wecom", "sms"))

    with carried_by(Scripted(**{phone(person): "refused"}), monkeypatch):
        send_all(mobilisation)
        row = of(mobilisation, person)
        assert (row.state, row.step, row.batch) == ("waiting", 1, None)
        assert len(advance(mobilisation=mobilisation.pk)) == 1
        send_all(mobilisation)

    row = of(mobilisation, person)
    assert (row.state, row.why) == ("unreachable", "refused")


def test_on_the_telephone_list_somebody_waits_for_the_branch(
    town: Town, city_officer: User, monkeypatch: Patch
) -> None:
    (person,) = members(town, 1)
    mobilisation = make_sending(town, city_officer)

    with carried_by(Scripted(**{phone(person): "refused"}), monkeypatch):
        send_all(mobilisation)
        assert advance(mobilisation=mobilisation.pk) == []

    assert (of(mobilisation, person).step, of(mobilisation, person).state) == (1, "waiting")


def test_silence_moves_on_after_the_patience_and_an_answer_stays(
    town: Town, city_officer: User, monkeypatch: Patch
) -> None:
    silent, answered, fresh = members(town, 3)
    mobilisation = make_sending(town, city_officer, route=route("wecom", "sms", patience=60))
    with carried_by(Scripted(), monkeypatch):
        send_all(mobilisation)
    commands.answer_by_link(call_out=of(mobilisation, answered).pk, answer="can")
    long_ago = timezone.now() - timedelta(minutes=61)
    CallOut.objects.exclude(person=fresh).update(sent_at=long_ago)

    (batch,) = advance(mobilisation=mobilisation.pk)

    rows = {row.person_id: row for row in CallOut.objects.all()}
    assert (rows[silent.pk].step, rows[silent.pk].batch_id) == (1, batch)
    assert rows[silent.pk].state == "silent", "reached once is reached"
    assert [rows[p.pk].step for p in (answered, fresh)] == [0, 0]


def test_a_dead_provider_makes_the_batch_wait_and_after_the_limit_fail_over(
    town: Town, city_officer: User, monkeypatch: Patch
) -> None:
    (person,) = members(town, 1)
    mobilisation, provider = make_sending(town, city_officer), Scripted()
    provider.downs = 3

    with carried_by(provider, monkeypatch, failover_minutes=30):
        (sent,) = send_all(mobilisation)
        assert sent.number == 0 and sent.due_at
        channel = Channel.objects.get(code="sms")
        assert channel.down_since
        advance(mobilisation=mobilisation.pk)
        assert of(mobilisation, person).step == 0, "it waits"
        Channel.objects.update(down_since=timezone.now() - timedelta(minutes=31))
        advance(mobilisation=mobilisation.pk)

    assert (of(mobilisation, person).step, provider.seen) == (1, [])


def test_a_provider_that_stumbles_is_tried_again_at_once_and_is_up_again(
    town: Town, city_officer: User, monkeypatch: Patch
) -> None:
    members(town, 1)
    mobilisation, provider = make_sending(town, city_officer), Scripted()
    Channel.objects.create(code="sms", down_since=timezone.now())
    provider.downs = 2

    with carried_by(provider, monkeypatch):
        assert send_all(mobilisation) == [(1, None)]

    assert Channel.objects.get().down_since is None


def test_a_pause_stops_after_the_chunk_in_flight_and_resuming_loses_nobody(
    town: Town, city_officer: User, monkeypatch: Patch
) -> None:
    members(town, 5)
    mobilisation, provider = make_sending(town, city_officer), Scripted()
    deliver = provider.deliver

    def pausing(messages: Any) -> Any:
        if not provider.seen:
            commands.pause_sending(mobilisation=mobilisation, by=city_officer)
        return deliver(messages)

    with carried_by(provider, monkeypatch):
        monkeypatch.setattr(provider, "deliver", pausing)
        send_all(mobilisation)
        assert (len(provider.seen), equation_of(mobilisation).waiting) == (2, 3)
        assert send_all(mobilisation) == [(0, None)]
        commands.resume_sending(mobilisation=mobilisation, by=city_officer)
        make_due(mobilisation)
        send_all(mobilisation)

    assert sorted(m.key for m in provider.seen) == sorted({m.key for m in provider.seen})
    assert equation_of(mobilisation) == counted(mobilisation) == (0, 0, 5, 0, 0)


def test_stopping_names_the_end_of_everybody_and_sends_nothing_more(
    town: Town, city_officer: User, monkeypatch: Patch
) -> None:
    members(town, 2)
    mobilisation, provider = make_sending(town, city_officer), Scripted()

    commands.stop_sending(mobilisation=mobilisation, by=city_officer)

    with carried_by(provider, monkeypatch):
        assert send_all(mobilisation) == [(0, None)]
    assert equation_of(mobilisation) == counted(mobilisation) == (0, 2, 0, 0, 0)
    assert set(CallOut.objects.values_list("why", flat=True)) == {"stopped"}
    commands.answer_by_link(call_out=CallOut.objects.earliest("id").pk, answer="can")
    assert equation_of(mobilisation) == (0, 1, 0, 1, 0), "an answer is always taken"


def test_a_chunk_that_was_taken_while_somebody_stopped_still_counts_as_reached(
    town: Town, city_officer: User
) -> None:
    (person,) = members(town, 1)
    mobilisation = make_sending(town, city_officer)
    lease = lease_batch(batch=batch_ids(mobilisation)[0])
    commands.stop_sending(mobilisation=mobilisation, by=city_officer)
    assert lease

    goes_on = record_receipts(lease=lease, receipts=[Receipt(lease.messages[0].key, "accepted")])

    assert not goes_on
    assert of(mobilisation, person).state == "silent"


def test_places_on_a_channel_are_taken_one_after_the_other() -> None:
    waits = [reserve(channel="sms", count=50, per_second=100) for _n in range(3)]

    assert waits[0] == 0
    assert 0.3 < waits[1] <= 0.5 and 0.8 < waits[2] <= 1.0


def test_who_has_answered_meanwhile_is_not_written_to(
    town: Town, city_officer: User, monkeypatch: Patch
) -> None:
    (person,) = members(town, 1)
    mobilisation, provider = make_sending(town, city_officer), Scripted()
    commands.answer_by_link(call_out=of(mobilisation, person).pk, answer="cannot")

    with carried_by(provider, monkeypatch):
        assert send_all(mobilisation) == [(0, None)]

    assert provider.seen == []
    assert Batch.objects.get().done_at is not None


def test_in_an_exercise_nothing_leaves_whatever_the_settings_say(
    town: Town, city_officer: User, settings: Any
) -> None:
    settings.CHANNELS = {"sms": {"provider": "sms", "url": "http://127.0.0.1:9/"}}
    members(town, 1)
    mobilisation = make_sending(town, city_officer, is_exercise=True)

    assert send_all(mobilisation) == [(1, None)]
