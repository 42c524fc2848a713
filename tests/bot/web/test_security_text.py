"""Whom to tell of a flaw, as RFC 9116 has it: where a contact is set, never past its end, and nowhere else."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.settings.security_contacts import contacts_of
from bot.web.security import PATH, SecurityText
from tests.bot.environment import SIGNING_SECRET, Environment
from tests.each import each
from tests.keys import KEY

HTTPS = "https://steward.example.com"
NOW = datetime(2027, 3, 4, 15, 30, tzinfo=UTC)


async def asked(text: SecurityText) -> tuple[int, str, str]:
    app = web.Application()
    app.add_routes(text.routes())
    async with TestClient(TestServer(app)) as client, client.get(PATH) as answer:
        return answer.status, answer.headers["Content-Type"], await answer.text()


async def test_it_says_whom_to_tell_until_when_and_where_it_stands() -> None:
    contacts = contacts_of("security@example.com, https://example.com/tell-us")
    status, kind, page = await asked(SecurityText(contacts, HTTPS, lambda: NOW))
    assert (status, kind) == (200, "text/plain; charset=utf-8")
    assert page == (
        "Contact: mailto:security@example.com\n"
        "Contact: https://example.com/tell-us\n"
        "Expires: 2027-04-03T00:00:00Z\n"
        "Canonical: https://steward.example.com/.well-known/security.txt\n"
        "Preferred-Languages: en\n"
    )


async def test_without_a_contact_there_is_no_page() -> None:
    status, _, page = await asked(SecurityText((), HTTPS, lambda: NOW))
    assert (status, "Contact:" in page) == (404, False)


async def test_plain_http_is_no_canonical_address() -> None:
    _, _, page = await asked(SecurityText(("tel:+61-2-5550-0100",), "http://localhost:3000", lambda: NOW))
    assert "Canonical" not in page


@each("days", [0, 1, 29, 400, 3000])
@each("hours", [-11, 0, 13])
def test_however_long_the_bot_runs_it_never_ends_in_the_past_nor_in_a_year(days: int, hours: int) -> None:
    now = (NOW + timedelta(days=days)).astimezone(timezone(timedelta(hours=hours)))
    [told] = re.findall(
        r"^Expires: (.*)$", SecurityText(("mailto:a@example.com",), HTTPS, lambda: now).text(), re.MULTILINE
    )
    ends = datetime.fromisoformat(told)
    assert timedelta(days=28) < ends - now <= timedelta(days=30)


def test_two_replicas_on_one_day_say_the_same() -> None:
    early, late = NOW.replace(hour=0, minute=0), NOW.replace(hour=23, minute=59)
    contacts = ("mailto:a@example.com",)
    assert SecurityText(contacts, HTTPS, lambda: early).text() == SecurityText(contacts, HTTPS, lambda: late).text()


@each(
    ("told", "found"),
    [
        ("security@example.com", "mailto:security@example.com"),
        ("mailto:security@example.com", "mailto:security@example.com"),
        ("a%b?c@example.com", "mailto:a%25b%3Fc@example.com"),
        ("finder@bücher.example", "mailto:finder@xn--bcher-kva.example"),
        ("https://example.com/.well-known/x?a=1", "https://example.com/.well-known/x?a=1"),
        ("tel:+61-2-5550-0100", "tel:+61-2-5550-0100"),
    ],
)
def test_what_people_write_becomes_a_uri(told: str, found: str) -> None:
    assert contacts_of(f" {told} ,") == (found,)


@each(
    "told",
    [
        "http://example.com", "https://", "https://a b", "somebody", "tel:0800", "x@", "security@example.com\nExpires: x",
        ", ,", ",",
    ],
)  # fmt: skip
def test_what_no_finder_could_use_is_refused_with_what_to_write(environment: Environment, told: str) -> None:
    (row,) = environment.told(SECRET_KEY=KEY, SECURITY_CONTACT=told, SLACK_SIGNING_SECRET=SIGNING_SECRET)
    assert row.startswith("SECURITY_CONTACT: ")
    assert row.endswith(
        "Write a mail address, an address with https://, or a number with tel:, and commas between several."
    )


@each("told", ["tel:+61 2 8197", "tel:0800", "tel:+61-2-8197-900O"])
def test_a_number_that_nobody_could_dial_is_refused_with_what_is_wrong(told: str) -> None:
    with pytest.raises(ValueError, match=r"digits and hyphens without blanks: tel:\+61-2-5550-0100\."):
        contacts_of(told)


def test_nothing_named_is_nobody_and_no_fault() -> None:
    assert contacts_of("") == contacts_of(" ") == ()
