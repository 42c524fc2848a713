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


PUBLIC = {
    "http://steward.example.com": "must begin with https://",
    "http://localhost.example.com": "must begin with https://",
    "http://[::ffff:8.8.8.8]": "must begin with https://",
    "https://steward.example.com/bot": "has more in it than a host. Write https://steward.example.com,",
    "https://steward.example.com?a=b": "has more in it than a host. Write https://steward.example.com,",
    "https://anna:hush@steward.example.com": "isn't a web address",
    "https://steward.example.com\\@evil.example": "isn't a web address",
    "steward.example.com": "isn't a web address",
}


@each(("url", "sentence"), PUBLIC.items())
def test_a_public_address_that_others_can_listen_at_or_that_leads_nowhere(
    environment: Environment, url: str, sentence: str
) -> None:
    (row,) = environment.told(PUBLIC_URL=url)
    assert row.startswith("PUBLIC_URL: ")
    assert sentence in row
    assert "hush" not in row


@each("url", ["http://slack.com/api/", "http://10.0.0.7/api/", "http://localhost.evil.example/"])
def test_slack_is_spoken_to_by_https(environment: Environment, url: str) -> None:
    (row,) = environment.told(SLACK_API_URL=url)
    assert row.startswith("SLACK_API_URL: ")
    assert "must begin with https://" in row


@each("secret", ["2", "x" * 32, SIGNING_SECRET[:31], SIGNING_SECRET + "0"])
def test_a_signing_secret_that_can_not_be_one_is_refused(environment: Environment, secret: str) -> None:
    (row,) = environment.told(SLACK_BOT_TOKEN="xoxb-1", SLACK_SIGNING_SECRET=secret)
    assert row.startswith("SLACK_SIGNING_SECRET: it isn't a signing secret. ")
    assert row.endswith("Basic Information, App Credentials.")
    assert len(secret) < 5 or secret not in row


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


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://steward:hush@db/steward"),
        ("DATABASE_URL", "postgresql//steward:hush@db"),
        ("DATABASE_URL", "postgresql://steward:hush@db:port/steward"),
        ("DATABASE_URL", "postgresql://steward:pass:hush@db:port/steward"),
        ("PUBLIC_URL", "steward:hush@example.com"),
        ("SLACK_API_URL", "https://steward:hush@slack.com/api/"),
        ("MICROSOFT_LOGIN_URL", "http://steward:hush@login.example.com:port"),
    ],
)
def test_no_password_shows_in_what_is_wrong_with_a_setting(environment: Environment, name: str, value: str) -> None:
    (row,) = environment.told(**{name: value})
    assert row.startswith(f"{name}: ")
    assert "hush" not in row


def test_every_setting_that_may_hold_a_secret_is_out_of_sight() -> None:
    hidden = {name for name, field in Settings.model_fields.items() if not field.repr or "Secret" in str(field)}
    assert hidden >= {
        name for name in Settings.model_fields if name.endswith(("_password", "_key", "_secret", "_token"))
    }
    assert {"database_url", "recordings_url"} <= hidden


@each(
    "url",
    ["sqlite://", "sqlite:///:memory:", "sqlite:///file::memory:?uri=true", "sqlite:///file:s?mode=memory&uri=true"],
)
def test_a_database_that_is_gone_with_the_program_is_refused(environment: Environment, url: str) -> None:
    (row,) = environment.told(DATABASE_URL=url)
    assert (
        row
        == "DATABASE_URL: it names no file, so everything would be lost at each stop. Write it like sqlite:///steward.db."
    )


@each("token", ["nope", "xoxb-1-hush-hush"])
def test_an_app_token_that_can_not_be_one_is_refused(environment: Environment, token: str) -> None:
    """Also beside a signing secret: Socket Mode would be tried for ever, and nobody would know."""
    (row,) = environment.told(SLACK_BOT_TOKEN="xoxb-1", SLACK_SIGNING_SECRET=SIGNING_SECRET, SLACK_APP_TOKEN=token)
    assert row.startswith("SLACK_APP_TOKEN: it isn't an app token. That begins with xapp-. ")
    assert token not in row.removeprefix("SLACK_APP_TOKEN: it isn't an app token. That begins with xapp-. ")


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
