"""P8: who releases a customer's request, who never does, and what has to be there before they are answered."""

from __future__ import annotations

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

from .roles import AWAY, DEVEN, HEAD, HELENA, HENRIK, LEADER, RUTH, TARA, TODAY, involving

ANNA, BRAM, CORA = (number(f"{name}@fernhill.example") for name in ("anna.quill", "bram.tolliver", "cora.bellamy"))


def case(policy: Policy, **more: Any) -> CustomerCircumstances:
    """Anna filed it, about a call of Bram's; a customer wants a copy."""
    told: dict[str, Any] = {"askers": {ANNA}, "operators": {BRAM}, "asker": "customer", **more}
    return CustomerCircumstances(policy=policy, today=TODAY, **involving(told))


def asked(about: CustomerCircumstances) -> list[int]:
    return [one.person for one in current_route(about).approvers]


ROWS: list[tuple[dict[str, Any], list[int]]] = [
    ({}, [TARA, CORA]),
    ({"asker": "authority"}, [TARA, CORA]),
    ({"asker": "operator"}, [TARA, CORA]),
    ({"asker": "former"}, [TARA, CORA]),
    ({"asker": "relative"}, [HELENA]),
    ({"askers": {TARA}}, [CORA]),
    ({"askers": {CORA}}, [TARA]),
    ({"askers": {TARA, CORA}}, [HELENA]),
    ({"operators": {TARA}, "askers": {CORA}}, [HELENA]),
    ({"askers": {DEVEN}}, [TARA, CORA]),
    ({"askers": {HELENA}, "asker": "relative"}, [RUTH]),
    ({"operators": {HELENA}, "asker": "relative"}, [RUTH]),
    ({"unreachable": {TARA}}, [CORA, DEVEN]),
    ({"unreachable": {TARA, CORA}}, [DEVEN]),
    ({"unreachable": {TARA}, "askers": {CORA, DEVEN}}, [HELENA]),
    ({"unreachable": {TARA, CORA, DEVEN}}, [HELENA]),
    ({"unreachable": {TARA, CORA, DEVEN, HELENA}}, [HENRIK]),
    ({"unreachable": {TARA, CORA, DEVEN, HELENA, HENRIK}}, [RUTH]),
    ({"unreachable": {TARA, CORA, DEVEN}, "operators": {HELENA, RUTH}}, []),
]


@each(("told", "expected"), ROWS)
def test_p8_it_goes_to_the_first_who_may_release_it(policy: Policy, told: dict[str, Any], expected: list[int]) -> None:
    found = current_route(case(policy, **told))
    assert [one.person for one in found.approvers] == expected
    assert len({one.role for one in found.approvers}) <= 1
    assert bool(expected) or found.alarm


def test_p8_the_team_leaders_conflict_is_no_handlers(policy: Policy) -> None:
    """The handlers stand beside the team leader: what keeps the team leader from it keeps the deputies from it, and no handler."""
    about = case(policy, askers={TARA})
    assert asked(about) == [CORA]
    with pytest.raises(Refused) as refused:
        may_decide(about, DEVEN, frozenset({DEVEN}))
    assert refused.value.code == "not_approver"


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


def test_p8_a_handler_who_is_away_is_not_asked(policy: Policy) -> None:
    away = policy.absent([(CORA, AWAY)])
    assert asked(case(away)) == [TARA]
    assert asked(case(away, askers={TARA})) == [HELENA]


def test_p8_all_that_is_missing_is_said_at_once() -> None:
    rule.refuse_release([])
    with pytest.raises(Refused) as refused:
        rule.refuse_release(["not_identified", "no_mail"])
    assert (refused.value.code, refused.value.clause) == ("not_identified", "P8")
    assert str(refused.value) == f"{rule.MISSING['not_identified']} {rule.MISSING['no_mail']}"


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


def test_p8_a_release_is_for_what_was_shown() -> None:
    rule.check_as_shown("now", "now")
    for seen in ("before", ""):
        with pytest.raises(Refused) as refused:
            rule.check_as_shown(seen, "now")
        assert refused.value.code == "not_as_shown"


@each(("received", "morning"), [("2026-11-24 10:00", "2026-12-02 09:00"), ("2026-11-26 10:00", "2026-12-04 09:00")])
def test_p8_the_last_working_day_before_the_due_day(policy: Policy, received: str, morning: str) -> None:
    calendar = calendar_of(policy, SYDNEY)
    found = due_after(calendar, utc(received, SYDNEY), 7)
    assert last_day_before(calendar, found) == utc(morning, SYDNEY)


def test_p8_no_word_stands_for_a_letter_that_can_go() -> None:
    with pytest.raises(Refused) as refused:
        rule.goes_by_mail("x", address=True, mail=True)
    assert "goes by mail" in refused.value.fields["told"]
