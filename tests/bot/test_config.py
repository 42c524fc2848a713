"""Settings: whole, half and wrong ones, each told in a sentence with its remedy and without its secret (B11)."""

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
from bot.rehearsal.demo import company_settings
from bot.serving import start_listening
from bot.settings.config import DRAND, Given, Misconfigured, Settings, read_each_setting, read_policy, read_settings
from bot.settings.setting_values import Sender, Server, sender_of, server_address, server_of
from bot.trouble import upgrade_waits
from tests.bot.environment import SIGNING_SECRET, Environment
from tests.clocks import Seconds
from tests.each import each
from tests.keys import KEY

ID, SECRET, TENANT = "3f0c2b1a-5d6e-4f70-8a91-b2c3d4e5f607", "hush~secret", "2b1d8c44-94c5-4f0e-8a39-6c3de1b7a901"
WHOLE = {"MICROSOFT_APP_ID": ID, "MICROSOFT_APP_PASSWORD": SECRET, "MICROSOFT_APP_TENANT_ID": TENANT}
SLACK = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": SIGNING_SECRET}
OPEN = {"TEAMS_ALLOW_UNAUTHENTICATED": "1"}


def test_teams_is_whole_with_an_id_a_secret_and_a_tenant(environment: Environment) -> None:
    environment(**WHOLE)
    teams = read_settings().teams
    assert teams is not None
    assert (teams.app_id, teams.password, teams.tenant, teams.open) == (ID, SECRET, TENANT, False)
    assert teams.login_url == "https://login.microsoftonline.com"
    assert teams.metadata_url == "https://login.botframework.com/v1/.well-known/openidconfiguration"
    assert SECRET not in repr(teams) + repr(read_settings())


@pytest.mark.parametrize("present", WHOLE)
def test_of_a_half_configured_teams_everything_that_is_missing_is_named(environment: Environment, present: str) -> None:
    rows = environment.told(**{present: WHOLE[present]}, **SLACK)
    assert [row.partition(": Teams needs this too. ")[0] for row in rows] == [name for name in WHOLE if name != present]
    assert read_each_setting().teams is None
    assert all(len(row.partition("needs this too. ")[2]) > 20 for row in rows)


@pytest.mark.parametrize("more", [{}, WHOLE, {"MICROSOFT_APP_ID": ID}])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_the_local_client_needs_no_secret_or_tenant(environment: Environment, more: dict[str, str], host: str) -> None:
    """A password beside it is not used, so that no token of the bot's leaves this machine."""
    environment(**OPEN, **more, HOST=host)
    teams = read_settings().teams
    assert teams is not None
    assert (teams.open, teams.password) == (True, "")
    assert teams.app_id == more.get("MICROSOFT_APP_ID", "recording-steward")
    assert teams.tenant == more.get("MICROSOFT_APP_TENANT_ID", "")


def test_without_any_chat_both_ways_are_told(environment: Environment) -> None:
    with pytest.raises(Misconfigured) as caught:
        read_settings().need_a_chat()
    assert all(name in str(caught.value) for name in [*SLACK, *WHOLE, "recording-steward demo"])


def test_a_rehearsal_takes_nothing_of_its_machines_company(environment: Environment, tmp_path: Path) -> None:
    """An operator who runs the real bot here may try the sample company beside it, and Microsoft hears nothing of that."""
    environment(**SLACK, **WHOLE, DATABASE_URL="postgresql://db.example/steward", TICK_SECONDS="nonsense")
    environment(METRICS_PORT="9500")
    found = company_settings(tmp_path, 3000)
    assert (found.teams, found.tick_seconds) == (None, 2)
    assert (found.metrics_host, found.metrics_port) == ("127.0.0.1", 9500)
    assert str(tmp_path) in found.database_url


@each(
    ("value", "found"),
    [
        ("", ()),
        ("10.0.0.0/8", ("10.0.0.0/8",)),
        (" 192.0.2.7 , 2001:db8::/32,", ("192.0.2.7/32", "2001:db8::/32")),
        ("fc00::/7", ("fc00::/7",)),
    ],
)
def test_b7_proxies_are_networks_with_commas_between_them(
    environment: Environment, value: str, found: tuple[str, ...]
) -> None:
    environment(**SLACK, TRUSTED_PROXIES=value)
    assert tuple(map(str, read_settings().trusted_proxies)) == found


