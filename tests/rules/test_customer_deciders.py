"""P8: who releases a customer's request, who never does, and what has to be there before they are answered."""

from typing import Any

import pytest

from handlers.policy import Policy
from handlers.rules import customers as rule
from handlers.rules.customers import CustomerCircumstances, last_day_before
from handlers.rules.refusal import Refused
from handlers.rules.routing import current_route, may_decide, next_authorities
from handlers.rules.working_days import calendar_of, due_after
from tests.each import each
from tests.rules.days import SYDNEY, utc
from tests.seats import number

from .roles import DEVEN, HEAD, HELENA, HENRIK, LEADER, RUTH, TARA, TODAY, involving

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
    with pytest.raises(Refused, match="You filed this request, or said where its mail goes") as refused:
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
    ("address", "mail", "why"), [(False, True, "no e-mail address"), (True, False, "mail is not set up"), (False, False, "no e-mail address")]
)  # fmt: skip
def test_p8_where_no_mail_can_go_the_decider_says_how_the_customer_was_told(
    address: bool, mail: bool, why: str
) -> None:
    with pytest.raises(Refused) as refused:
        rule.goes_by_mail("", address=address, mail=mail)
    assert why in refused.value.fields["told"]


@each(("received", "morning"), [("2026-11-24 10:00", "2026-12-02 09:00"), ("2026-11-26 10:00", "2026-12-04 09:00")])
def test_p8_the_last_working_day_before_the_due_day(policy: Policy, received: str, morning: str) -> None:
    calendar = calendar_of(policy, SYDNEY)
    found = due_after(calendar, utc(received, SYDNEY), 7)
    assert last_day_before(calendar, found) == utc(morning, SYDNEY)
