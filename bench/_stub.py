"""A text-message gateway that accepts and then times out, hangs up, or says 503; by chance.

Also settings for the senders that use it, when STUB_URL says where it is.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from time import sleep
from typing import Any

TIMEOUT = 0.4
"""Seconds that a sender waits."""
SLOW, HANGS_UP, BUSY = 0.03, 0.03, 0.03
"""Shares of requests: taken but answered too late, half taken without an answer, not taken."""


class Gateway:
    """`seen` is (key, phone) of everything that was ever taken, as often as it was."""

    def __init__(self, seed: int, *, is_reliable: bool = False, pause: float = 0.0) -> None:
        self.chance, self.pause = Random(seed), pause
        self.shares = (0.0, 0.0, 0.0) if is_reliable else (SLOW, HANGS_UP, BUSY)
        self.seen: list[tuple[str, str]] = []
        self.url = ""

    def take(self, messages: list[dict[str, str]]) -> list[dict[str, str]] | None:
        """The results; None for 503. Raises ConnectionError to hang up."""
        sleep(self.pause)
        lot, (slow, hangs_up, busy) = self.chance.random(), self.shares
        if lot < busy:
            return None
        if lot < busy + hangs_up:
            self.note(messages[: len(messages) // 2])
            raise ConnectionError
        self.note(messages)
        if lot < busy + hangs_up + slow:
            sleep(2 * TIMEOUT)
        return [{"key": message["key"], "status": "accepted"} for message in messages]

    def note(self, messages: list[dict[str, str]]) -> None:
        self.seen += [(message["key"], message["phone"]) for message in messages]

    def faults(self, called: dict[str, str]) -> list[str]:
        """What is wrong, given {key: phone} of everybody who was to be called."""
        taken = set(self.seen)
        keys, phones = {key for key, _phone in taken}, {phone for _key, phone in taken}
        found = []
        if keys != set(called):
            found.append(f"{len(set(called) - keys)} missing, {len(keys - set(called))} strange")
        if not len(taken) == len(keys) == len(phones):
            found.append(f"{len(taken)} pairs of {len(keys)} keys and {len(phones)} phones")
        if any(called.get(key) != phone for key, phone in taken):
            found.append("a key went to somebody else")
        return found


@contextmanager
def serving(gateway: Gateway) -> Iterator[Gateway]:
    """With its `url`."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            try:
                results = gateway.take(body["messages"])
            except ConnectionError:
                self.close_connection = True
                return
            answer = json.dumps({"results": results or []}).encode()
            head = f"HTTP/1.1 {200 if results else 503} .\r\nContent-Length: {len(answer)}\r\n\r\n"
            self.wfile.write(head.encode() + answer)

        def log_message(self, *words: Any) -> None:
            """Silence."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """Senders that are killed or do not wait are what this is about."""

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    gateway.url = f"http://127.0.0.1:{server.server_address[1]}/send"
    try:
        yield gateway
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