def test_p10_the_beacon_has_several_addresses_each_by_https(environment: Environment) -> None:
    environment(**SLACK, BEACON_URL="https://api.drand.sh, https://drand.example/relay ,http://127.0.0.1:3000/beacon")
    relays = ("https://drand.example/relay", "http://127.0.0.1:3000/beacon")
    assert read_settings().beacon_url == (DRAND[0], *relays)
    assert DRAND[0] == "https://api.drand.sh"


@each(("url", "server"), [
    ("smtp://mail.example.com", Server("mail.example.com", 587)),
    ("smtps://mail.example.com", Server("mail.example.com", 465, tls_alone=True)),
    ("smtp://localhost", Server("localhost", 25, near=True)),
    ("smtp://127.0.0.1:1025", Server("127.0.0.1", 1025, near=True)),
    ("smtp://[::1]:1025", Server("::1", 1025, near=True)),
    ("smtp://[2001:db8::1]", Server("2001:db8::1", 587)),
    ("smtp://localhost.example.com", Server("localhost.example.com", 587)),
    ("smtp://anna:hush@mail.example.com", Server("mail.example.com", 587, user="anna", password="hush")),
    ("smtp://a%40b.example:p%2Fa%3Fs%23s%25%3A@m.example", Server("m.example", 587, user="a@b.example", password="p/a?s#s%:")),
    ("smtp://anna:p%C3%A4ss@m.example", Server("m.example", 587, user="anna", password="päss")),
])  # fmt: skip
def test_p8_an_address_of_a_server(url: str, server: Server) -> None:
    assert server_of(url) == server
    assert "hush" not in repr(server)
    assert "anna" not in repr(server)


@each(("url", "sentence"), [
    ("", "isn't a mail server's address"),
    ("mail.example.com:587", "isn't a mail server's address"),
    ("smtp://", "isn't a mail server's address"),
    ("smtp://mail.example.com:0", "isn't a mail server's address"),
    ("smtp://mail.example.com\r\nX", "isn't a mail server's address"),
    ("smtp://\u202email.example.com", "isn't a mail server's address"),
    ("smtp://mail.example.com/inbox", "more than a server"),
    ("smtp://mail.example.com?tls=no", "more than a server"),
    ("smtp://anna:hu/sh@mail.example.com", "/ as %2F"),
    ("smtp://anna:hu[sh@mail.example.com", "/ as %2F"),
    ("smtp://anna@mail.example.com", "both a name and a password"),
    ("smtp://anna:hush%00@mail.example.com", "a control character"),
])  # fmt: skip
def test_p8_a_wrong_one_is_told_how_to_be_fixed_without_what_is_in_it(url: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=r"\.$") as refused:
        server_of(url)
    assert sentence in str(refused.value)
    assert "hu" not in str(refused.value)
    assert "anna" not in str(refused.value)
    assert refused.value.__suppress_context__ or refused.value.__context__ is None


@each(("address", "taken"), [
    ("jo.doe@customer.example", "jo.doe@customer.example"),
    ("Jo.Doe+calls@Customer.Example", "Jo.Doe+calls@customer.example"),
    ("o'hara_{x}!#$%&*/=?^`|~-@x.example", "o'hara_{x}!#$%&*/=?^`|~-@x.example"),
    ("jo@bücher.example", "jo@xn--bcher-kva.example"),
    ("jo@例え.example", "jo@xn--r8jz45g.example"),
    ("root@localhost", "root@localhost"),
    (f"{'a' * 64}@x.example", f"{'a' * 64}@x.example"),
])  # fmt: skip
def test_p8_an_address_goes_over_the_wire_in_ascii(address: str, taken: str) -> None:
    assert server_address(address) == taken


@each("address", [
    "", "@", "jo", "jo@", "@x.example", "jo@x", "jo@1.2.3.4", "jo@[1.2.3.4]", "jo@x.example.", "jo@.x.example", "jo@x..example",
    "jo doe@x.example", '"jo doe"@x.example', ".jo@x.example", "jo.@x.example", "jo..doe@x.example", "jö@x.example",
    "jo@x.example\n", "jo\n@x.example", "jo@x.ex\r\nRCPT TO:<eve@x.example>", "jo@x.example>", "<jo@x.example>", "jo@x_y.example",
    "jo@a@x.example", "jo@x.example,eve@x.example", "jo\x00@x.example", f"{'a' * 65}@x.example", f"jo@{'a' * 64}.example",
    f"jo@{'a.' * 126}example", f"{'a' * 64}@{'b.' * 95}example", "jo@-x.example", "jo@\u202ex.example", "jo@x .example",
])  # fmt: skip
def test_p8_what_is_no_such_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match=r"\.$") as refused:
        server_address(address)
    assert "eve" not in str(refused.value)


