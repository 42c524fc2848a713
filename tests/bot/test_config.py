"""Settings of chats, proxies, beacon and mail: whole, half and wrong ones, each told in a sentence with its remedy."""

from pathlib import Path

import pytest

from bot.rehearsal.demo import company_settings
from bot.settings.config import DRAND, Misconfigured, as_given, read_settings
from bot.settings.setting_values import Sender, Server, sender_of, server_address, server_of
from tests.bot.environment import SIGNING_SECRET, Environment
from tests.each import each

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
    assert [row.partition(": Teams is half set up without it. ")[0] for row in rows] == [
        name for name in WHOLE if name != present
    ]
    assert as_given().teams is None
    assert all(len(row.partition("without it. ")[2]) > 20 for row in rows)


@pytest.mark.parametrize("more", [{}, WHOLE, {"MICROSOFT_APP_ID": ID}])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_the_local_client_needs_neither_secret_nor_tenant(
    environment: Environment, more: dict[str, str], host: str
) -> None:
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


def test_a_rehearsal_takes_nothing_of_the_company_whose_machine_it_is_on(
    environment: Environment, tmp_path: Path
) -> None:
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
    ("", "isn't the address of a mail server"),
    ("mail.example.com:587", "isn't the address of a mail server"),
    ("smtp://", "isn't the address of a mail server"),
    ("smtp://mail.example.com:0", "isn't the address of a mail server"),
    ("smtp://mail.example.com\r\nX", "isn't the address of a mail server"),
    ("smtp://\u202email.example.com", "isn't the address of a mail server"),
    ("smtp://mail.example.com/inbox", "more in it than a server"),
    ("smtp://mail.example.com?tls=no", "more in it than a server"),
    ("smtp://anna:hu/sh@mail.example.com", "/ as %2F"),
    ("smtp://anna:hu[sh@mail.example.com", "/ as %2F"),
    ("smtp://anna@mail.example.com", "a name and a password go together"),
    ("smtp://anna:hush%00@mail.example.com", "a character in the name or the password"),
])  # fmt: skip
def test_p8_a_wrong_one_is_told_how_to_be_mended_without_what_stands_in_it(url: str, sentence: str) -> None:
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
    assert as_given().mail is None
