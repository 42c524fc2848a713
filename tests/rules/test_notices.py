"""P3: when a notice is to be confirmed and why, and what may be looked at."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from handlers.rules.notices import (
    Ended,
    Seen,
    digest,
    due,
    hosts,
    is_address,
    may_enter,
    next_working_morning,
)
from tests.each import each
from tests.handlers.builders import POLICY, email
from tests.moments import NOW

SAME, WEB = digest(POLICY, "phone"), digest(POLICY, "website")
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2030, 12, 31), timezones=st.just(UTC))


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
    ("notice", "last", "confirmed", "seen", "expected"),
    [
        ("phone", None, None, None, (datetime(2026, 11, 24, 22, tzinfo=UTC), "first")),
        ("phone", yes(), yes(), None, QUARTER),
        ("phone", yes(was="x"), yes(was="x"), None, (NOW, "changed")),
        ("phone", NO, None, None, (MONDAY, "no")),
        ("phone", NO, yes(), None, (MONDAY, "no")),
        ("website", yes(was=WEB), yes(was=WEB), look(1, "no", WEB), (NOW, "seen")),
        ("website", yes(was=WEB), yes(was=WEB), look(-1, "no", WEB), QUARTER),
        ("website", yes(was=WEB), yes(was=WEB), look(1, "unseen"), (NOW, "seen")),
        ("website", yes(was=WEB), yes(was=WEB), look(1, "unseen", hours=47), QUARTER),
        ("website", yes(was=WEB), yes(was=WEB), look(-1, "unseen"), QUARTER),
        ("website", yes(was=WEB), yes(was=WEB), look(1, "no", "old"), QUARTER),
        ("phone", yes(), yes(), look(1, "no", SAME), QUARTER),
    ],
)  # fmt: skip
def test_p3_when_it_is_due_and_why(
    notice: str, last: Ended | None, confirmed: Ended | None, seen: Seen | None, expected: tuple[datetime, str]
) -> None:
    assert due(POLICY, notice, last, confirmed, seen, NOW) == expected


def test_p3_a_month_that_is_too_short_ends_on_its_last_day() -> None:
    confirmed = yes(datetime(2027, 11, 30, 3, tzinfo=UTC))
    assert due(POLICY, "phone", confirmed, confirmed, None, NOW)[0] == datetime(
        2028, 2, 28, 22, tzinfo=UTC
    )  # 29 February


@given(MOMENTS)
def test_p3_the_next_working_morning_is_later_and_a_working_day(now: datetime) -> None:
    at = next_working_morning(POLICY, now)
    assert now < at <= now + timedelta(days=12)
    assert (at + timedelta(hours=11)).weekday() < 5


@given(MOMENTS, st.integers(0, 40))
def test_p3_a_confirmation_never_makes_itself_due_before_its_months(now: datetime, days: int) -> None:
    at, why = due(POLICY, "phone", yes(now), yes(now), None, now + timedelta(days))
    assert (why, at > now + timedelta(days=85)) == ("quarter", True)


@each("part", ["announcement", "website", "contact", "outgoing"])
def test_p3_each_notice_is_known_by_what_it_is_about(part: str) -> None:
    other = POLICY.model_copy(
        update={"notices": POLICY.notices.model_copy(update={part: "https://fernhill.example/x"})}
    )
    changed = {one for one in ("phone", "website", "outgoing") if digest(POLICY, one) != digest(other, one)}
    assert (
        changed
        == {
            "announcement": {"phone", "website"},
            "website": {"website"},
            "contact": {"website"},
            "outgoing": {"outgoing"},
        }[part]
    )


@each(
    "text",
    ["", "words", "http://fernhill.example/x", "https://fernhill/x", "https://10.0.0.1/", "https://[::1]/", "https://a.example:8443/", "https://a:b@a.example/", "https://a.example/a b", "https://[", "https://a.example:x/"],
)  # fmt: skip
def test_p3_what_is_no_page_of_the_web_is_not_looked_at(text: str) -> None:
    assert not is_address(text)


def test_p3_the_list_is_what_the_policy_names() -> None:
    assert hosts(POLICY) == {"fernhill.example"}
    assert is_address("https://fernhill.example:443/privacy?x=1#y")


def test_p3_outages_are_for_whoever_owns_or_oversees_a_notice() -> None:
    day = date(2026, 11, 24)
    assert {
        one
        for one in ("Helena Marsh", "Ruth Adeyemi", "Henrik Solberg", "Tara Lindqvist")
        if may_enter(POLICY, email(one), day)
    } == {"Helena Marsh", "Ruth Adeyemi"}
    owners = POLICY.notices.owners.model_copy(update={"phone": "team_leader"})
    other = POLICY.model_copy(update={"notices": POLICY.notices.model_copy(update={"owners": owners})})
    assert may_enter(other, email("Tara Lindqvist"), day)
