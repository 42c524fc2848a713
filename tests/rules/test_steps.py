"""The table of reminders and steps, row by row, and when each falls (P7, P8, P9, P12)."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from handlers.rules.deadlines import REMINDERS, before_end, schedule_silence
from handlers.rules.working_days import calendar_of, due_after
from tests.each import each
from tests.rules.days import LONDON, SYDNEY, a_policy, utc

ROWS = [
    ("access.remind", "approver", 1),
    ("access.deputy", "deputy", 2),
    ("access.next", "next", 3),
    ("access.lapse", "requester", 10),
    ("access.lapse", "approver", 10),
    ("access.nudge", "approver", None),
    ("access.more", "approver", None),
    ("access.undecided", "approver", timedelta(days=7)),
    ("access.ending", "holder", (1,)),
    ("hold.ending", "setter", (10, 2)),
    ("hold.ending", "approver", (10, 2)),
    ("hold.end", "requester", None),
    ("hold.end", "setter", None),
    ("customer.remind", "approver", (4, 2, 1)),
    ("customer.remind", "filer", (4, 2, 1)),
    ("customer.remind", "head", (1,)),
    ("customer.due_today", "approver", (0,)),
    ("customer.due_today", "filer", (0,)),
    ("customer.overdue", "approver", timedelta(days=1)),
    ("customer.overdue", "filer", timedelta(days=1)),
    ("customer.link_ends", "filer", None),
    ("customer.link_ends", "approver", None),
]
moments = st.datetimes(datetime(2026, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))


def test_each_row_says_when_and_to_whom() -> None:
    policy = a_policy()
    told = [
        (one.step, one.to, one.after(policy) if one.after else (one.before and one.before(policy)) or one.every)
        for one in REMINDERS
    ]
    assert told == ROWS


@each("row", REMINDERS)
def test_each_row_is_a_whole_sentence(row: object) -> None:
    told = {"who": "Anna", "silent": "Tara", "role": "deputy", "waited": "3 weeks", "missing": "no call is named yet"}
    words = row.words.format(**told)  # type: ignore[attr-defined]
    assert "{" not in words
    assert words.endswith(".")


@given(asked=moments, lines=st.sampled_from([(SYDNEY,), (LONDON,), (SYDNEY, LONDON)]))
def test_p7_each_step_falls_when_the_command_says_it_is_due(asked: datetime, lines: tuple[str, ...]) -> None:
    """Of several lines at the earliest of their moments."""
    policy = a_policy()
    found = schedule_silence(policy, lines, asked)
    for step, number in (("access.remind", 1), ("access.deputy", 2), ("access.next", 3), ("access.lapse", 10)):
        assert found.moments[step] == min(due_after(calendar_of(policy, one), asked, number).at for one in lines)
    assert found.promise.at == found.moments["access.lapse"]


@each(
    ("end", "before"),
    [
        ("2026-12-01 14:00", "2026-11-30 14:00"), ("2026-11-30 14:00", "2026-11-27 14:00"),
        ("2027-04-27 09:30", "2027-04-23 09:30"), ("2026-10-05 02:30", "2026-10-02 02:30"),
    ],
)  # fmt: skip
def test_p7_one_working_day_before_an_end_is_the_same_time_of_day(end: str, before: str) -> None:
    found = before_end(a_policy(), utc(end, SYDNEY), "Australia/Sydney", SYDNEY, 1)
    assert found == utc(before, SYDNEY)
    assert found.tzinfo == UTC
