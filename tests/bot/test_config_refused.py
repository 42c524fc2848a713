"""B11: settings that let others read, guess or pretend, or where nothing can listen, are refused without their secret."""

import base64
import socket
from collections.abc import MutableMapping
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.commands.checking import _check_host
from bot.serving import start_listening
from bot.settings.config import Given, Misconfigured, Settings, as_given, read_policy
from bot.trouble import upgrade_waits
from tests.bot.environment import SIGNING_SECRET, Environment
from tests.clocks import Seconds
from tests.each import each
from tests.keys import KEY

CHANCE = sha256(b"chance").digest()
GUESSED = {
    "zeros": bytes(32), "one letter": b"a" * 32, "a short pattern": b"\x8f\x01\xe3\x77" * 8, "half and half": CHANCE[:16] * 2,
    "words": b"correct horse battery staple, 1!", "hexadecimal": sha256(b"x").hexdigest()[:32].encode(),
    "mostly zeros": CHANCE[:12] + bytes(20),
}  # fmt: skip


def in_base64(key: bytes) -> str:
    return base64.b64encode(key).decode()


@each("key", GUESSED.values())
def test_a_master_key_that_can_be_guessed_is_refused(environment: Environment, tmp_path: Path, key: bytes) -> None:
    text = in_base64(key)
    (row,) = environment.told(SECRET_KEY=text)
    assert row.startswith("SECRET_KEY: it follows a pattern, so it could be guessed. Make one with: ")
    assert text not in row
    file = tmp_path / "key"
    file.touch(0o600)
    file.write_text(text)
    environment(SECRET_KEY="", SECRET_KEY_FILE=str(file))
    with pytest.raises(Misconfigured, match=r"^SECRET_KEY_FILE: it follows a pattern"):
        as_given().master_key()


@each(("mode", "right"), [(0o600, True), (0o400, True), (0o440, True), (0o644, False), (0o604, False), (0o660, False)])
def test_a_key_file_that_others_can_read_is_refused(
    environment: Environment, tmp_path: Path, mode: int, right: bool
) -> None:
    file = tmp_path / "key"
    file.write_text(KEY)
    file.chmod(mode)
    environment(SECRET_KEY_FILE=str(file))
    if right:
        assert in_base64(as_given().master_key()) == KEY
        return
    with pytest.raises(Misconfigured) as told:
        as_given().master_key()
    assert str(told.value) == (
        f"SECRET_KEY_FILE: others on this machine can read or change it. Fix that with: chmod 600 {file}"
    )


HTTPS, NO_HOST, TOO_MUCH = (
    "must begin with https://",
    "isn't a web address",
    "has more in it than a host. Write https://",
)
WIDE = "is so wide that strangers would be believed. Name the proxies that you have."
REFUSED: dict[tuple[str, str], tuple[str, ...]] = {
    ("PUBLIC_URL", HTTPS): ("http://steward.example.com", "http://localhost.example.com", "http://[::ffff:8.8.8.8]"),
    ("PUBLIC_URL", TOO_MUCH): ("https://steward.example.com/bot", "https://steward.example.com?a=b"),
    ("PUBLIC_URL", NO_HOST): (
        "https://anna:hush@steward.example.com", "https://steward.example.com\\@evil.example", "steward.example.com",
        "steward:hush@example.com",
    ),
    ("SLACK_API_URL", HTTPS): ("http://slack.com/api/", "http://10.0.0.7/api/", "http://localhost.evil.example/"),
    ("SLACK_API_URL", ""): ("https://steward:hush@slack.com/api/",),
    ("SLACK_SIGNING_SECRET", "isn't a signing secret. "): ("2", "x" * 32, SIGNING_SECRET[:31], SIGNING_SECRET + "0"),
    ("SLACK_APP_TOKEN", "isn't an app token. That begins with xapp-. "): ("nope", "xoxb-1-hush-hush"),
    ("MICROSOFT_OPENID_METADATA_URL", HTTPS): ("http://login.example.com", "http://127.0.0.1.x.com"),
    ("MICROSOFT_OPENID_METADATA_URL", "https://"): ("login.example.com", "ftp://localhost"),
    ("MICROSOFT_LOGIN_URL", "https://"): ("http://login.example.com", "login.example.com", "http://127.0.0.1.x.com"),
    ("MICROSOFT_LOGIN_URL", ""): ("http://steward:hush@login.example.com:port",),
    ("MICROSOFT_APP_TENANT_ID", "directory (tenant) ID"): ("common", "Organizations", "fernhill.onmicrosoft.com"),
    ("DATABASE_URL", "it names no file, so everything would be lost at each stop."): (
        "sqlite://", "sqlite:///:memory:", "sqlite:///file::memory:?uri=true", "sqlite:///file:s?mode=memory&uri=true",
    ),
    ("DATABASE_URL", ""): (
        "mysql://steward:hush@db/steward", "postgresql//steward:hush@db", "postgresql://steward:hush@db:port/steward",
        "postgresql://steward:pass:hush@db:port/steward",
    ),
    ("TRUSTED_PROXIES", "10.0.0.1/8 has host bits set. "): ("10.0.0.1/8",),
    ("TRUSTED_PROXIES", "does not appear to be an IPv4 or IPv6 network. "): ("proxy.example", "10.0.0.0/8 192.0.2.7"),
    ("TRUSTED_PROXIES", WIDE): ("0.0.0.0/0", "0.0.0.0/1", "10.0.0.0/8,2000::/3"),
}  # fmt: skip
"""By setting and by what is said of it: values that let others read, guess or pretend, or lead nowhere."""
SLACK = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": SIGNING_SECRET}
BESIDE = {
    "SLACK_SIGNING_SECRET": SLACK,
    "SLACK_APP_TOKEN": SLACK,  # else Socket Mode would be tried for ever, and nobody would know
    "MICROSOFT_APP_TENANT_ID": {"MICROSOFT_APP_ID": "x", "MICROSOFT_APP_PASSWORD": "hush"},
}


