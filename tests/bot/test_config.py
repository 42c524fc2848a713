"""Settings: whole, half and unsafe ones, each told in a sentence that says which and how to mend it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.rehearsal.demo import company_settings
from bot.settings.config import DRAND, Misconfigured, as_given, metrics_place, settings
from tests.bot.environment import SIGNING_SECRET, Environment
from tests.each import each

ROOT = Path(__file__).parents[2]
ID, SECRET, TENANT = "3f0c2b1a-5d6e-4f70-8a91-b2c3d4e5f607", "hush~secret", "2b1d8c44-94c5-4f0e-8a39-6c3de1b7a901"
WHOLE = {"MICROSOFT_APP_ID": ID, "MICROSOFT_APP_PASSWORD": SECRET, "MICROSOFT_APP_TENANT_ID": TENANT}
SLACK = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": SIGNING_SECRET}
OPEN = {"TEAMS_ALLOW_UNAUTHENTICATED": "1"}


def test_without_a_setting_of_teams_teams_is_off(environment: Environment) -> None:
    environment(**SLACK)
    assert settings().teams is None


def test_teams_is_whole_with_an_id_a_secret_and_a_tenant(environment: Environment) -> None:
    environment(**WHOLE)
    teams = settings().teams
    assert teams is not None
    assert (teams.app_id, teams.password, teams.tenant, teams.open) == (ID, SECRET, TENANT, False)
    assert teams.login_url == "https://login.microsoftonline.com"
    assert teams.metadata_url == "https://login.botframework.com/v1/.well-known/openidconfiguration"
    assert SECRET not in repr(teams) + repr(settings())


def test_another_cloud_and_this_machine_are_as_good(environment: Environment) -> None:
    environment(
        **WHOLE,
        MICROSOFT_LOGIN_URL="https://login.microsoftonline.us",
        MICROSOFT_OPENID_METADATA_URL="http://[::1]:9/k",
    )
    teams = settings().teams
    assert teams is not None
    assert (teams.login_url, teams.metadata_url) == ("https://login.microsoftonline.us", "http://[::1]:9/k")


@pytest.mark.parametrize("present", WHOLE)
def test_of_a_half_configured_teams_everything_that_is_missing_is_named(environment: Environment, present: str) -> None:
    rows = environment.told(**{present: WHOLE[present]}, **SLACK)
    assert [row.partition(": Teams is half set up without it. ")[0] for row in rows] == [
        name for name in WHOLE if name != present
    ]
    assert as_given().teams is None
    assert all(len(row.partition("without it. ")[2]) > 20 for row in rows)


@each("missing", WHOLE)
def test_an_empty_setting_is_none(environment: Environment, missing: str) -> None:
    (row,) = environment.told(**(WHOLE | {missing: ""}))
    assert row.startswith(f"{missing}: ")


def test_both_halves_of_both_chats_are_told_together(environment: Environment) -> None:
    rows = environment.told(SLACK_BOT_TOKEN="xoxb-1", MICROSOFT_APP_ID=ID)
    assert ["SLACK" in row for row in rows] == [True, False, False]
    assert environment.told(SLACK_BOT_TOKEN="", SLACK_SIGNING_SECRET="2")[0].startswith("SLACK_BOT_TOKEN is missing")


@each("tenant", ["common", "Organizations", "fernhill.onmicrosoft.com"])
def test_a_tenant_that_is_not_one_company_is_refused(environment: Environment, tenant: str) -> None:
    """Teams names the directory by its id; with anything else every message would be turned away."""
    (row,) = environment.told(**(WHOLE | {"MICROSOFT_APP_TENANT_ID": tenant}))
    assert row.startswith("MICROSOFT_APP_TENANT_ID: ")
    assert "directory (tenant) ID" in row


@pytest.mark.parametrize("name", ["MICROSOFT_OPENID_METADATA_URL", "MICROSOFT_LOGIN_URL"])
@pytest.mark.parametrize(
    "url", ["http://login.example.com", "login.example.com", "ftp://localhost", "http://127.0.0.1.x.com"]
)
def test_keys_and_tokens_travel_by_https(environment: Environment, name: str, url: str) -> None:
    (row,) = environment.told(**{name: url})
    assert row.startswith(f"{name}: ")
    assert "https://" in row


@pytest.mark.parametrize("more", [{}, WHOLE, {"MICROSOFT_APP_ID": ID}])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_the_local_client_needs_neither_secret_nor_tenant(
    environment: Environment, more: dict[str, str], host: str
) -> None:
    """A password beside it is not used, so that no token of the bot's leaves this machine."""
    environment(**OPEN, **more, HOST=host)
    teams = settings().teams
    assert teams is not None
    assert (teams.open, teams.password) == (True, "")
    assert teams.app_id == more.get("MICROSOFT_APP_ID", "recording-steward")
    assert teams.tenant == more.get("MICROSOFT_APP_TENANT_ID", "")


