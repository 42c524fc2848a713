"""P13: who reads and handles a report, in the sample company."""

from __future__ import annotations

from handlers.policy import Policy
from handlers.policy.terms import Role
from handlers.policy.values import RoleName
from handlers.rules.breach import (
    Circumstances,
    Handling,
    Seat,
    checklist,
    title_of,
    who_handles,
    would_be_readers,
)
from tests.each import each

from .roles import AWAY, FALLBACK, HEAD, HELENA, HENRIK, HR, MILES, OTTO, RUTH, TODAY

DORA = "dora@fernhill.example"


def company(policy: Policy, *away: str, **others: tuple[str, ...]) -> Policy:
    """The sample company, where Otto deputises for Ruth and Dora for Miles; `others` names holder and deputies anew."""
    held: dict[RoleName, tuple[str, ...]] = {HR: (RUTH, OTTO), HEAD: (HELENA, HENRIK), FALLBACK: (MILES, DORA)}
    held |= others  # type: ignore[arg-type]
    roles = {name: policy.role(name).model_copy(update={"holder": holder, "deputies": tuple(deputies)})
             for name, (holder, *deputies) in held.items()}  # fmt: skip
    named: dict[str, Role] = {str(name): role for name, role in roles.items()}
    changed = policy.model_copy(update={"roles": policy.roles.model_copy(update=named)})
    return changed.absent((who, AWAY) for who in away)


def handled(policy: Policy, out: str = "", not_there: str = "", *, let_in: bool = False) -> Handling:
    return who_handles(
        Circumstances(
            policy=policy,
            today=TODAY,
            out=frozenset(out.split()),
            not_there=frozenset(not_there.split()),
            let_in=let_in,
        )
    )


def emails(found: Handling) -> list[str]:
    return [seat.email for seat in found.readers]


@each(
    ("away", "out", "not_there", "readers", "fired"),
    [
        ((), "", "", [RUTH, HELENA], "both"),
        ((), OTTO, "", [RUTH, HELENA], "both"),
        ((), RUTH, "", [HELENA], "head_alone"),
        ((), HELENA, "", [RUTH], "manager_alone"),
        ((RUTH,), RUTH, "", [HELENA], "head_alone"),  # away or not, who is out takes the deputies along
        ((RUTH,), "", "", [OTTO, HELENA], "both"),
        ((), "", RUTH, [OTTO, HELENA], "both"),
        ((RUTH,), OTTO, "", [HELENA], "head_alone"),
        ((RUTH, OTTO), "", "", [HELENA], "head_alone"),
        ((RUTH,), "", OTTO, [HELENA], "head_alone"),
        ((RUTH, OTTO), HELENA, "", [MILES], "fallback"),
        ((), f"{RUTH} {HELENA}", "", [MILES], "fallback"),
        ((MILES,), f"{RUTH} {HELENA}", "", [DORA], "fallback"),
        ((), f"{RUTH} {HELENA}", MILES, [DORA], "fallback"),
        ((), f"{RUTH} {HELENA} {MILES}", "", [], "sealed"),
        ((MILES,), f"{RUTH} {HELENA} {DORA}", "", [], "sealed"),
    ],
)
def test_p13_holder_then_deputies_then_fallback_then_nobody(
    policy: Policy, away: tuple[str, ...], out: str, not_there: str, readers: list[str], fired: str
) -> None:
    found = handled(company(policy, *away), out, not_there)
    assert (emails(found), found.fired, found.sealed) == (readers, fired, not readers)


def test_p13_a_deputy_who_holds_the_other_role_keeps_it_when_the_holder_is_out(policy: Policy) -> None:
    placed = company(policy, **{HR: (RUTH, HELENA)})
    assert handled(placed, RUTH).readers == (Seat(HELENA, HEAD, deputy=False),)
    found = handled(company(policy, RUTH, **{HR: (RUTH, HELENA)}))
    assert found == Handling((Seat(HELENA, HEAD, deputy=False),), "head_alone")  # one person, once, by the own office


def test_p13_silence_lets_the_fallback_in_beside_the_others(policy: Policy) -> None:
    found = handled(company(policy), let_in=True)
    assert (emails(found), found.fired) == ([RUTH, HELENA, MILES], "both")
    assert emails(handled(company(policy), RUTH, MILES, let_in=True)) == [HELENA, DORA]
    assert emails(handled(company(policy), f"{RUTH} {MILES}", let_in=True)) == [HELENA]


def test_p13_everybody_who_could_ever_read_is_named_once_by_the_office_held(policy: Policy) -> None:
    found = would_be_readers(company(policy, **{HR: (RUTH, MILES, HELENA)}))
    assert [(seat.email, title_of(policy, seat)) for seat in found] == [
        (RUTH, "Manager, Human Resources"),
        (HELENA, "Head of Customer Success"),
        (MILES, "Managing Director"),
        (HENRIK, "Deputy Head of Customer Success"),
        (DORA, "Deputy Managing Director"),
    ]


def test_p13_the_steps_are_ticked_off_and_none_that_was_done_is_lost(policy: Policy) -> None:
    first, *others = policy.breach.steps
    assert checklist(policy, ["An earlier step", first]) == (
        (first, True), *((step, False) for step in others), ("An earlier step", True),
    )  # fmt: skip
