"""Senders and the database are killed while a call-out goes on; three answer at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from bench._callout import CallOut as Run

from sanqiao.kernel.models import User
from sanqiao.kernel.scope import Scope, acting_as, applied
from sanqiao.work.mobilisation import commands
from sanqiao.work.mobilisation.counting import equation_of
from sanqiao.work.mobilisation.models import Answer, CallOut, Mobilisation
from tests.faults.at_once import at_once
from tests.make import make_grant, make_town, make_user
from tests.work.mobilisation.make import counted, make_sending, members, of, officer

SCALE = "0.01"
"""Some 1,200 members."""
CITY = """
import django; django.setup()
from sanqiao.reference.accounts import loader
from sanqiao.reference.load import load_city
load_city(float("%s"), loader(), lambda line: None)
print("loaded")
"""


@pytest.mark.no_db
def test_a_call_out_survives_killed_senders_and_a_killed_database(root: Path) -> None:
    """Every person's key is at the stub, none under two keys, none missing; it always balances."""
    run = Run(home=root.parent, seed=20200126, kills=5, chunk=20, pause=0.15)
    run.server.start()
    owner = {"SANQIAO_DB_ROLE": "owner"}
    run.python_as(owner, "-m", "sanqiao.config.cli", "manage", "migrate", "--verbosity", "0")
    run.python_as(owner, "-c", CITY % SCALE)

    run.run()

    assert run.faults == []
    assert run.number > 1000 and run.samples > 3
    assert len(run.killed) == 5 and set(run.killed) == {"sender", "database"}


@pytest.mark.django_db(transaction=True)
def test_two_clerks_and_the_member_at_once_leave_one_answer_and_two_histories() -> None:
    town = make_town()
    by = officer(town)
    clerks = [
        make_grant(role="community_secretary", area=town.community, user=make_user()).user
        for _n in range(2)
    ]
    for person in members(town, 6):
        mobilisation = make_sending(town, by)
        row = of(mobilisation, person)

        def own(pk: int = row.pk, person_id: int = person.pk) -> bool:
            with applied(Scope(person_id=person_id), actor=None, request="answer"):
                return commands.answer_by_link(call_out=pk, answer="can")

        def told(clerk: User, pk: int = row.pk) -> Callable[[], bool]:
            def act() -> bool:
                fresh = User.objects.get(pk=clerk.pk)
                with acting_as(fresh):
                    call_out = CallOut.objects.select_related("mobilisation").get(pk=pk)
                    return commands.answer_by_phone(call_out=call_out, answer="cannot", by=fresh)

            return act

        found = at_once(own, *map(told, clerks))

        assert sorted(found) == [False, False, True]
        answers = Answer.objects.filter(call_out=row)
        assert sorted(answers.values_list("stands", flat=True)) == [False, False, True]
        row.refresh_from_db()
        assert row.answer == answers.get(stands=True).answer
        assert equation_of(mobilisation) == counted(mobilisation)


@pytest.mark.django_db(transaction=True)
def test_an_answer_and_a_stop_at_once_lose_nobody() -> None:
    town = make_town()
    by = officer(town)
    people = members(town, 8)
    mobilisation = make_sending(town, by)
    rows = [of(mobilisation, person) for person in people]

    def answer(n: int) -> Callable[[], bool]:
        def act() -> bool:
            with applied(Scope(person_id=people[n].pk), actor=None, request="answer"):
                return commands.answer_by_link(call_out=rows[n].pk, answer="can")

        return act

    def stop() -> bool:
        with acting_as(User.objects.get(pk=by.pk)):
            commands.stop_sending(mobilisation=mobilisation, by=by)
        return True

    found = at_once(*(answer(n) for n in range(4)), stop)

    assert found == [True] * 5
    assert Mobilisation.objects.get().state == "stopped"
    assert equation_of(mobilisation) == counted(mobilisation) == (0, 4, 0, 4, 0)
