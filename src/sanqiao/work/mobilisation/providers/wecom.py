"""企业微信 application messages: gettoken, user/getuserid, message/send.

It knows a repeated message by its content for up to four hours (enable_duplicate_check).
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

from . import Down, Message, Receipt
from .calling import Caller, NotFine

OK, UNKNOWN_PHONE, BAD_USERS = 0, {46004, 60111}, {81013}
BAD_TOKEN = {40014, 42001}
DUPLICATE_SECONDS = 4 * 60 * 60
EARLY_SECONDS = 60
"""A token is renewed so long before it ends."""


class WeCom:
    """`base` differs for a private installation (政务微信)."""

    def __init__(
        self,
        *,
        corp: str,
        secret: str,
        agent: int,
        base: str = "https://qyapi.weixin.qq.com",
        timeout: float = 10.0,
        chunk: int = 40,
        threads: int = 8,
    ) -> None:
        self.caller = Caller(base, timeout)
        self.corp, self.secret, self.agent = corp, secret, agent
        self.chunk, self.threads = chunk, threads
        self._token, self._until = "", 0.0

    def deliver(self, messages: Sequence[Message]) -> list[Receipt]:
        """A link differs for each person, so each message is a call of its own."""
        self._renewed()
        with ThreadPoolExecutor(self.threads) as pool:
            receipts = list(pool.map(self._receipt, messages))
        if all(receipt.outcome == "unknown" for receipt in receipts):
            raise Down("no message was answered for")
        return receipts

    def _receipt(self, message: Message) -> Receipt:
        try:
            return self._sent(message)
        except (Down, NotFine):
            return Receipt(message.key, "unknown")

    def _sent(self, message: Message) -> Receipt:
        found = self._call("user/getuserid", {"mobile": message.phone})
        if found["errcode"] in UNKNOWN_PHONE:
            return Receipt(message.key, "refused")
        if found["errcode"] != OK:
            return Receipt(message.key, "unknown")
        sent = self._call("message/send", self._body(str(found["userid"]), message))
        if sent["errcode"] in BAD_USERS or sent.get("invaliduser"):
            return Receipt(message.key, "refused")
        return Receipt(message.key, "accepted" if sent["errcode"] == OK else "unknown")

    def _body(self, user: str, message: Message) -> dict[str, Any]:
        return {
            "touser": user,
            "msgtype": "text",
            "agentid": self.agent,
            "text": {"content": message.text},
            "enable_duplicate_check": 1,
            "duplicate_check_interval": DUPLICATE_SECONDS,
        }

    def _call(self, name: str, body: dict[str, Any]) -> dict[str, Any]:
        """With the token; once more with a new one when it has ended."""
        for _attempt in range(2):
            path = f"/cgi-bin/{name}?access_token={quote(self._renewed())}"
            answer: dict[str, Any] = self.caller.call("POST", path, body)
            if answer["errcode"] not in BAD_TOKEN:
                break
            self._until = 0.0
        return answer

    def _renewed(self) -> str:
        if time.monotonic() >= self._until:
            path = f"/cgi-bin/gettoken?corpid={quote(self.corp)}&corpsecret={quote(self.secret)}"
            answer = self.caller.call("GET", path)
            if answer["errcode"] != OK:
                raise Down(f"gettoken {answer['errcode']}")
            self._token = str(answer["access_token"])
            self._until = time.monotonic() + int(answer["expires_in"]) - EARLY_SECONDS
        return self._token
