"""P8: who releases a customer’s request, what must be there before it is answered, and when people are reminded of it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.policy import Policy
from handlers.rules import Refused
from handlers.rules import customers as rule
from handlers.rules.customers import CustomerCircumstances, last_day_before
from handlers.rules.routing import current_route, may_decide, next_authorities
from handlers.rules.working_days import calendar_of, due_after
from tests.each import each
from tests.handlers.builders import AU, POLICY
from tests.moments import NOW
from tests.rules.days import SYDNEY, utc
from tests.rules.roles import DEVEN, HEAD, HELENA, HENRIK, LEADER, RUTH, TARA, TODAY, involving
from tests.seats import number

ANNA, BRAM, CORA = (number(f"{name}@fernhill.example") for name in ("anna.quill", "bram.tolliver", "cora.bellamy"))


def case(policy: Policy, **more: Any) -> CustomerCircumstances:
    """Anna filed it, about a call of Bram's; a customer wants a copy."""
    told: dict[str, Any] = {"askers": {ANNA}, "operators": {BRAM}, "asker": "customer", **more}
    return CustomerCircumstances(policy=policy, today=TODAY, **involving(told))


ROWS: list[tuple[dict[str, Any], list[int]]] = [
    ({}, [TARA, CORA]),
    ({"asker": "relative"}, [HELENA]),
    ({"askers": {TARA}}, [CORA]),
    ({"askers": {CORA}}, [TARA]),
    ({"askers": {TARA, CORA}}, [HELENA]),
    ({"operators": {TARA}, "askers": {CORA}}, [HELENA]),
    ({"askers": {HELENA}, "asker": "relative"}, [RUTH]),
    ({"unreachable": {TARA}}, [CORA, DEVEN]),
    ({"unreachable": {TARA, CORA, DEVEN}}, [HELENA]),
    ({"unreachable": {TARA, CORA, DEVEN, HELENA, HENRIK}}, [RUTH]),
    ({"unreachable": {TARA, CORA, DEVEN}, "operators": {HELENA, RUTH}}, []),
]


@each(("told", "expected"), ROWS)
def test_p8_it_goes_to_the_first_who_may_release_it(policy: Policy, told: dict[str, Any], expected: list[int]) -> None:
    found = current_route(case(policy, **told))
    assert [one.person for one in found.approvers] == expected
    assert len({one.role for one in found.approvers}) <= 1
    assert bool(expected) or found.alarm


@each(("who", "told"), [(ANNA, {}), (TARA, {"askers": {TARA}}), (HELENA, {"askers": {HELENA}})])
def test_p8_the_filer_reads_that_another_person_releases_it(policy: Policy, who: int, told: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="You filed this request, or said where its e-mail goes") as refused:
        may_decide(case(policy, **told), who, frozenset({who}))
    assert (refused.value.code, refused.value.clause) == ("filer", "P8")


@each("who", [BRAM, TARA, CORA, HELENA, RUTH])
def test_p8_the_operator_on_the_call_releases_it_in_no_role(policy: Policy, who: int) -> None:
    with pytest.raises(Refused) as refused:
        may_decide(case(policy, operators={who}), who, frozenset({who}))
    assert refused.value.code == "operator"


def test_p8_silence_brings_in_the_head_and_never_the_manager(policy: Policy) -> None:
    about = case(policy)
    assert [one.person for one in next_authorities(about, frozenset({LEADER}))] == [HELENA]
    assert next_authorities(about, frozenset({LEADER, HEAD})) == ()
    assert next_authorities(case(policy, asker="relative"), frozenset({HEAD})) == ()


@each(
    ("told", "address", "mail", "goes"), [("", True, True, True), ("By post.", True, False, False), ("By post.", False, False, False)]
)  # fmt: skip
def test_p8_a_refusal_goes_by_mail_where_it_can(told: str, *, address: bool, mail: bool, goes: bool) -> None:
    assert rule.goes_by_mail(told, address=address, mail=mail) is goes


@each(
    ("address", "mail", "why"), [(False, True, "no e-mail address"), (True, False, "mail isn’t set up"), (False, False, "no e-mail address")]
)  # fmt: skip
def test_p8_without_mail_the_decider_says_how_the_customer_was_told(address: bool, mail: bool, why: str) -> None:
    with pytest.raises(Refused) as refused:
        rule.goes_by_mail("", address=address, mail=mail)
    assert why in refused.value.fields["told"]


@each(("received", "morning"), [("2026-11-24 10:00", "2026-12-02 09:00"), ("2026-11-26 10:00", "2026-12-04 09:00")])
def test_p8_the_last_working_day_before_the_due_day(policy: Policy, received: str, morning: str) -> None:
    calendar = calendar_of(policy, SYDNEY)
    found = due_after(calendar, utc(received, SYDNEY), 7)
    assert last_day_before(calendar, found) == utc(morning, SYDNEY)


CALENDAR = calendar_of(POLICY, AU)
ZONE = ZoneInfo("Australia/Sydney")
DUE = due_after(CALENDAR, NOW, 7)  # Thu 3 December, 17:00 in Sydney


def here(day: int, hour: int, minute: int = 0, month: int = 12) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=ZONE)


@each(
    ("now", "at"),
    [
        (NOW, here(27, 9, month=11)), (here(27, 9, month=11), here(1, 9)), (here(1, 9), here(2, 9)), (here(2, 9), None), (here(9, 9), None),
    ],
)  # fmt: skip
def test_p8_reminders_fall_in_the_morning_so_many_working_days_before(now: datetime, at: datetime | None) -> None:
    assert rule.next_reminder(CALENDAR, DUE, (4, 2, 1), now) == at


@each(
    ("now", "at"), [(NOW, here(3, 9)), (here(3, 9), here(3, 16)), (here(3, 15, 59), here(3, 16)), (here(3, 16), None)]
)
def test_p8_on_the_day_it_is_the_morning_and_an_hour_before_the_cut_off(now: datetime, at: datetime | None) -> None:
    assert rule.next_on_the_day(CALENDAR, DUE, now) == at


def test_p8_the_due_moment_itself_is_in_time_and_then_each_working_morning() -> None:
    assert rule.next_late(CALENDAR, DUE, NOW, missed=False) == DUE.at + timedelta(seconds=1)
    assert rule.next_late(CALENDAR, DUE, here(9, 9), missed=False) == DUE.at + timedelta(seconds=1)
    assert rule.next_late(CALENDAR, DUE, DUE.at + timedelta(seconds=1), missed=True) == here(4, 9)
    assert rule.next_late(CALENDAR, DUE, here(4, 9), missed=True) == here(7, 9)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)))
def test_p8_the_next_morning_is_ahead_on_a_working_day_and_none_lies_between(now: datetime) -> None:
    moment = now.replace(tzinfo=UTC)
    at = rule.next_morning(CALENDAR, moment)
    day = at.astimezone(ZONE).date()
    assert at > moment
    assert CALENDAR.off(day) is None
    assert at == CALENDAR.begins(day)
    between = moment.astimezone(ZONE).date()
    while between < day:
        assert CALENDAR.off(between) is not None or CALENDAR.begins(between) <= moment
        between += timedelta(days=1)
