"""People of the company as somebody chooses them in a form: those in a role first, then whoever was ever here."""

from __future__ import annotations

from collections.abc import Iterable

from handlers import role_people
from handlers.acting import Act
from handlers.cards import Option
from handlers.policy import Policy
from handlers.rules.refusal import Refused

MOST_OPTIONS, LONGEST_ID = 40, 9


def find(act: Act, typed: str) -> list[Option]:
    """By a part of the name or address, whoever is in a role first. Who may look is for the caller."""
    deciders = role_people.find(act, typed)
    people = [
        (role_people.value_of(one.email_key), one) for one in act.store.people.called(typed.split(), MOST_OPTIONS)
    ]
    there = {one.value for one in deciders}
    others = [Option(str(one.id), one.name, one.email_key) for value, one in people if value not in there]
    return [*deciders, *others][:MOST_OPTIONS]


def named(act: Act, values: Iterable[str]) -> list[Option]:
    """Whoever was chosen before, in that order."""
    chosen = list(values)
    people = act.store.people.named(_ids(chosen))
    found = {one.value: one for one in role_people.named(act, chosen)}
    found |= {str(one.id): Option(str(one.id), one.name, one.email_key) for one in people.values()}
    return [found[one] for one in chosen if one in found]


def addresses(act: Act, values: Iterable[str], field: str) -> tuple[str, ...]:
    """The addresses (normal form) of the people who were chosen; raises `Refused` at the field."""
    people = act.store.people.named(_ids(chosen := list(values)))
    known = {str(one.id): one.email_key for one in people.values()} | _deciders(act.policy)
    if any(one not in known for one in chosen):
        raise Refused.at({field: "I don't know this person any more. Please choose again."})
    return tuple(known[one] for one in chosen)


def _deciders(policy: Policy) -> dict[str, str]:
    return {role_people.value_of(one): one for one in policy.roles.everybody()}


def _ids(values: Iterable[str]) -> list[int]:
    return [int(one) for one in values if one.isascii() and one.isdigit() and len(one) <= LONGEST_ID]
