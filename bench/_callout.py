"""A call-out to a stub while senders and the database are killed at random.

Whoever calls it gives a home with a reference city in it; the database there is its own.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import psycopg

from sanqiao.kernel.embedded import Server

from ._stub import Gateway, serving

ROOT = Path(__file__).resolve().parent.parent
PREPARE = """
import sys, django; django.setup()
from datetime import date
from sanqiao.kernel.models import User
from sanqiao.kernel.scope import EVERYTHING, acting_as
from sanqiao.registers.areas.models import Area
from sanqiao.work.mobilisation import commands
from sanqiao.work.mobilisation.audience import Rule
by = User.objects.get(username="city")
with acting_as(by, scope=EVERYTHING):
    made = commands.draft_mobilisation(
        area=Area.objects.get(parent=None), title="故障演习", kind="other", basis="测试", number="",
        letter="信", notice="请回复：", issued_on=date(2020, 6, 30),
        rule=Rule(members="all", oldest=int(sys.argv[1]) or None),
        route=[{"channel": "sms", "patience_minutes": 0}], by=by)
    commands.order_mobilisation(mobilisation=made, on=date(2020, 6, 30), by=by)
    commands.start_sending(mobilisation=made, by=by)
print(made.pk)
"""
BALANCE = """
SELECT w.size, sum(c.n), sum(c.n) FILTER (WHERE c.state = 'waiting'),
  (SELECT sum(number) FROM mobilisation_tally t WHERE t.mobilisation_id = %(id)s),
  (SELECT coalesce(sum(number), 0) FROM mobilisation_tally t
   WHERE t.mobilisation_id = %(id)s AND t.state = 'waiting')
FROM (SELECT state, count(*) AS n FROM mobilisation_callout
      WHERE mobilisation_id = %(id)s GROUP BY state) c,
  (SELECT sum(size) AS size FROM mobilisation_wave WHERE mobilisation_id = %(id)s) w