@each("host", ["0.0.0.0", "::", "10.0.0.7", "steward.example.com"])
def test_nobody_but_this_machine_is_let_in_unproved(environment: Environment, host: str) -> None:
    (row,) = environment.told(**OPEN, **WHOLE, HOST=host)
    assert row.startswith("TEAMS_ALLOW_UNAUTHENTICATED: ")
    assert host in row


def test_behind_a_proxy_nobody_is_let_in_unproved(environment: Environment) -> None:
    """There the bot listens on loopback too, and everybody's requests come from this machine."""
    (row,) = environment.told(**OPEN, PUBLIC_URL="https://steward.example.com")
    assert row.startswith("TEAMS_ALLOW_UNAUTHENTICATED: ")
    assert "https://steward.example.com" in row
    assert len(environment.told(HOST="0.0.0.0")) == 2


@each(("word", "on"), [("1", True), ("TRUE", True), ("0", False), ("off", False), ("", False)])
def test_a_switch_is_on_or_off(environment: Environment, word: str, on: bool) -> None:
    environment(**WHOLE, TEAMS_ALLOW_UNAUTHENTICATED=word)
    assert settings().teams_allow_unauthenticated is on


@each("word", ["maybe", "2", "-"])
def test_a_switch_that_is_neither_is_told(environment: Environment, word: str) -> None:
    assert environment.told(TEAMS_ALLOW_UNAUTHENTICATED=word) == [
        "TEAMS_ALLOW_UNAUTHENTICATED: it is 1 for on, or 0 for off."
    ]


@pytest.mark.parametrize(
    ("name", "value"),
    [("PORT", one) for one in ("many", "70000", "-1", "3000.5", "9" * 5000, "٣")]
    + [("TICK_SECONDS", one) for one in ("often", "0", "-3", "0.9", "61", "3600", "nan", "inf")],
)
def test_a_wrong_number_is_told_in_our_words_with_the_remedy(environment: Environment, name: str, value: str) -> None:
    (row,) = environment.told(**{name: value})
    assert row.startswith(f"{name}: '{value}' is no ")
    assert "Write " in row
    assert "such as " in row
    assert "Input should" not in row


def test_a_right_number_is_taken(environment: Environment) -> None:
    environment(**SLACK, PORT=" 0 ", TICK_SECONDS="1.5")
    assert (settings().port, settings().tick_seconds) == (0, 1.5)


def test_p12_the_clock_asks_often_enough_for_its_alarm(environment: Environment) -> None:
    """With 3600 an erasure began up to an hour late, and whoever is on call was woken all day."""
    alarm = re.search(r"steward_last_tick_seconds > ([0-9]+)", (ROOT / "deploy" / "alarms.yml").read_text())
    assert alarm is not None
    environment(**SLACK, TICK_SECONDS="60")
    assert 2 * settings().tick_seconds <= int(alarm[1])


def test_a_wrong_value_never_shows_a_secret(environment: Environment) -> None:
    assert SECRET not in "".join(environment.told(SECRET_KEY=SECRET, MICROSOFT_APP_PASSWORD=SECRET))