@each(("text", "sender"), [
    ("copies@fernhill.example", Sender("", "copies@fernhill.example")),
    ("  Fernhill Telecare <copies@fernhill.example> ", Sender("Fernhill Telecare", "copies@fernhill.example")),
    ('"Fernhill, Ltd." <copies@fernhill.example>', Sender("Fernhill, Ltd.", "copies@fernhill.example")),
    ("Bücher & Söhne <kopien@bücher.example>", Sender("Bücher & Söhne", "kopien@xn--bcher-kva.example")),
    ("<copies@fernhill.example>", Sender("", "copies@fernhill.example")),
])  # fmt: skip
def test_p8_a_sender_is_an_address_maybe_with_a_name(text: str, sender: Sender) -> None:
    assert sender_of(text) == sender
    assert sender.domain == sender.address.split("@")[1]


@each("text", [
    "", "Fernhill", "a@x.example, b@x.example", "a@x.example <b@x.example>", "Fernhill <copies>", "Fernhill <a@x.example> more",
    "Fernhill\r\nBcc: eve@x.example <a@x.example>", "Fern<hill <a@x.example>", "<>", "Fernhill <<a@x.example>>",
])  # fmt: skip
def test_p8_what_names_no_one_sender_is_told_how_to_be_written(text: str) -> None:
    with pytest.raises(ValueError, match=r"Write an address like copies@example\.com, or with a name"):
        sender_of(text)


FROM, URL = "Fernhill Telecare <copies@fernhill.example>", "smtp://steward:hush@mail.fernhill.example"


def test_p8_a_server_and_a_sender_are_enough(environment: Environment) -> None:
    environment(**SLACK, SMTP_URL=f" {URL.replace('smtp', 'SMTP')} ", MAIL_FROM=f" {FROM} ")
    mail = read_settings().mail
    assert mail is not None
    assert mail.server == Server("mail.fernhill.example", 587, user="steward", password="hush")
    assert mail.sender == Sender("Fernhill Telecare", "copies@fernhill.example")


@pytest.mark.parametrize(("given", "missing"), [({"SMTP_URL": URL}, "MAIL_FROM"), ({"MAIL_FROM": FROM}, "SMTP_URL")])
def test_p8_one_without_the_other_is_told(environment: Environment, given: dict[str, str], missing: str) -> None:
    (row,) = environment.told(**SLACK, **given)
    assert row.startswith(f"{missing} is missing: ")
    assert "hush" not in row
    assert read_each_setting().mail is None


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
    assert row.startswith("SECRET_KEY: this follows a pattern, so someone could guess it. Make one with: ")
    assert text not in row
    file = tmp_path / "key"
    file.touch(0o600)
    file.write_text(text)
    environment(SECRET_KEY="", SECRET_KEY_FILE=str(file))
    with pytest.raises(Misconfigured, match=r"^SECRET_KEY_FILE: this follows a pattern"):
        read_each_setting().master_key()


@each(("mode", "right"), [(0o600, True), (0o400, True), (0o440, True), (0o644, False), (0o604, False), (0o660, False)])
def test_a_key_file_open_to_others_is_refused(environment: Environment, tmp_path: Path, mode: int, right: bool) -> None:
    file = tmp_path / "key"
    file.write_text(KEY)
    file.chmod(mode)
    environment(SECRET_KEY_FILE=str(file))
    if right:
        assert in_base64(read_each_setting().master_key()) == KEY
        return
    with pytest.raises(Misconfigured) as told:
        read_each_setting().master_key()
    assert str(told.value) == (
        f"SECRET_KEY_FILE: others on this machine can read or change it. To fix it: chmod 600 {file}"
    )