GROUP BY w.size
"""
CALLED = "SELECT id::text, person_id FROM mobilisation_callout WHERE mobilisation_id = %s"


@dataclass
class CallOut:
    """One run: how often the balance was looked at, and everything that was wrong.

    Called are members up to the age of `oldest`, or all. The stub takes `chunk` messages a
    request, and `pause` seconds for them. Every third kill is that of the database.
    """

    home: Path
    seed: int
    kills: int
    oldest: int = 0
    chunk: int = 100
    pause: float = 0.0
    senders: int = 2
    samples: int = 0
    killed: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    pk: int = 0
    number: int = 0
    seconds: float = 0.0

    def __post_init__(self) -> None:
        self.chance = Random(self.seed)
        self.server = Server(self.home / "pg")
        self.gateway = Gateway(self.seed, pause=self.pause)
        self.over = threading.Event()

    @property
    def environment(self) -> dict[str, str]:
        ours = {"PYTEST_VERSION", "SANQIAO_TEST", "DATABASE_URL", "DATABASE_OWNER_URL"}
        clean = {name: value for name, value in os.environ.items() if name not in ours}
        return {
            **clean,
            "SANQIAO_HOME": str(self.home),
            "DJANGO_SETTINGS_MODULE": "bench._stub_settings",
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src"), *sys.path]),
            "STUB_URL": self.gateway.url,
            "STUB_IS_BAD": "1",
            "STUB_CHUNK": str(self.chunk),
        }

    def run(self) -> CallOut:
        """Until everybody's message was taken, or ten minutes are over."""
        with serving(self.gateway):
            pk = self.pk = int(self.python("-c", PREPARE, str(self.oldest)))
            started = time.monotonic()
            sampler = threading.Thread(target=self.sample, args=(pk,))
            sampler.start()
            with self.working(pk) as processes:
                self.disturb(processes, pk, until=started + 600)
            self.seconds = time.monotonic() - started
            self.over.set()
            sampler.join()
            self.judge(pk)
        return self

    def python(self, *words: str) -> str:
        """The last word that it prints."""
        return self.python_as({}, *words)

    def python_as(self, more: dict[str, str], *words: str) -> str:
        environment, command = {**self.environment, **more}, [sys.executable, *words]
        done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE)
        return (done.stdout.decode().split() or [""])[-1]

    @contextmanager
    def working(self, pk: int) -> Iterator[list[subprocess.Popen[bytes]]]:
        """The senders; those that still run are killed afterwards."""
        processes = [self.sender(pk) for _n in range(self.senders)]
        try:
            yield processes
        finally:
            for process in processes:
                process.kill()
                process.wait()

    def sender(self, pk: int) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "bench._sender", str(pk)]
        quiet = subprocess.DEVNULL
        return subprocess.Popen(command, env=self.environment, stdout=quiet, stderr=quiet)

    def disturb(self, processes: list[subprocess.Popen[bytes]], pk: int, until: float) -> None:
        """Kill one after the other, as long as there is work; put a new one in its place."""
        while time.monotonic() < until and any(p.poll() is None for p in processes):
            time.sleep(self.chance.uniform(0.2, 1.5))
            if len(self.killed) < self.kills and self.is_under_way(pk):
                self.kill(processes, pk)

    def is_under_way(self, pk: int) -> bool:
        """Has something been taken since the last kill, and is something left?"""
        return len(self.gateway.seen) > len(self.killed) and bool(self.waiting(pk))

    def kill(self, processes: list[subprocess.Popen[bytes]], pk: int) -> None:
        if len(self.killed) % 3 == 1:
            self.kill_database()
            return
        n = self.chance.randrange(len(processes))
        processes[n].send_signal(signal.SIGKILL)
        processes[n].wait()
        processes[n] = self.sender(pk)
        self.killed.append("sender")

    def kill_database(self) -> None:
        pid = self.server.pid()
        if pid is not None:
            os.kill(pid, signal.SIGQUIT)
            self.killed.append("database")
            time.sleep(self.chance.uniform(0.2, 0.8))
        self.server.start()

    def sample(self, pk: int) -> None:
        """The balance from the rows and from the tally, in one snapshot, as often as can be."""
        while not self.over.is_set():
            with suppress(psycopg.OperationalError):
                self.look(pk)
            self.over.wait(0.2)

    def look(self, pk: int) -> None:
        with psycopg.connect(self.server.dsn("sanqiao")) as connection:
            found = connection.execute(BALANCE, {"id": pk}).fetchone()
        assert found
        ordered, rows, waiting, tally, tally_waiting = found
        self.samples += 1
        if not ordered == rows == tally or (waiting or 0) != tally_waiting:
            self.faults.append(f"the balance is off: {found}")

    def waiting(self, pk: int) -> int:
        with (
            suppress(psycopg.OperationalError),
            psycopg.connect(self.server.dsn("sanqiao")) as connection,
        ):
            found = connection.execute(BALANCE, {"id": pk}).fetchone()
            return int(found[2] or 0) if found else 0
        return 0

    def judge(self, pk: int) -> None:
        """The stub's book against ours."""
        with psycopg.connect(self.server.dsn("sanqiao")) as connection:
            called: dict[str, int] = dict(connection.execute(CALLED, [pk]).fetchall())
        self.number = len(called)
        if left := self.waiting(pk):
            self.faults.append(f"{left} still wait")
        phones = self.phones()
        self.faults += self.gateway.faults({key: phones[who] for key, who in called.items()})

    def phones(self) -> dict[int, str]:
        """By a process of its own, because only the product can read them."""
        script = (
            "import django, json, sys; django.setup();"
            "from sanqiao.kernel.scope import EVERYTHING, applied;"
            "from sanqiao.registers.people.models import Person\n"
            "with applied(EVERYTHING, actor=None, request='bench'):\n"
            "    rows = Person.objects.filter(call_outs__isnull=False).distinct()\n"
            "    pairs = [f'{pk}:{phone}' for pk, phone in rows.values_list('pk', 'phone')]\n"
            "print(','.join(pairs))"
        )
        pairs = (pair.split(":") for pair in self.python("-c", script).split(","))
        return {int(pk): phone for pk, phone in pairs}