@pytest.mark.parametrize("chat", [SLACK, WHOLE, OPEN])
def test_one_chat_is_enough(environment: Environment, chat: dict[str, str]) -> None:
    environment(**chat)
    found = settings()
    found.need_a_chat()
    assert (found.slack_bot_token is not None) is (chat is SLACK)
    assert (found.teams is not None) is (chat is not SLACK)


def test_without_any_chat_both_ways_are_told(environment: Environment) -> None:
    with pytest.raises(Misconfigured) as caught:
        settings().need_a_chat()
    assert all(name in str(caught.value) for name in [*SLACK, *WHOLE, "recording-steward demo"])


def test_a_rehearsal_takes_nothing_of_the_company_whose_machine_it_is_on(
    environment: Environment, tmp_path: Path
) -> None:
    """Somebody who runs the real bot here may try the sample company beside it, and Microsoft hears nothing of that."""
    environment(**SLACK, **WHOLE, DATABASE_URL="postgresql://db.example/steward", TICK_SECONDS="nonsense")
    found = company_settings(tmp_path, 3000)
    assert (found.teams, found.tick_seconds) == (None, 2)
    assert str(tmp_path) in found.database_url


@each(
    ("given", "place"),
    [
        ({}, ("127.0.0.1", 9464, False)),
        ({"METRICS_PORT": "9500"}, ("127.0.0.1", 9500, True)),
        ({"METRICS_HOST": "::1", "METRICS_PORT": ""}, ("::1", 9464, True)),
    ],
)
def test_where_metrics_stand_is_known_without_any_other_setting(
    environment: Environment, given: dict[str, str], place: tuple[str, int, bool]
) -> None:
    environment(**given, TICK_SECONDS="nonsense")
    found = metrics_place()
    assert (found.metrics_host, found.metrics_port, found.chosen) == place


def test_a_place_for_metrics_that_is_none_is_a_sentence(environment: Environment) -> None:
    environment(METRICS_PORT="many")
    with pytest.raises(Misconfigured, match=r"^METRICS_PORT: 'many' is no port\. "):
        metrics_place()


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
    assert tuple(map(str, settings().trusted_proxies)) == found


@each(
    ("value", "why"),
    [
        ("10.0.0.1/8", "10.0.0.1/8 has host bits set. "),
        ("proxy.example", "'proxy.example' does not appear to be an IPv4 or IPv6 network. "),
        ("10.0.0.0/8 192.0.2.7", "'10.0.0.0/8 192.0.2.7' does not appear to be an IPv4 or IPv6 network. "),
        ("0.0.0.0/0", "0.0.0.0/0 is so wide that strangers would be believed. Name the proxies that you have."),
        ("0.0.0.0/1", "0.0.0.0/1 is so wide "),
        ("10.0.0.0/8,2000::/3", "2000::/3 is so wide "),
    ],
)
def test_b7_what_is_no_network_is_refused_with_a_sentence(environment: Environment, value: str, why: str) -> None:
    (row,) = environment.told(**SLACK, TRUSTED_PROXIES=value)
    assert row.startswith(f"TRUSTED_PROXIES: {why}")


def test_p10_the_beacon_has_several_addresses_each_by_https(environment: Environment) -> None:
    environment(**SLACK, BEACON_URL="https://api.drand.sh, https://drand.example/relay ,http://127.0.0.1:3000/beacon")
    assert settings().beacon_url == (
        "https://api.drand.sh",
        "https://drand.example/relay",
        "http://127.0.0.1:3000/beacon",
    )
    assert DRAND[0] == "https://api.drand.sh"


@each("value", ["http://api.drand.sh", "https://api.drand.sh,drand", " , "])
def test_p10_an_address_of_a_beacon_that_can_not_be_right_is_refused(environment: Environment, value: str) -> None:
    (row,) = environment.told(**SLACK, BEACON_URL=value)
    assert row.startswith("BEACON_URL: ")