HTTPS, NO_HOST, TOO_MUCH = (
    "must begin with https://",
    "isn't a web address",
    "has something after the host. Write https://",
)
WIDE = "is too wide: I would trust strangers. List only your own proxies."
REFUSED: dict[tuple[str, str], tuple[str, ...]] = {
    ("PUBLIC_URL", HTTPS): ("http://steward.example.com", "http://localhost.example.com", "http://[::ffff:8.8.8.8]"),
    ("PUBLIC_URL", TOO_MUCH): ("https://steward.example.com/bot", "https://steward.example.com?a=b"),
    ("PUBLIC_URL", NO_HOST): (
        "https://anna:hush@steward.example.com", "https://steward.example.com\\@evil.example", "steward.example.com",
        "steward:hush@example.com",
    ),
    ("SLACK_API_URL", HTTPS): ("http://slack.com/api/", "http://10.0.0.7/api/", "http://localhost.evil.example/"),
    ("SLACK_API_URL", ""): ("https://steward:hush@slack.com/api/",),
    ("SLACK_SIGNING_SECRET", "isn't a signing secret, "): ("2", "x" * 32, SIGNING_SECRET[:31], SIGNING_SECRET + "0"),
    ("SLACK_APP_TOKEN", "isn't an app token, which begins with xapp-. "): ("nope", "xoxb-1-hush-hush"),
    ("MICROSOFT_OPENID_METADATA_URL", HTTPS): ("http://login.example.com", "http://127.0.0.1.x.com"),
    ("MICROSOFT_OPENID_METADATA_URL", "https://"): ("login.example.com", "ftp://localhost"),
    ("MICROSOFT_LOGIN_URL", "https://"): ("http://login.example.com", "login.example.com", "http://127.0.0.1.x.com"),
    ("MICROSOFT_LOGIN_URL", ""): ("http://steward:hush@login.example.com:port",),
    ("MICROSOFT_APP_TENANT_ID", "directory (tenant) ID"): ("common", "Organizations", "fernhill.onmicrosoft.com"),
    ("DATABASE_URL", "this names no file, so"): (
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
BESIDE = {
    "SLACK_SIGNING_SECRET": SLACK,
    "SLACK_APP_TOKEN": SLACK,  # else Socket Mode would be tried for ever, unnoticed
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
def test_no_one_but_this_machine_is_let_in_unproved(environment: Environment, host: str) -> None:
    (row,) = environment.told(TEAMS_ALLOW_UNAUTHENTICATED="1", HOST=host)
    assert row.startswith("TEAMS_ALLOW_UNAUTHENTICATED: ")
    assert host in row


def test_no_password_shows_in_what_a_program_tells_of_its_settings(environment: Environment) -> None:
    environment(
        DATABASE_URL="postgresql://steward:hush@db/steward", RECORDINGS_URL="s3://key:hush@bucket", SECRET_KEY=KEY,
        SLACK_BOT_TOKEN="xoxb-hush", SLACK_SIGNING_SECRET="hush", MICROSOFT_APP_PASSWORD="hush",
        SMTP_URL="smtp://steward:hush@mail.fernhill.example", MAIL_FROM="copies@fernhill.example",
    )  # fmt: skip
    found = read_each_setting()
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


def test_a_policy_that_cannot_be_read_is_told_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "latin.yaml").write_bytes("company: Größe".encode("latin-1"))
    with pytest.raises(Misconfigured, match=r"^POLICY_FILE: .* can't be read: Is a directory\.$"):
        read_policy(tmp_path)
    with pytest.raises(Misconfigured, match=r"latin\.yaml can't be read: 'utf-8' codec"):
        read_policy(tmp_path / "latin.yaml")
    with pytest.raises(Misconfigured, match=r"below can't be read: Not a directory"):
        read_policy(tmp_path / "latin.yaml" / "below")


def test_a_folder_that_cannot_be_entered_is_told_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Path) -> bool:
        raise PermissionError(13, "Permission denied", ".env")

    monkeypatch.setattr(Path, "is_file", refuse)
    with pytest.raises(
        Misconfigured, match=r"^\.env: I can't read it \(permission denied\)\. Start the bot in a folder"
    ):
        read_each_setting()


NOWHERE = ["999.1.1.1", "192.0.2.7", "no such host", "a..b"]


async def _listen(host: str, port: int) -> None:
    runner = web.AppRunner(web.Application())
    try:
        await start_listening(runner, host, port)
    finally:
        await runner.cleanup()


@each("host", NOWHERE)
async def test_a_host_that_is_not_this_machine_is_named_and_not_the_port(host: str) -> None:
    with pytest.raises(Misconfigured, match=rf"^HOST: I can't listen on {host} \(.*\)\. Use an address of this"):
        await _listen(host, 0)
    with pytest.raises(Misconfigured, match=rf"^I can't listen on {host} "):
        await _check_host(Given(host=host))


async def test_a_port_that_is_taken_is_named() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Misconfigured, match=rf"^PORT: I can't listen on 127\.0\.0\.1:{port} .* another port"):
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
