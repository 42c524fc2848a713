"""Who decides a matter: who is asked when it is filed, and who may decide when a button is pressed.

In each role the holder decides, or the deputies while the holder is away or can't be reached. If the holder has a
conflict, the whole role is passed over: no deputy decides for a superior. The last step of a chain comes only when
everyone before it is out (away, unreachable or in conflict) or has passed the matter on, never because of silence. Each
kind of matter defines its chain and its conflicts (`access.py` for a request).

A person who was asked may decide, and so may a person who would be asked now; a superior who wasn't asked may not.
Someone asked only because others are away (`Route.because`) may decide as long as they are. An approver may pass a
matter on to the next role with someone available; it never comes back to an earlier role. If no one is left, the matter
is held and the people who can fix that are alerted.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import ClassVar, Literal, Self, TypeVar

from handlers.policy import Policy, RoleName
from handlers.rules import Refused

Why = Literal[
    "requester", "operator", "passed_on", "away", "unreachable", "team_leader", "concerned", "filer", "customer", "superior",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Authority:
    """A person who decides, in which role, and whether as its deputy."""

    person: int
    role: RoleName
    deputy: bool


@dataclass(frozen=True, slots=True)
class Route:
    """Where a request goes. Any one of `approvers` decides; `copy_to` are told the decision.

    `alarm`: a role can't be reached or no one may decide, so those who can fix it must know. `passed_over` says who
    might have decided, and why they don't. `because` is `away` if the matter would have gone to a person who is away.
    """

    approvers: tuple[Authority, ...]
    copy_to: tuple[int, ...]
    alarm: bool
    passed_over: tuple[tuple[int, Why], ...]
    because: Literal["", "away"] = ""


@dataclass(frozen=True, slots=True)
class Involved:
    """The people whose own case a matter is: `askers` began it, `operators` were on its calls, `concerned` are whom it is about.

    With everybody who may be the same person (`involved` in matters/case.py).
    """

    askers: frozenset[int] = frozenset()
    operators: frozenset[int] = frozenset()
    concerned: frozenset[int] = frozenset()

    @property
    def everybody(self) -> frozenset[int]:
        return self.askers | self.operators | self.concerned

    def why(self, person: int) -> Why | None:
        """Return this person's part in the matter; None if they have none."""
        if person in self.askers:
            return "requester"
        if person in self.operators:
            return "operator"
        return "concerned" if person in self.concerned else None


NOT_INVOLVED = Involved()


