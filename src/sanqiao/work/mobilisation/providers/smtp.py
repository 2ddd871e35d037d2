"""Mail: to `<phone>@domain`, as the carriers' mail-to-SMS gateways and mailboxes take it.

The key is the Message-ID, by which servers know a message that they have seen.
"""

from __future__ import annotations

import smtplib
from collections.abc import Sequence
from contextlib import suppress
from email.message import EmailMessage
from email.utils import formatdate

from . import Down, Message, Receipt

PERMANENT = range(500, 600)


class Smtp:
    def __init__(  # noqa: PLR0913
        self,
        *,
        host: str,
        sender: str,
        domain: str,
        subject: str = "动员通知",
        port: int = 25,
        user: str = "",
        password: str = "",
        tls: bool = True,
        timeout: float = 10.0,
        chunk: int = 50,
    ) -> None:
        self.address, self.timeout, self.chunk = (host, port), timeout, chunk
        self.sender, self.domain, self.subject = sender, domain, subject
        self.user, self.password, self.tls = user, password, tls

    def deliver(self, messages: Sequence[Message]) -> list[Receipt]:
        """Over one connection; when it breaks, those not yet answered for are unknown."""
        receipts: list[Receipt] = []
        try:
            server = self._connect()
            try:
                receipts.extend(self._receipt(server, message) for message in messages)
            finally:
                _goodbye(server)
        except (OSError, smtplib.SMTPException) as error:
            if not receipts:
                raise Down(type(error).__name__) from error
        rest = messages[len(receipts) :]
        return [*receipts, *(Receipt(message.key, "unknown") for message in rest)]

    def _connect(self) -> smtplib.SMTP:
        server = smtplib.SMTP(*self.address, timeout=self.timeout)
        if self.tls:
            server.starttls()
        if self.user:
            server.login(self.user, self.password)
        return server

    def _receipt(self, server: smtplib.SMTP, message: Message) -> Receipt:
        try:
            server.send_message(self._mail(message))
        except smtplib.SMTPRecipientsRefused as refusal:
            ((code, _words),) = refusal.recipients.values()
            server.rset()
            return Receipt(message.key, "refused" if code in PERMANENT else "unknown")
        return Receipt(message.key, "accepted")

    def _mail(self, message: Message) -> EmailMessage:
        mail = EmailMessage()
        mail["From"], mail["To"] = self.sender, f"{message.phone}@{self.domain}"
        mail["Subject"], mail["Date"] = self.subject, formatdate(localtime=True)
        mail["Message-ID"] = f"<{message.key}@{self.sender.rpartition('@')[2]}>"
        mail.set_content(message.text)
        return mail


def _goodbye(server: smtplib.SMTP) -> None:
    """A server that is gone already is no trouble of the messages."""
    with suppress(OSError, smtplib.SMTPException):
        server.quit()
    server.close()
