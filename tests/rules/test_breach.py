"""P13: who reads and handles a report, by when it is acknowledged and answered, and when its readers are reminded."""

from collections.abc import Collection
from datetime import date, timedelta

from handlers.policy import Policy, RoleName
from handlers.policy.terms import Role
from handlers.rules.breach import (
    Circumstances,
    Handling,
    Moments,
    Receipt,
    Seat,
    count_reminders,
    destroy_at,
    lets_fallback_in,
    promised_moments,
    receipt_at,
    title_of,
    what_is_overdue,
    who_handles,
    would_be_readers,
)
from tests.each import each
from tests.rules.days import SYDNEY, at, utc
from tests.rules.roles import AWAY, FALLBACK, HEAD, HELENA, HENRIK, HR, MILES, OTTO, RUTH, TODAY
from tests.seats import address, number, seated

DORA = number("dora@fernhill.example")


def company(policy: Policy, *away: int, **others: tuple[int, ...]) -> Policy:
    """The sample company, where Otto deputises for Ruth and Dora for Miles; `others` replaces holder and deputies."""
    held: dict[RoleName, tuple[int, ...]] = {HR: (RUTH, OTTO), HEAD: (HELENA, HENRIK), FALLBACK: (MILES, DORA)}
    held |= others  # type: ignore[arg-type]
    roles = {name: policy.role(name).model_copy(update={"holder": address(holder), "deputies": tuple(map(address, deputies))})
             for name, (holder, *deputies) in held.items()}  # fmt: skip
    named: dict[str, Role] = {str(name): role for name, role in roles.items()}
    changed = policy.model_copy(update={"roles": policy.roles.model_copy(update=named)})
    return seated(changed).absent((who, AWAY) for who in away)


def handled(
    policy: Policy, out: Collection[int] = (), not_there: Collection[int] = (), *, let_in: bool = False
) -> Handling:
    return who_handles(
        Circumstances(policy=policy, today=TODAY, out=frozenset(out), not_there=frozenset(not_there), let_in=let_in)
    )


def readers(found: Handling) -> list[int]:
    return [seat.person for seat in found.readers]


@each(
    ("away", "out", "not_there", "read", "fired"),
    [
        ((), (), (), [RUTH, HELENA], "both"),
        ((), (RUTH,), (), [HELENA], "head_alone"),
        ((), (HELENA,), (), [RUTH], "manager_alone"),
        ((RUTH,), (RUTH,), (), [HELENA], "head_alone"),  # away or not, who is out takes the deputies along
        ((), (), (RUTH,), [OTTO, HELENA], "both"),
        ((RUTH, OTTO), (), (), [HELENA], "head_alone"),
        ((RUTH, OTTO), (HELENA,), (), [MILES], "fallback"),
        ((), (RUTH, HELENA), (), [MILES], "fallback"),
        ((), (RUTH, HELENA), (MILES,), [DORA], "fallback"),
        ((), (RUTH, HELENA, MILES), (), [], "sealed"),
    ],
)
def test_p13_holder_then_deputies_then_fallback_then_no_one(
    policy: Policy, away: tuple[int, ...], out: tuple[int, ...], not_there: tuple[int, ...], read: list[int], fired: str
) -> None:
    found = handled(company(policy, *away), out, not_there)
    assert (readers(found), found.fired, found.sealed) == (read, fired, not read)


def test_p13_a_deputy_who_holds_the_other_role_keeps_it_when_the_holder_is_out(policy: Policy) -> None:
    placed = company(policy, **{HR: (RUTH, HELENA)})
    assert handled(placed, (RUTH,)).readers == (Seat(HELENA, HEAD, deputy=False),)
    found = handled(company(policy, RUTH, **{HR: (RUTH, HELENA)}))
    assert found == Handling((Seat(HELENA, HEAD, deputy=False),), "head_alone")  # one person, once, by the own office


def test_p13_everyone_who_could_ever_read_is_named_once_by_the_office_held(policy: Policy) -> None:
    found = would_be_readers(company(policy, **{HR: (RUTH, MILES, HELENA)}))
    assert [(seat.person, title_of(policy, seat)) for seat in found] == [
        (RUTH, "Manager, Human Resources"), (HELENA, "Head of Customer Success"), (MILES, "Managing Director"),
        (HENRIK, "Deputy Head of Customer Success"), (DORA, "Deputy Managing Director"),
    ]  # fmt: skip


