"""Servers as `sanqiao serve` starts them, a signed-in cookie, and wrk."""

from __future__ import annotations

import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookiejar import CookieJar
from itertools import chain
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener, urlopen

HERE = Path(__file__).resolve().parent
WORKERS = THREADS = 2
PATIENCE_SECONDS = 60


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def sanqiao() -> Iterator[str]:
    """The address of a workbench of our own on a free port."""
    with _running(lambda port: ["sanqiao.config.cli", "serve", "--port", str(port)]) as address:
        yield address


@contextmanager
def floor(module: str) -> Iterator[str]:
    """granian in the same form, over one of our floors: `_bare` or `_stock`."""
    words = ["granian", "--interface", "wsgi", "--no-ws", "--workers", str(WORKERS)]
    words += ["--blocking-threads", str(THREADS), f"bench.{module}:application", "--port"]
    with _running(lambda port: [*words, str(port)]) as address:
        yield address


@contextmanager
def _running(command: Callable[[int], list[str]]) -> Iterator[str]:
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", *command(port)],
        cwd=HERE.parent, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _wait(f"http://127.0.0.1:{port}")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait()


def _wait(address: str) -> None:
    """Raises TimeoutError."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        try:
            urlopen(f"{address}/accounts/login/").close()  # noqa: S310
            return
        except URLError:
            time.sleep(0.1)
    raise TimeoutError(address)


def signed_in(address: str, username: str, password: str) -> str:
    """The value of a Cookie header, won as a person would: by the sign-in page."""
    jar = CookieJar()
    opener = build_opener(HTTPCookieProcessor(jar))
    page = f"{address}/accounts/login/"
    form = {"csrfmiddlewaretoken": _token(opener, page), "login": username, "password": password}
    asked = Request(page, urlencode(form).encode(), {"Referer": page})  # noqa: S310
    opener.open(asked).close()
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)


def entered(address: str, username: str) -> str:
    """The same for `_stock`, which lets in whoever asks."""
    with urlopen(f"{address}/in/{username}/") as answer:  # noqa: S310
        cookies = answer.headers.get_all("Set-Cookie")
    return "; ".join(cookie.split(";")[0] for cookie in cookies)


def _token(opener: OpenerDirector, page: str) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)', _text(opener, page))
    assert found, f"No form on {page}"
    return found[1]


def _text(opener: OpenerDirector, page: str) -> str:
    with opener.open(page) as answer:
        return str(answer.read().decode())


def body(url: str, cookie: str = "") -> bytes:
    """Raises HTTPError for anything but success, AssertionError when sent elsewhere."""
    with urlopen(Request(url, headers={"Cookie": cookie})) as answer:  # noqa: S310
        assert answer.url == url, f"sent on to {answer.url}"
        return bytes(answer.read())


@dataclass(frozen=True)
class Pace:
    """Requests a second, and the time within which 95 of 100 were answered, in ms."""

    rate: float
    p95: float


def pace(url: str, cookie: str = "", *, seconds: int = 5, clients: int = 16) -> Pace:
    """By wrk, or without it by threads. Raises AssertionError when an answer was no success."""
    if not shutil.which("wrk"):
        return _threads(url, cookie, seconds, clients)
    command = ["wrk", "-t1", f"-c{clients}", f"-d{seconds}s", "--timeout", "10s"]
    command += ["-s", str(HERE / "_wrk.lua"), "-H", f"Cookie: {cookie}", url]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = re.search(r"requests=(\d+) micros=(\d+) bad=(\d+) p95=([\d.]+)", shown)
    assert found and int(found[1]) and not int(found[3]), shown
    return Pace(int(found[1]) / int(found[2]) * 1e6, float(found[4]) / 1000)


def _threads(url: str, cookie: str, seconds: int, clients: int) -> Pace:
    """The same from here, at the cost of some of the machine; an error ends the thread's work."""
    end = time.monotonic() + seconds

    def client(_n: int) -> list[float]:
        times = []
        while (start := time.monotonic()) < end:
            body(url, cookie)
            times.append(time.monotonic() - start)
        return times

    with ThreadPoolExecutor(clients) as pool:
        times = sorted(chain.from_iterable(pool.map(client, range(clients))))
    return Pace(len(times) / seconds, times[len(times) * 95 // 100] * 1000)


def best_pace(url: str, cookie: str = "", *, times: int = 3) -> Pace:
    """The fastest of several runs, since others may use the machine."""
    body(url, cookie)
    pace(url, cookie, seconds=2)
    return max((pace(url, cookie) for _n in range(times)), key=lambda found: found.rate)


def in_turns(*pages: tuple[str, str], times: int = 5) -> list[Pace]:
    """The fastest of each of (address, cookie), run in turn, so that all meet the same noise."""
    for page in pages:
        pace(*page, seconds=2)
    rounds = [[pace(*page, seconds=3) for page in pages] for _n in range(times)]
    return [max(found, key=lambda one: one.rate) for found in zip(*rounds, strict=True)]