@dataclass(frozen=True, slots=True)
class Circumstances:
    """One matter as the rules see it on one company day; each kind of matter names its clause and its chain.

    `involved` people don't decide. `unreachable` people can't be asked now, for any cause. `passed_on` says who passed
    the matter on, and in which role.
    """

    CLAUSE: ClassVar[str] = ""
    CHAIN: ClassVar[tuple[RoleName, ...]] = ()
    policy: Policy
    today: date
    involved: Involved = NOT_INVOLVED
    unreachable: frozenset[int] = frozenset()
    passed_on: frozenset[tuple[int, RoleName]] = frozenset()

    def __init_subclass__(cls, *, clause: str = "", chain: tuple[RoleName, ...] = ()) -> None:
        """Take the clause and the chain from the `class` line of a kind of matter; one not given there is inherited."""
        cls.CLAUSE, cls.CHAIN = clause or cls.CLAUSE, chain or cls.CHAIN

    @property
    def clause(self) -> str:
        """The clause by which it is decided."""
        return self.CLAUSE

    @property
    def chain(self) -> tuple[RoleName, ...]:
        """All roles to which such a matter goes, in their order; the last one only where all before it are out."""
        return self.CHAIN

    @property
    def with_deputies(self) -> bool:
        """True if the deputies of a role are asked along with its holder, and not only in the holder's place."""
        return False

    def beside(self, name: RoleName) -> tuple[int, ...]:
        """Return who is asked along with the holder of a role without holding it, whether or not the holder is there."""
        return ()

    @property
    def copy_to(self) -> tuple[int, ...]:
        """The people who are told the decision without taking part in it."""
        return ()

    def own_case(self, person: int) -> Why | None:
        """Return why this person may never decide such a matter, in any role; None if they may."""
        return self.involved.why(person)

    @property
    def remaining(self) -> tuple[RoleName, ...]:
        """The roles to which it may still go, in their order."""
        whole = self.chain
        passed = [place for place, role in enumerate(whole, 1) if role in {role for _, role in self.passed_on}]
        return whole[max(passed, default=0) :]

    @property
    def steps(self) -> tuple[tuple[RoleName, ...], ...]:
        """The remaining roles by who is asked together: one role at a time, unless a kind of matter asks several."""
        return tuple((role,) for role in self.remaining)

    def conflict(self, person: int) -> Why | None:
        """Return why this person may not decide, also if they passed the matter on."""
        return self.own_case(person) or ("passed_on" if person in {passer for passer, _ in self.passed_on} else None)

    def hindrance(self, person: int) -> Why | None:
        """Return why this person can't decide now: a conflict, an absence, or being unreachable; None if they can."""
        away: Why | None = "away" if self.policy.is_away(person, self.today) else None
        unreachable: Why | None = "unreachable" if person in self.unreachable else None
        return self.conflict(person) or away or unreachable

    def is_there(self, person: int) -> bool:
        """Return True if this person is not away, whether or not they can be reached."""
        return not self.policy.is_away(person, self.today)

    def without(self, people: Iterable[int]) -> Self:
        """Return the same matter with these people unreachable."""
        return replace(self, unreachable=self.unreachable.union(people))

    def open_roles(self) -> tuple[RoleName, ...]:
        """Return the roles to which it may still go and whose holder has no conflict."""
        return tuple(name for name in self.remaining if self.conflict(self.policy.held(name).holder) is None)


C = TypeVar("C", bound=Circumstances)


def current_route(case: Circumstances) -> Route:
    """Work out where a request goes now: to the first step of its chain with anyone who can decide. Call it again when
    a person turns out to be unreachable.
    """
    skipped: tuple[tuple[int, Why], ...] = tuple((passer, "passed_on") for passer, _ in sorted(case.passed_on))
    alarm = False
    for step in case.steps:
        by_role = [_deciders_of_role(case, name) for name in step]
        here = tuple(one for _, passed_over in by_role for one in passed_over)
        # Who would have come first. Of these roles only the holders: a deputy who is away too changes nothing for others.
        preferred, skipped = (*skipped, *(one for _, passed_over in by_role for one in passed_over[:1])), skipped + here
        if approvers := tuple(one for asked, _ in by_role for one in asked):
            away = any(why == "away" for _, why in preferred)
            return Route(_each_once(approvers), case.copy_to, alarm, skipped, "away" if away else "")
        alarm = alarm or any(why == "unreachable" for _, why in here)
    return Route((), case.copy_to, True, skipped)


def _each_once(asked: tuple[Authority, ...]) -> tuple[Authority, ...]:
    """Keep each person's first authority."""
    found: dict[int, Authority] = {}
    for one in asked:
        found.setdefault(one.person, one)
    return tuple(found.values())


def _deciders_of_role(case: Circumstances, name: RoleName) -> tuple[tuple[Authority, ...], tuple[tuple[int, Why], ...]]:
    """Return who decides in this role now, and which of its people don't and why, the holder first."""
    role = case.policy.held(name)
    why = case.hindrance(role.holder)
    holder = (role.holder,) if why is None else ()
    people = *holder, *(one for one in case.beside(name) if case.hindrance(one) is None)
    asked = tuple(Authority(one, name, deputy=False) for one in dict.fromkeys(people))
    if why is None and not case.with_deputies:
        return asked, ()
    deputies = role.deputies if name in case.open_roles() else ()
    judged = [(deputy, case.hindrance(deputy)) for deputy in deputies]
    approvers = tuple(Authority(deputy, name, deputy=True) for deputy, hindrance in judged if hindrance is None)
    over = tuple((deputy, hindrance) for deputy, hindrance in judged if hindrance is not None)
    return (*asked, *approvers), ((role.holder, why), *over) if why is not None else ()