@each(("name", "sentence"), REFUSED)
def test_a_setting_that_lets_others_in_or_leads_nowhere_is_refused_without_its_secret(
    environment: Environment, monkeypatch: pytest.MonkeyPatch, name: str, sentence: str
) -> None:
    for value in REFUSED[name, sentence]:
        with monkeypatch.context() as alone:
            (row,) = Environment(alone).told(**{**BESIDE.get(name, {}), name: value})
        assert row.startswith(f"{name}: "), value
        assert sentence in row, value
        assert "hush" not in row
        assert len(value) < 5 or not name.startswith("SLACK_S") or value not in row


@each("host", ["0.0.0.0", "::", "10.0.0.7", "steward.example.com"])
def test_nobody_but_this_machine_is_let_in_unproved(environment: Environment, host: str) -> None:
    (row,) = environment.told(TEAMS_ALLOW_UNAUTHENTICATED="1", HOST=host)
    assert row.startswith("TEAMS_ALLOW_UNAUTHENTICATED: ")
    assert host in row


def test_no_password_shows_in_what_a_program_tells_of_its_settings(environment: Environment) -> None:
    environment(
        DATABASE_URL="postgresql://steward:hush@db/steward", RECORDINGS_URL="s3://key:hush@bucket", SECRET_KEY=KEY,
        SLACK_BOT_TOKEN="xoxb-hush", SLACK_SIGNING_SECRET="hush", MICROSOFT_APP_PASSWORD="hush",
        SMTP_URL="smtp://steward:hush@mail.fernhill.example", MAIL_FROM="copies@fernhill.example",
    )  # fmt: skip
    found = as_given()
    assert "hush" in found.database_url
    for told in (repr(found), str(found), repr(found.model_copy()), repr([found])):
        assert "hush" not in told
        assert KEY not in told


def test_every_setting_that_may_hold_a_secret_is_out_of_sight() -> None:
    hidden = {name for name, field in Settings.model_fields.items() if not field.repr or "Secret" in str(field)}
    assert hidden >= {
        name for name in Settings.model_fields if name.endswith(("_password", "_key", "_secret", "_token"))
    }
    assert {"database_url", "recordings_url"} <= hidden


def test_a_policy_that_can_not_be_read_is_told_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "latin.yaml").write_bytes("company: Größe".encode("latin-1"))
    with pytest.raises(Misconfigured, match=r"^POLICY_FILE: .* can't be read: Is a directory\.$"):
        read_policy(tmp_path)
    with pytest.raises(Misconfigured, match=r"latin\.yaml can't be read: 'utf-8' codec"):
        read_policy(tmp_path / "latin.yaml")
    with pytest.raises(Misconfigured, match=r"below can't be read: Not a directory"):
        read_policy(tmp_path / "latin.yaml" / "below")


def test_a_folder_that_can_not_be_entered_is_told_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Path) -> bool:
        raise PermissionError(13, "Permission denied", ".env")

    monkeypatch.setattr(Path, "is_file", refuse)
    with pytest.raises(Misconfigured, match=r"^\.env: I can't read it \(permission denied\)\. Start me in a folder"):
        as_given()


NOWHERE = ["999.1.1.1", "192.0.2.7", "no such host", "a..b"]


async def _listen(host: str, port: int) -> None:
    runner = web.AppRunner(web.Application())
    try:
        await start_listening(runner, host, port)
    finally:
        await runner.cleanup()


@each("host", NOWHERE)
async def test_a_host_that_is_not_this_machine_is_named_and_not_the_port(host: str) -> None:
    with pytest.raises(Misconfigured, match=rf"^HOST: nothing can listen on {host} \(.*\)\. Write an address of this"):
        await _listen(host, 0)
    with pytest.raises(Misconfigured, match=rf"^nothing can listen on {host} "):
        await _check_host(Given(host=host))


async def test_a_port_that_is_taken_is_named() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Misconfigured, match=rf"^PORT: nothing can listen on 127\.0\.0\.1:{port} .* another port"):
            await _listen("127.0.0.1", port)


def test_a_start_that_waits_for_another_ones_upgrade_says_so_at_once_and_then_each_minute(
    logs: list[MutableMapping[str, Any]],
) -> None:
    seconds = Seconds()
    waits = upgrade_waits(seconds)
    for _ in range(4 * 60):
        waits()
        seconds.now += 0.5
    assert [(one["event"], one["log_level"], one["more"]) for one in logs] == [
        ("database.upgrade_waits", "warning", 0),
        ("database.upgrade_waits", "warning", 119),
    ]
