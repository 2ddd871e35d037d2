"""A whole city called: the list frozen, handed over by two senders, answered, all while watched;
and once more while senders and the database are killed twenty times."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from django.db import connection, transaction

from bench import Report, _once, best
from bench._answering import answering
from bench._callout import CallOut as Run
from bench._city import OFFICER
from bench._serving import body, sanqiao, signed_in
from bench._stub import Gateway, serving
from bench.pages import queries
from sanqiao.config import database
from sanqiao.kernel.models import User
from sanqiao.kernel.scope import EVERYTHING, acting_as
from sanqiao.reference.accounts import PASSWORD
from sanqiao.registers.areas.models import Area
from sanqiao.work.mobilisation import commands
from sanqiao.work.mobilisation.audience import Rule
from sanqiao.work.mobilisation.models import CallOut, Mobilisation, Wave

HERE = Path(__file__).resolve().parent
DAY = date(2020, 6, 30)
SENDERS = 2
OLDEST = 62
"""So many years: some 89,000 of the city's members."""
COLUMNS = (
    "person_id, subject, organisation_id, organisation_path, area_id, area_path, is_member, step,"
    " batch_id, calls, ordered_on, unreachable_on, why, answer"
)
FROZEN = f"INSERT INTO mobilisation_callout (mobilisation_id, wave_id, {COLUMNS})"


def run(report: Report) -> None:
    officer = User.objects.get(username=OFFICER)
    ordering(report, officer)
    with called(officer) as mobilisation, sanqiao() as address:
        sending(report, mobilisation, address)
        answering(report, mobilisation.pk, links_of(mobilisation, officer), address)
    killing(report, officer)


def draft(by: User) -> Mobilisation:
    return commands.draft_mobilisation(
        area=Area.objects.get(parent=None), title="全市动员", kind="other", basis="测试", number="",
        letter="信", notice="请回复：", issued_on=DAY, rule=Rule(members="all", oldest=OLDEST),
        route=[{"channel": "sms", "patience_minutes": 0}], by=by,
    )  # fmt: skip


def ordering(report: Report, by: User) -> None:
    """The floor is the INSERT … SELECT of the very rows, with all their guards."""
    runs = sorted(_ordered(by) for _n in range(3))
    ours, floor, count = runs[1]
    report.line(f"mobilisation: {count:,} ordered", measured=ours, floor=floor, goal=2)


def _ordered(by: User) -> tuple[float, float, int]:
    """Ours, the floor, how many; rolled back."""
    with acting_as(by, scope=EVERYTHING):
        made, other = draft(by), draft(by)
        ours = _once(lambda: commands.order_mobilisation(mobilisation=made, on=DAY, by=by))
        wave = Wave.objects.create(
            mobilisation=other, number=1, name="x", ordered_on=DAY, ordered_by=by
        )
        floor = _once_copied(made, other, wave)
        count = CallOut.objects.filter(mobilisation=made).count()
        transaction.set_rollback(True)
    return ours, floor, count


def _once_copied(made: Mobilisation, other: Mobilisation, wave: Wave) -> float:
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMP TABLE frozen ON COMMIT DROP AS SELECT {COLUMNS} FROM mobilisation_callout"
            " WHERE mobilisation_id = %s ORDER BY id", [made.pk],
        )  # fmt: skip
        select = f"{FROZEN} SELECT {other.pk}, {wave.pk}, {COLUMNS} FROM frozen"
        return _once(lambda: cursor.execute(select))


@contextmanager
def called(by: User) -> Iterator[Mobilisation]:
    """Ordered and started; stopped and over afterwards."""
    with acting_as(by, scope=EVERYTHING):
        made = commands.order_mobilisation(mobilisation=draft(by), on=DAY, by=by)
        made = commands.start_sending(mobilisation=made, by=by)
    try:
        yield made
    finally:
        with acting_as(by, scope=EVERYTHING):
            commands.end_mobilisation(mobilisation=made, by=by)


def sending(report: Report, mobilisation: Mobilisation, address: str) -> None:
    """By two senders to a stub over HTTP; the command page is looked at meanwhile."""
    officer, page = signed_in(address, OFFICER, PASSWORD), f"/mobilisations/{mobilisation.pk}/"
    with serving(Gateway(1, is_reliable=True)) as gateway:
        started = time.monotonic()
        with _senders(mobilisation, gateway.url) as senders:
            time.sleep(3)
            shown = best(lambda: body(address + page, officer), 15)
            asked = queries(page, officer)
            for sender in senders:
                sender.wait()
        rate = len(gateway.seen) / (time.monotonic() - started)
        assert len(gateway.seen) == len(set(gateway.seen)), "handed over once each"
    name = f"mobilisation: {len(gateway.seen):,} handed to a stub by two"
    report.line(name, measured=rate, goal=1500, unit="/s", at_least=True)
    report.line("mobilisation: command page while sending", measured=shown, goal=150)
    report.line("mobilisation: command page, queries", measured=asked, goal=12, unit="")


@contextmanager
def _senders(mobilisation: Mobilisation, url: str) -> Iterator[list[subprocess.Popen[bytes]]]:
    """None of them outlives the body."""
    senders = [_sender(mobilisation, url) for _n in range(SENDERS)]
    try:
        yield senders
    finally:
        for sender in senders:
            sender.kill()
            sender.wait()


def _sender(mobilisation: Mobilisation, url: str) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ, "DJANGO_SETTINGS_MODULE": "bench._stub_settings", "STUB_URL": url
    }  # fmt: skip
    command = [sys.executable, "-m", "bench._sender", str(mobilisation.pk)]
    return subprocess.Popen(command, env=environment, cwd=HERE.parent, stdout=subprocess.DEVNULL)


def links_of(mobilisation: Mobilisation, by: User) -> list[tuple[int, int]]:
    """(call-out, person) of everybody, in no order."""
    with acting_as(by, scope=EVERYTHING):
        rows = CallOut.objects.filter(mobilisation=mobilisation).order_by("?")
        return [(row, person or 0) for row, person in rows.values_list("id", "person_id")]


def killing(report: Report, by: User) -> None:
    """Twenty kills during a call-out of the whole city; what is wrong is printed."""
    connection.close()
    done = Run(home=database.home(), seed=20200126, kills=20, oldest=OLDEST, pause=0.1).run()
    connection.close()
    with acting_as(by, scope=EVERYTHING):
        commands.end_mobilisation(mobilisation=Mobilisation(pk=done.pk), by=by)
    print(*done.faults, sep="\n", end="\n" if done.faults else "")
    name = f"mobilisation: faults in {done.number:,}, {len(done.killed)} kills"
    report.line(name, measured=len(done.faults), goal=0, unit="")
    looked = done.samples
    report.line(
        "mobilisation: balances looked at", measured=looked, goal=20, unit="", at_least=True
    )