def authority_of(case: Circumstances, decider: int, asked: frozenset[int]) -> Authority | None:
    """Return the authority by which the decider may decide now, or None.

    `asked` are the people the request went to: a deputy or next authority among them may decide while they hold the
    role. Anyone else may decide only if the request would go to them now.
    """
    if case.conflict(decider):
        return None
    return next((one for one in _all_entitled(case, asked) if one.person == decider), None)


def may_decide(case: Circumstances, decider: int, asked: frozenset[int]) -> Authority:
    """Return the authority by which the decider may decide now; raises `Refused` with the reason."""
    if found := authority_of(case, decider, asked):
        return found
    if conflict := case.conflict(decider):
        raise Refused(_conflict_sentences(case.policy)[conflict], clause=case.clause, code=conflict)
    raise Refused(_not_yours(case, decider), clause=case.clause, code="not_approver")


def deciding_deputies(case: Circumstances, name: RoleName) -> tuple[Authority, ...]:
    """Return the deputies of a role who could decide it now: whom silence brings in first."""
    deputies = case.policy.held(name).deputies if name in case.open_roles() else ()
    return tuple(Authority(one, name, deputy=True) for one in deputies if case.hindrance(one) is None)


def next_authorities(case: Circumstances, asked: frozenset[RoleName]) -> tuple[Authority, ...]:
    """Return who comes after all the roles that were asked and are silent. It is never the last step: silence isn't
    enough for that.
    """
    chain = [name for name in case.chain[:-1] if name in case.remaining]
    places = [place for place, name in enumerate(chain, 1) if name in asked]
    later = (_deciders_of_role(case, name)[0] for name in chain[max(places, default=0) :])
    return next((found for found in later if found), ())


def asked_instead(case: Circumstances, name: RoleName) -> tuple[Authority, ...]:
    """Return who replaces an unreachable person brought in by silence: others in that role, else the next authority."""
    return (
        (_deciders_of_role(case, name)[0] or next_authorities(case, frozenset({name})))
        if name in case.remaining
        else ()
    )


def case_after_passing(case: C, passer: Authority) -> C:
    """Return a matter's circumstances once this approver has passed it on to the next role."""
    return replace(case, passed_on=case.passed_on | {(passer.person, passer.role)})


def _all_entitled(case: Circumstances, asked: frozenset[int]) -> Iterator[Authority]:
    """Yield everyone who may decide now: those it would go to, and those who were asked and still have a role."""
    yield from current_route(case).approvers
    for name in case.open_roles():
        role = case.policy.held(name)
        for person in role.people:
            if person in asked:
                yield Authority(person, name, deputy=person != role.holder)


def _conflict_sentences(policy: Policy) -> dict[Why, str]:
    """Return what a person with a conflict is told when they try to decide, by the kind of conflict."""
    head = policy.role("head_of_customer_success").title
    return {
        "requester": "This is your own request, so someone else has to decide it.",
        "operator": "You were on one of these calls, so someone else has to decide this request.",
        "passed_on": "You passed this request on, so it is no longer yours to decide.",
        "filer": "You filed this request, or said where its e-mail goes, so someone else has to release it.",
        "customer": "The customer has your name, so this may be your own request. Someone else has to release it.",
        "concerned": "This request concerns you, so someone else has to decide it.",
        "team_leader": f"This is for the {head} to decide. A team leader never decides an investigation.",
    }


def _not_yours(case: Circumstances, decider: int) -> str:
    """Return the sentence for a person who has no conflict and yet may not decide: who decides instead."""
    for name in case.open_roles():
        role = case.policy.held(name)
        if decider in role.deputies:
            return f"You decide for the {role.title} only while they are away, or once you’re asked."
    decides = current_route(case).approvers
    if not decides:
        return "No one may decide this request at the moment. Its card says what happens next."
    return f"This request is for the {case.policy.role(decides[0].role).title} to decide."
