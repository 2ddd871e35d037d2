import pytest

from sanqiao.kernel.cli import create_admin
from sanqiao.kernel.models import User
from tests.make import PASSWORD


def test_an_administrator_is_made_from_the_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANQIAO_PASSWORD", PASSWORD)
    assert create_admin(["qian", "--role", "audit_administrator", "--name", "钱"]) == 0
    user = User.objects.get()
    assert (str(user), user.acts, user.check_password(PASSWORD)) == (
        "钱",
        frozenset({"audit.view"}),
        True,
    )


def test_a_refusal_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sanqiao.kernel.cli.getpass", lambda: "short")
    assert create_admin(["qian"]) == 1
    assert capsys.readouterr().err
    assert not User.objects.exists()
