"""What lies in deploy/ holds together: units, proxies, scripts, and the guide that names them."""

import configparser
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from sanqiao.web.imports.keeping import LARGEST

pytestmark = pytest.mark.no_db
ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
GUIDE = (ROOT / "docs/deploy.md").read_text("utf-8")
SERVICES = sorted(DEPLOY.glob("*.service"))
HARDENED = {
    "NoNewPrivileges": "true",
    "CapabilityBoundingSet": "",
    "ProtectSystem": "strict",
    "ProtectHome": "true",
    "PrivateTmp": "true",
    "PrivateDevices": "true",
    "RestrictNamespaces": "true",
    "RestrictAddressFamilies": "AF_UNIX AF_INET AF_INET6",
    "SystemCallErrorNumber": "EPERM",
    "UMask": "0077",
}
READ = re.compile(
    r"""(?:environ(?:\.get\(|\[)|VARIABLE = )\s*"((?:SANQIAO|DATABASE|ALLOWED)_\w+)"""
)
INNER = {"SANQIAO_TEST", "SANQIAO_DB_ROLE", "SANQIAO_AS_OF"}
"""Of tests, of commands among themselves, of the demo."""


def unit(path: Path) -> configparser.SectionProxy:
    found = configparser.RawConfigParser(strict=False)
    found.optionxform = str  # type: ignore[assignment, method-assign]
    found.read_string(path.read_text("utf-8"))
    return found["Service"]


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.stem)
def test_each_service_is_shut_in(path: Path) -> None:
    found = unit(path)

    assert {name: found.get(name) for name in HARDENED} == HARDENED
    assert found["User"] != "root"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.stem)
def test_systemd_finds_little_to_say_against_a_service(path: Path) -> None:
    words = ["systemd-analyze", "security", "--offline=true", "--threshold=15", str(path)]
    done = subprocess.run(words, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout + done.stderr


def test_nginx_lets_no_client_say_who_it_is_and_takes_the_largest_file() -> None:
    text = (DEPLOY / "nginx.conf").read_text("utf-8")
    largest = re.search(r"client_max_body_size (\d+)m;", text)

    assert "proxy_set_header X-Forwarded-For $remote_addr;" in text
    assert "proxy_set_header X-Forwarded-Proto $scheme;" in text
    assert largest and int(largest[1]) * 1024**2 > LARGEST + 1024**2


def test_nginx_logs_neither_query_strings_nor_answer_links() -> None:
    text = (DEPLOY / "nginx.conf").read_text("utf-8")
    form = re.search(r"log_format sanqiao ([^;]*);", text)

    assert form
    assert not re.search(r"\$(request|request_uri|uri|args|query_string|http_referer)\b", form[1])
    assert "error_log /var/log/nginx/sanqiao-error.log crit;" in text


def test_caddy_takes_the_largest_file() -> None:
    text = (DEPLOY / "Caddyfile").read_text("utf-8")
    largest = re.search(r"max_size (\d+)MiB", text)

    assert "header_up X-Forwarded-For {remote_host}" in text
    assert largest and int(largest[1]) * 1024**2 > LARGEST + 1024**2


@pytest.mark.parametrize("path", sorted(DEPLOY.glob("*.sh")), ids=lambda path: path.stem)
def test_each_script_is_one_that_sh_understands(path: Path) -> None:
    assert subprocess.run(["sh", "-n", path]).returncode == 0
    assert path.stat().st_mode & 0o111


@pytest.mark.parametrize("path", sorted(DEPLOY.iterdir()), ids=lambda path: path.name)
def test_the_guide_names_each_file(path: Path) -> None:
    unit_of_all = path.suffix in {".service", ".timer"} and f"sanqiao-*{path.suffix}"

    assert {path.name, unit_of_all} & set(re.findall(r"[\w*.-]+", GUIDE))


def test_the_guide_explains_each_variable_that_is_read() -> None:
    sources = (ROOT / "src/sanqiao").rglob("*.py")
    read = {name for path in sources for name in READ.findall(path.read_text("utf-8"))}

    assert len(read) > 10
    assert {name for name in read - INNER if f"`{name}`" not in GUIDE} == set()
