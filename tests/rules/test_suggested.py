"""“Away”: what a status suggests is an absence in whole days, for whoever has something to hand over, and where there is one to say."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from handlers.policy import Policy
from handlers.policy.terms import Period
from handlers.rules.absences import Span, suggested
from tests.each import each
from tests.rules.roles import ANNA, DEVEN, TARA

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)  # Tuesday, 14:00 in Sydney
TODAY = date(2026, 11, 24)
SYDNEY, LONDON = "Australia/Sydney", "Europe/London"


def at(day: int, clock: str, zone: str = SYDNEY, month: int = 12) -> datetime:
    return datetime.fromisoformat(f"2026-{month:02}-{day:02}T{clock}").replace(tzinfo=ZoneInfo(zone))


@each(
    ("until", "zone", "last"),
    [
        (at(4, "23:59"), SYDNEY, date(2026, 12, 4)),
        (at(5, "00:00"), SYDNEY, date(2026, 12, 4)),
        (at(4, "12:00"), SYDNEY, date(2026, 12, 4)),
        (at(7, "09:00"), SYDNEY, date(2026, 12, 6)),
        (at(7, "09:01"), SYDNEY, date(2026, 12, 7)),
        (at(4, "23:59", LONDON), LONDON, date(2026, 12, 4)),
        (at(4, "23:59"), "Nowhere/Atall", date(2026, 12, 4)),
        (at(4, "23:59"), "", date(2026, 12, 4)),
        (at(24, "17:00", month=11), SYDNEY, TODAY),
    ],
)
def test_the_last_day_is_that_of_the_person_on_which_nobody_works_any_more(
    policy: Policy, until: datetime, zone: str, last: date
) -> None:
    assert suggested(policy, TARA, until, zone, NOW) == Span(TODAY, last)


@each(
    "until",
    [
        at(24, "16:59", month=11), at(25, "09:00", month=11) - timedelta(days=1), NOW, NOW - timedelta(days=3),
        NOW + timedelta(days=366), datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC),
    ],
)  # fmt: skip
def test_what_is_over_today_or_lasts_for_ever_is_no_absence(policy: Policy, until: datetime) -> None:
    assert suggested(policy, TARA, until, SYDNEY, NOW) is None


def test_only_of_whoever_has_something_to_hand_over(policy: Policy) -> None:
    assert suggested(policy, ANNA, at(4, "23:59"), SYDNEY, NOW) is None
    for who in (DEVEN, policy.roles.reviewers.holders[0]):
        assert suggested(policy, who, at(4, "23:59"), SYDNEY, NOW)


def test_what_was_said_already_is_not_asked(policy: Policy) -> None:
    said = Period.model_validate({"from": TODAY, "to": date(2026, 12, 3)})
    known = policy.absent([(TARA, said)])
    assert suggested(known, TARA, at(3, "23:59"), SYDNEY, NOW) is None
    assert suggested(known, TARA, at(4, "23:59"), SYDNEY, NOW) == Span(TODAY, date(2026, 12, 4))
