"""P3: when a notice is to be confirmed, and what the bot looks for on the company's two pages."""

from datetime import UTC, date, datetime, timedelta

from handlers.rules.notices import (
    Ended,
    Seen,
    Verdict,
    both_pages,
    contains_wording,
    decode_page,
    is_address,
    links_to_any,
    may_enter,
    next_due,
    notice_digest,
)
from tests.each import each
from tests.handlers.builders import POLICY, email
from tests.moments import NOW
from tests.seats import number, seated

SAME, WEB = notice_digest(POLICY, "phone"), notice_digest(POLICY, "website")


def yes(at: datetime = NOW, was: str = SAME) -> Ended:
    return Ended(at, was, "confirmed")


def look(days: int, answer: str, was: str = WEB, *, hours: int = 48) -> Seen:
    """What was seen from so many days after the confirmation on, for so many hours."""
    at = NOW + timedelta(days)
    return Seen(at, answer, was, at + timedelta(hours=hours))


QUARTER = (datetime(2027, 2, 23, 22, tzinfo=UTC), "quarter")
NO = Ended(datetime(2026, 11, 27, 3, tzinfo=UTC), SAME, "no")  # Friday
MONDAY = datetime(2026, 11, 29, 22, tzinfo=UTC)


@each(
    ("notice", "last", "seen", "expected"),
    [
        ("phone", None, None, (datetime(2026, 11, 24, 22, tzinfo=UTC), "first")),
        ("phone", yes(), None, QUARTER),
        ("phone", yes(was="x"), None, (NOW, "changed")),
        ("phone", NO, None, (MONDAY, "no")),
        ("website", yes(was=WEB), look(1, "no", WEB), (NOW, "seen")),
        ("website", yes(was=WEB), look(-1, "no", WEB), QUARTER),
        ("website", yes(was=WEB), look(1, "unseen"), (NOW, "seen")),
        ("website", yes(was=WEB), look(1, "unseen", hours=47), QUARTER),
        ("website", yes(was=WEB), look(-1, "unseen"), QUARTER),
        ("website", yes(was=WEB), look(1, "no", "old"), QUARTER),
        ("phone", yes(), look(1, "no", SAME), QUARTER),
    ],
)  # fmt: skip
def test_p3_when_it_is_due_and_why(
    notice: str, last: Ended | None, seen: Seen | None, expected: tuple[datetime, str]
) -> None:
    assert next_due(POLICY, notice, last, seen, NOW) == expected


def test_p3_a_month_that_is_too_short_ends_on_its_last_day() -> None:
    confirmed = yes(datetime(2027, 11, 30, 3, tzinfo=UTC))
    assert next_due(POLICY, "phone", confirmed, None, NOW)[0] == datetime(2028, 2, 28, 22, tzinfo=UTC)  # 29 February


@each(
    "text",
    ["", "words", "http://fernhill.example/x", "https://fernhill/x", "https://10.0.0.1/", "https://[::1]/", "https://a.example:8443/", "https://a:b@a.example/", "https://a.example/a b", "https://[", "https://a.example:x/"],
)  # fmt: skip
def test_p3_what_is_no_page_of_the_web_is_not_looked_at(text: str) -> None:
    assert not is_address(text)


def test_p3_outages_are_for_owners_and_overseers_of_notices() -> None:
    day = date(2026, 11, 24)
    assert {
        one
        for one in ("Helena Marsh", "Ruth Adeyemi", "Henrik Solberg", "Tara Lindqvist")
        if may_enter(seated(POLICY), number(email(one)), day)
    } == {"Helena Marsh", "Ruth Adeyemi"}
    owners = POLICY.notices.owners.model_copy(update={"phone": "team_leader"})
    other = POLICY.model_copy(update={"notices": POLICY.notices.model_copy(update={"owners": owners})})
    assert may_enter(seated(other), number(email("Tara Lindqvist")), day)


W = "Calls are recorded for quality and training purposes"
AT, TARGETS = "https://a.example/contact", frozenset({"https://a.example/privacy"})
MISSING, UNLINKED = Verdict("no", ("wording_missing",)), Verdict("no", ("link_missing",))


@each(
    "page",
    [
        f"<p>{W}.</p>", f"“{W}”", f"<title>Notice</title><h1>Notice</h1>{W}",
        "<p>Calls\n are <b>recorded</b> for&nbsp;quality <i>and</i> training&#32;purposes</p>",
        "<p>Calls<!-- not --> are record&shy;ed for quality and training purposes",
        f"<script>show('x')</script><p>{W}", f"<style>p{{color:red}}</style><p>{W}", f"<div>{'<div>' * 5000}{W}",
    ],
)  # fmt: skip
def test_p3_the_words_are_found_in_the_text_of_a_page(page: str) -> None:
    assert contains_wording(page, W) == ("yes", ())


@each(
    "page",
    [
        "", f"<p>{W[:-1]}</p>", f"<p>{W.lower()}</p>", f"<p>{W.replace('quality', 'quaIity')}</p>", f"<!-- {W} -->", f"<title>{W}</title>",
        f"<script>say('{W}')</script>", f"<style>{W}</style>", f"<template>{W}</template>", f"<img src=x alt='{W}'>", "<div id=app></div><script src=x></script>",
    ],
)  # fmt: skip
def test_p3_words_that_are_not_in_its_text_are_missing(page: str) -> None:
    assert contains_wording(page, W) == MISSING


@each(
    "link",
    [
        "<a href=/privacy>x</a>", "<a href='privacy#calls'> <b>x</b></a>", "<a href='HTTPS://A.EXAMPLE:443/privacy'>x</a>", "<base href='/legal/'><a href='../privacy'>x</a>",
        "<a href=/Privacy/>x</a>", "<a href='/privacy?utm_source=x'>x</a>", "<a href=https://www.a.example/privacy>x</a>", "<a href=/%70rivacy>x</a>",
    ],
)  # fmt: skip
def test_p3_a_link_to_the_notice_is_found_however_it_is_written(link: str) -> None:
    assert links_to_any(link, AT, TARGETS) == ("yes", ())


@each(
    "page",
    [
        "", "<p>https://a.example/privacy", "<a href=/terms>x</a>", "<a href='http://[x'>x</a>", "<a href='https://evil.example/privacy'>x</a>", "<a href=''>x</a>",
        "<a href='javascript:go()'>x</a>", "<a name=privacy>x</a>", "<link href=/privacy>",
    ],
)  # fmt: skip
def test_p3_a_page_without_such_a_link_is_a_no(page: str) -> None:
    assert links_to_any(page, AT, TARGETS) == UNLINKED


def test_both_pages_have_to_be_right_and_a_page_of_an_unknown_charset_is_read_all_the_same() -> None:
    yes, no, unseen = Verdict("yes"), Verdict("no", ("link_missing",)), Verdict("unseen", ("timeout",))
    assert both_pages(yes, yes) == yes
    assert both_pages(yes, no) == Verdict("no", ("contact:link_missing",))
    assert both_pages(unseen, no) == Verdict("no", ("website:timeout", "contact:link_missing"))
    assert both_pages(yes, unseen).answer == "unseen"
    assert decode_page("Calls – recorded".encode(), "no-such-charset") == "Calls – recorded"
    assert decode_page("é".encode("latin-1"), "latin-1") == "é"
