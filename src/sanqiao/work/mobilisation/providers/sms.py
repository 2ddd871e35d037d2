"""A generic SMS gateway over HTTP.

We POST `{"messages": [{"key", "phone", "text"}]}`; it answers
`{"results": [{"key", "status"}]}` with `accepted` or `refused`, and takes a key once.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from . import Down, Message, Outcome, Receipt
from .calling import Caller, NotFine

STATUSES: dict[str, Outcome] = {"accepted": "accepted", "refused": "refused"}


class SmsGateway:
    def __init__(
        self, *, url: str, token: str = "", timeout: float = 10.0, chunk: int = 100
    ) -> None:
        where = urlsplit(url)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.caller = Caller(f"{where.scheme}://{where.netloc}", timeout, headers)
        self.path = where.path or "/"
        self.chunk = chunk

    def deliver(self, messages: Sequence[Message]) -> list[Receipt]:
        """A gateway that does not understand us is as good as down: nobody is at fault."""
        body = {"messages": [message._asdict() for message in messages]}
        try:
            answer = self.caller.call("POST", self.path, body)
            found = {str(each["key"]): str(each["status"]) for each in answer["results"]}
        except (NotFine, KeyError, TypeError) as error:
            raise Down(str(error)) from error
        return [
            Receipt(message.key, STATUSES.get(found.get(message.key, ""), "unknown"))
            for message in messages
        ]
