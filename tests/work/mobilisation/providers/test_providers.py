"""Each provider against a server that really answers, refuses, stumbles and hangs up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Event
from typing import Any

import pytest

from sanqiao.work.mobilisation.providers import Down, Message, Receipt, carrier_of
from sanqiao.work.mobilisation.providers.calling import Caller
from sanqiao.work.mobilisation.providers.console import Console, Rehearsal
from sanqiao.work.mobilisation.providers.sms import SmsGateway
from sanqiao.work.mobilisation.providers.smtp import Smtp
from sanqiao.work.mobilisation.providers.wecom import WeCom

from .servers import Answer, MailBox, http_server, smtp_server

pytestmark = pytest.mark.no_db
MESSAGES = [Message(str(n), f"1990000000{n}", f"请回复 {n}") for n in range(3)]


@pytest.fixture(autouse=True)
def _connections_are_closed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A provider keeps its connections open; here none outlives its test."""
    made: list[Caller] = []
    monkeypatch.setattr(Caller, "__post_init__", _noted(made, Caller.__post_init__))
    yield
    for caller in made:
        caller.close()


def _noted(made: list[Caller], usual: Callable[[Caller], None]) -> Callable[[Caller], None]:
    def start(caller: Caller) -> None:
        usual(caller)
        made.append(caller)

    return start


def outcomes(receipts: list[Receipt]) -> list[str]:
    assert [receipt.key for receipt in receipts] == [message.key for message in MESSAGES]
    return [receipt.outcome for receipt in receipts]


# --- text messages -----------------------------------------------------------------------------


def test_a_gateway_gets_key_phone_and_text_and_says_what_became_of_each() -> None:
    seen: list[Any] = []

    def gateway(path: str, body: Any) -> Answer:
        seen.append((path, body))
        return 200, {
            "results": [{"key": "0", "status": "accepted"}, {"key": "1", "status": "refused"}]
        }

    with http_server(gateway) as address:
        found = SmsGateway(url=f"{address}/send").deliver(MESSAGES)

    assert outcomes(found) == ["accepted", "refused", "unknown"], "no word of the third"
    ((path, body),) = seen
    assert path == "/send"
    assert body["messages"][0] == {"key": "0", "phone": "19900000000", "text": "请回复 0"}


@pytest.mark.parametrize("status", [500, 503, 429, 400, 403])
def test_a_gateway_that_does_not_take_it_is_down(status: int) -> None:
    with http_server(lambda path, body: (status, {})) as address, pytest.raises(Down):
        SmsGateway(url=address).deliver(MESSAGES)


@pytest.mark.parametrize("answer", [b"<html>", b"null", b'{"results": [{}]}'])
def test_a_gateway_that_talks_nonsense_is_down(answer: bytes) -> None:
    with http_server(lambda path, body: (200, answer)) as address, pytest.raises(Down):
        SmsGateway(url=address).deliver(MESSAGES)


def test_a_gateway_that_hangs_up_is_down_and_the_next_call_connects_anew() -> None:
    calls: list[int] = []

    def stumbling(path: str, body: Any) -> Answer:
        calls.append(1)
        if len(calls) == 1:
            raise ConnectionError
        return 200, {"results": [{"key": m.key, "status": "accepted"} for m in MESSAGES]}

    with http_server(stumbling) as address:
        gateway = SmsGateway(url=address)
        with pytest.raises(Down):
            gateway.deliver(MESSAGES)
        assert outcomes(gateway.deliver(MESSAGES)) == ["accepted"] * 3


def test_a_gateway_that_is_too_slow_is_down() -> None:
    done = Event()

    def slow(path: str, body: Any) -> Answer:
        done.wait(5)
        return 200, {"results": []}

    with http_server(slow) as address:
        with pytest.raises(Down):
            SmsGateway(url=address, timeout=0.1).deliver(MESSAGES)
        done.set()


def test_nobody_there_is_down() -> None:
    with pytest.raises(Down):
        SmsGateway(url="http://127.0.0.1:9/").deliver(MESSAGES)


# --- mail --------------------------------------------------------------------------------------


def mailer(port: int, **given: Any) -> Smtp:
    usual: dict[str, Any] = {
        "host": "127.0.0.1", "sender": "dy@example.cn", "domain": "139.example", "tls": False
    }  # fmt: skip
    return Smtp(port=port, **usual | given)


def test_mail_goes_to_the_number_at_the_domain_with_the_key_as_its_id() -> None:
    box = MailBox()
    with smtp_server(box) as port:
        found = mailer(port).deliver(MESSAGES)

    assert outcomes(found) == ["accepted"] * 3
    assert [to for to, _mail in box.mails] == [f"{m.phone}@139.example" for m in MESSAGES]
    assert "Message-ID: <0@example.cn>" in box.mails[0][1]