@each(
    ("came", "receipt", "acknowledge", "waits", "feedback"),
    [
        ("2026-11-24 10:00", Receipt(date(2026, 11, 24), late=False), "2026-11-26", "2026-11-27", "2026-12-08"),
        ("2026-11-24 17:00", Receipt(date(2026, 11, 24), late=False), "2026-11-26", "2026-11-27", "2026-12-08"),
        ("2026-11-24 17:01", Receipt(date(2026, 11, 24), late=True), "2026-11-27", "2026-11-30", "2026-12-09"),
        ("2026-11-28 20:00", Receipt(date(2026, 11, 28), late=False), "2026-12-02", "2026-12-03", "2026-12-14"),
        ("2026-12-24 09:00", Receipt(date(2026, 12, 24), late=False), "2026-12-30", "2026-12-31", "2027-01-12"),
    ],
)
def test_p13_the_clock_runs_by_the_home_line(
    policy: Policy, came: str, receipt: Receipt, acknowledge: str, waits: str, feedback: str
) -> None:
    assert receipt_at(policy, at(came, SYDNEY)) == receipt
    promised = promised_moments(policy, receipt)
    expected = [utc(f"{day} 17:00", SYDNEY) for day in (acknowledge, waits, feedback)]
    assert [promised.acknowledge, promised.waits, promised.feedback] == expected


def test_p13_a_closed_report_is_kept_for_whole_months_after_the_day(policy: Policy) -> None:
    assert destroy_at(policy, date(2026, 11, 24)) == utc("2028-11-25 00:00", SYDNEY)
    assert destroy_at(policy, date(2026, 2, 27)) == utc("2028-02-28 00:00", SYDNEY)


@each(
    ("opened", "answered", "expected"),
    [(False, False, [False, True, True]), (True, False, [False, False, True]), (True, True, [False, False, False])],
)
def test_p13_silence_lets_the_fallback_in(policy: Policy, opened: bool, answered: bool, expected: list[bool]) -> None:
    promised = promised_moments(policy, Receipt(date(2026, 11, 24), late=False))
    at_moments = (promised.acknowledge, promised.waits, promised.feedback)
    assert [lets_fallback_in(promised, one, opened=opened, answered=answered) for one in at_moments] == expected


SECOND = timedelta(seconds=1)


def promised_of(policy: Policy, day: date) -> Moments:
    return promised_moments(policy, Receipt(day, late=False))


@each(
    ("day", "expected"),
    [
        # The feedback moment is the Tuesday's end: then each Wednesday morning, a week later and on.
        ("2026-11-24", ["2026-12-08 17:00", "2026-12-16 09:00", "2026-12-23 09:00", "2026-12-30 09:00"]),
        # A Thursday's end: that Friday is Christmas, and the Monday stands for Boxing Day.
        ("2026-12-03", ["2026-12-17 17:00", "2026-12-29 09:00", "2027-01-04 09:00", "2027-01-08 09:00"]),
        # Summer time begins on 4 October: mornings are those of the clock on the wall.
        ("2026-09-15", ["2026-09-29 17:00", "2026-10-07 09:00", "2026-10-14 09:00"]),
    ],
)
def test_p13_after_the_feedback_moment_one_comes_each_week(policy: Policy, day: str, expected: list[str]) -> None:
    promised = promised_of(policy, date.fromisoformat(day))
    for count, moment in enumerate((utc(told, SYDNEY) for told in expected), 2):
        before, then = count_reminders(policy, promised, moment - SECOND), count_reminders(policy, promised, moment)
        assert (before, then) == (count - 1, count), moment


@each(
    ("acknowledged", "answered", "expected"),
    [
        (False, False, ["", "acknowledged", "acknowledged", "acknowledged"]),
        (True, False, ["", "", "", "answered"]),
        (False, True, ["", "", "", ""]),
        (True, True, ["", "", "", ""]),
    ],
)
def test_p13_what_is_late_when(policy: Policy, acknowledged: bool, answered: bool, expected: list[str]) -> None:
    promised = promised_of(policy, date(2026, 11, 24))
    at = (promised.acknowledge - SECOND, promised.acknowledge, promised.feedback - SECOND, promised.feedback)
    assert [what_is_overdue(promised, one, acknowledged=acknowledged, answered=answered) for one in at] == expected
