"""Real servers in threads: an HTTP one that a test scripts, and an SMTP one."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = tuple[int, Any]
Script = Callable[[str, Any], Answer]


class QuietServer(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that did not wait is what some tests are about."""


@contextmanager
def http_server(script: Script) -> Iterator[str]:
    """Its address. `script` gets path and JSON, and says status and JSON, or raises to hang up."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length) or b"null")
            try:
                status, answer = script(self.path, body)
            except ConnectionError:
                self.close_connection = True
                return
            sent = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        do_GET = do_POST

        def log_message(self, *words: Any) -> None:
            """Silence."""

    yield from _running(QuietServer(("127.0.0.1", 0), Handler))


def _running(server: Any) -> Iterator[str]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class MailBox:
    """What the SMTP server took; `refuse` are beginnings of addresses with their replies."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, str]] = []
        self.refuse: dict[str, str] = {}
        self.hang_up_after = 10**6


class MailHandler(socketserver.StreamRequestHandler):
    """Enough of RFC 5321; the server's `box` says what it does."""

    recipient = ""

    def handle(self) -> None:
        self.say("220 test")
        for line in iter(self.rfile.readline, b""):
            if not self.answered(line.decode().strip()):
                return

    def answered(self, words: str) -> bool:
        verb = words[:4].upper()
        if verb == "DATA":
            return self.took_mail()
        if verb == "RCPT":
            self.recipient = words.partition("<")[2].partition(">")[0]
            self.say(self.reply())
        else:
            self.say("221 bye" if verb == "QUIT" else "250 fine")
        return True

    def reply(self) -> str:
        refuse = self.box.refuse.items()
        return next((v for k, v in refuse if self.recipient.startswith(k)), "250 fine")

    def took_mail(self) -> bool:
        if len(self.box.mails) >= self.box.hang_up_after:
            return False
        self.say("354 go on")
        mail = b"".join(iter(self.rfile.readline, b".\r\n")).decode()
        self.box.mails.append((self.recipient, mail))
        self.say("250 taken")
        return True

    @property
    def box(self) -> MailBox:
        found: MailBox = self.server.box  # type: ignore[attr-defined]
        return found

    def say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


class MailServer(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self, box: MailBox) -> None:
        super().__init__(("127.0.0.1", 0), MailHandler)
        self.box = box


@contextmanager
def smtp_server(box: MailBox) -> Iterator[int]:
    """The port of a server that fills the box."""
    for address in _running(MailServer(box)):
        yield int(address.rpartition(":")[2])