def test_an_address_refused_for_good_is_refused_and_one_for_now_unknown() -> None:
    box = MailBox()
    box.refuse = {MESSAGES[0].phone: "550 nobody", MESSAGES[1].phone: "450 later"}
    with smtp_server(box) as port:
        found = mailer(port).deliver(MESSAGES)

    assert outcomes(found) == ["refused", "unknown", "accepted"]


def test_when_the_server_hangs_up_what_was_taken_is_known_and_the_rest_is_not() -> None:
    box = MailBox()
    box.hang_up_after = 1
    with smtp_server(box) as port:
        found = mailer(port).deliver(MESSAGES)

    assert outcomes(found) == ["accepted", "unknown", "unknown"]


def test_a_mail_server_that_is_not_there_is_down() -> None:
    with pytest.raises(Down):
        mailer(9).deliver(MESSAGES)


# --- 企业微信 -----------------------------------------------------------------------------------


class Corp:
    """An installation of 企业微信 with one token, some users, and its own mind."""

    def __init__(self) -> None:
        self.tokens = 0
        self.valid = "t1"
        self.sent: list[Any] = []
        self.calls: list[str] = []

    def __call__(self, path: str, body: Any) -> Answer:
        name = path.partition("?")[0].removeprefix("/cgi-bin/")
        self.calls.append(name)
        if name == "gettoken":
            self.tokens += 1
            answer = {"errcode": 0, "access_token": f"t{self.tokens}", "expires_in": 7200}
            return 200, answer
        if not path.endswith(f"access_token={self.valid}"):
            return 200, {"errcode": 42001}
        return 200, self.find(body) if name == "user/getuserid" else self.send(body)

    def find(self, body: Any) -> Any:
        if body["mobile"] == MESSAGES[1].phone:
            return {"errcode": 46004}
        return {"errcode": 0, "userid": f"u{body['mobile'][-1]}"}

    def send(self, body: Any) -> Any:
        self.sent.append(body)
        return {"errcode": 45009} if body["touser"] == "u2" else {"errcode": 0, "msgid": "m"}


def deliver(corp: Corp, **given: Any) -> list[Receipt]:
    with http_server(corp) as address:
        wecom = WeCom(corp="c", secret="s", agent=7, base=address, threads=1, **given)
        return wecom.deliver(MESSAGES)


def test_a_member_is_found_by_phone_and_written_to_once() -> None:
    corp = Corp()

    assert outcomes(deliver(corp)) == ["accepted", "refused", "unknown"]
    assert corp.sent[0] == {
        "touser": "u0", "msgtype": "text", "agentid": 7, "text": {"content": "请回复 0"},
        "enable_duplicate_check": 1, "duplicate_check_interval": 14400,
    }  # fmt: skip
    assert corp.calls.count("gettoken") == 1


def test_a_token_that_has_ended_is_renewed() -> None:
    corp = Corp()
    corp.valid = "t2"

    assert outcomes(deliver(corp)) == ["accepted", "refused", "unknown"]
    assert corp.tokens == 2


def test_without_a_token_everything_is_down() -> None:
    with (
        http_server(lambda path, body: (200, {"errcode": 40013})) as address,
        pytest.raises(Down),
    ):
        WeCom(corp="c", secret="s", agent=7, base=address).deliver(MESSAGES)


def test_when_no_message_is_answered_for_everything_is_down() -> None:
    def broken(path: str, body: Any) -> Answer:
        token = {"errcode": 0, "access_token": "t", "expires_in": 7200}
        return (200, token) if "gettoken" in path else (502, {})

    with http_server(broken) as address, pytest.raises(Down):
        WeCom(corp="c", secret="s", agent=7, base=address, threads=1).deliver(MESSAGES)


# --- which one ---------------------------------------------------------------------------------


def test_what_is_not_set_goes_to_the_console_and_exercises_never_leave(settings: Any) -> None:
    settings.CHANNELS = {"sms": {"provider": "sms", "url": "http://x/", "per_second": 5}}

    assert isinstance(carrier_of("sms", is_exercise=False).provider, SmsGateway)
    assert carrier_of("sms", is_exercise=False).per_second == 5
    assert isinstance(carrier_of("sms", is_exercise=True).provider, Rehearsal)
    assert isinstance(carrier_of("wecom", is_exercise=False).provider, Console)


def test_the_console_takes_everything_and_says_nobodys_name(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO")

    assert outcomes(Console().deliver(MESSAGES)) == ["accepted"] * 3
    assert MESSAGES[0].phone not in caplog.text
