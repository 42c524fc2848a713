"""P8, row by row: who releases a customer's request, and who never does."""

from __future__ import annotations

from typing import Any

import pytest

from handlers.policy import Policy
from handlers.rules.customer_deciders import CustomerCircumstances
from handlers.rules.refusal import Refused
from handlers.rules.routing import beyond, may_decide, route
from tests.each import each

from .roles import AWAY, DEVEN, HEAD, HELENA, HENRIK, HR, LEADER, RUTH, TARA, TODAY

ANNA, BRAM, CORA, MILES = (
    f"{name}@fernhill.example" for name in ("anna.quill", "bram.tolliver", "cora.bellamy", "miles.fairweather")
)


def case(policy: Policy, **more: Any) -> CustomerCircumstances:
    """Anna filed it, about a call of Bram's; a customer wants a copy."""
    told: dict[str, Any] = {"filers": {ANNA}, "operators": {BRAM}, "asker": "customer", **more}
    told |= {name: frozenset(told[name]) for name in ("filers", "operators", "unreachable") if name in told}
    return CustomerCircumstances(policy=policy, today=TODAY, **told)


def asked(about: CustomerCircumstances) -> list[str]:
    return [one.email for one in route(about).approvers]


ROWS: list[tuple[dict[str, Any], list[str]]] = [
    ({}, [TARA, CORA]),
    ({"asker": "authority"}, [TARA, CORA]),
    ({"asker": "operator"}, [TARA, CORA]),
    ({"asker": "former"}, [TARA, CORA]),
    ({"asker": "relative"}, [HELENA]),
    ({"filers": {TARA}}, [CORA]),
    ({"filers": {CORA}}, [TARA]),
    ({"filers": {TARA, CORA}}, [HELENA]),
    ({"operators": {TARA}, "filers": {CORA}}, [HELENA]),
    ({"filers": {DEVEN}}, [TARA, CORA]),
    ({"filers": {HELENA}, "asker": "relative"}, [RUTH]),
    ({"operators": {HELENA}, "asker": "relative"}, [RUTH]),
    ({"unreachable": {TARA}}, [CORA, DEVEN]),
    ({"unreachable": {TARA, CORA}}, [DEVEN]),
    ({"unreachable": {TARA}, "filers": {CORA, DEVEN}}, [HELENA]),
    ({"unreachable": {TARA, CORA, DEVEN}}, [HELENA]),
    ({"unreachable": {TARA, CORA, DEVEN, HELENA}}, [HENRIK]),
    ({"unreachable": {TARA, CORA, DEVEN, HELENA, HENRIK}}, [RUTH]),
    ({"unreachable": {TARA, CORA, DEVEN}, "operators": {HELENA, RUTH}}, []),
]


@each(("told", "expected"), ROWS)
def test_p8_it_goes_to_the_first_who_may_release_it(policy: Policy, told: dict[str, Any], expected: list[str]) -> None:
    found = route(case(policy, **told))
    assert [one.email for one in found.approvers] == expected
    assert len({one.role for one in found.approvers}) <= 1
    assert bool(expected) or found.alarm


def test_p8_the_team_leaders_conflict_is_no_handlers(policy: Policy) -> None:
    """The handlers stand beside the team leader: what keeps the team leader from it keeps the deputies from it, and no handler."""
    about = case(policy, filers={TARA})
    assert asked(about) == [CORA]
    with pytest.raises(Refused) as refused:
        may_decide(about, DEVEN, frozenset({DEVEN}))
    assert refused.value.code == "not_approver"


@each(("who", "told"), [(ANNA, {}), (TARA, {"filers": {TARA}}), (HELENA, {"filers": {HELENA}})])
def test_p8_whoever_filed_it_reads_that_somebody_else_releases_it(
    policy: Policy, who: str, told: dict[str, Any]
) -> None:
    with pytest.raises(Refused, match="You filed this request, or said where its mail goes") as refused:
        may_decide(case(policy, **told), who, frozenset({who}))
    assert (refused.value.code, refused.value.clause) == ("filer", "P8")


@each("who", [BRAM, TARA, CORA, HELENA, RUTH])
def test_p8_whoever_was_on_the_call_releases_it_in_no_role(policy: Policy, who: str) -> None:
    with pytest.raises(Refused) as refused:
        may_decide(case(policy, operators={who}), who, frozenset({who}))
    assert refused.value.code == "operator"


def test_p8_who_filed_it_and_was_on_the_call_reads_that_they_filed_it(policy: Policy) -> None:
    assert case(policy, filers={TARA}, operators={TARA}).own_case(TARA) == "filer"
    assert case(policy).own_case(TARA) is None


def test_p8_nobody_hears_of_it_who_has_no_part_in_it(policy: Policy) -> None:
    about = case(policy)
    assert about.copy_to == ()
    assert about.beside(LEADER) == (CORA,)
    assert about.beside(HEAD) == about.beside(HR) == ()


def test_p8_silence_brings_in_the_head_and_never_the_manager(policy: Policy) -> None:
    about = case(policy)
    assert [one.email for one in beyond(about, frozenset({LEADER}))] == [HELENA]
    assert beyond(about, frozenset({LEADER, HEAD})) == ()
    assert beyond(case(policy, asker="relative"), frozenset({HEAD})) == ()


def test_p8_a_handler_who_is_away_is_not_asked(policy: Policy) -> None:
    away = policy.absent([(CORA, AWAY)])
    assert asked(case(away)) == [TARA]
    assert asked(case(away, filers={TARA})) == [HELENA]
