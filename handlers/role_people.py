"""People as somebody chooses them in a form: those in a role, or everybody of the company (P9)."""

from __future__ import annotations

from collections.abc import Iterable

from handlers.acting import Act
from handlers.cards import Option
from handlers.ids import hashed
from handlers.policy import Policy
from handlers.rules.refusal import Refused

MOST_OPTIONS, LONGEST_ID = 40, 9
SOURCE = "role_people"
"""The name of the look-up."""


def find(act: Act, typed: str) -> list[Option]:
    """Those whose name, address or title has every word that was typed; all of them where none was. Role by role."""
    words = typed.casefold().split()
    found = _options(act)
    return [one for one in found if all(word in f"{one.label} {one.small}".casefold() for word in words)]


def named(act: Act, values: Iterable[str]) -> list[Option]:
    """What was chosen before, in that order; whoever has no role any more is left out."""
    known = {one.value: one for one in _options(act)}
    return [known[one] for one in values if one in known]


def value_of(email_key: str) -> str:
    """What an option carries: shorter than an address may be, and true of this address only."""
    return hashed(email_key)[:32]


def chosen(policy: Policy, values: Iterable[str], field: str) -> tuple[str, ...]:
    """The addresses (normal form) of those who were chosen, each once; raises `Refused` at the field for anybody else."""
    known = {value_of(one): one for one in policy.roles.everybody()}
    asked = list(dict.fromkeys(values))
    if any(one not in known for one in asked):
        told = "Someone you chose neither holds a role nor deputises in one any more. Please choose again."
        raise Refused.at({field: told}, clause="P9")
    return tuple(known[one] for one in asked)


def most(policy: Policy) -> int:
    """How many can be chosen: everybody that there is."""
    return len(policy.roles.everybody())


def _options(act: Act) -> list[Option]:
    titles: dict[str, list[str]] = {}
    for role in act.policy.roles.held().values():
        for who in (role.holder, *role.deputies):
            titles.setdefault(who, []).append(role.title if who == role.holder else f"deputy of the {role.title}")
    known = act.store.people.with_keys(titles)
    names = {who: known[who].name if who in known else who for who in titles}
    return [Option(value_of(who), names[who], ", ".join(held)) for who, held in titles.items()]


def find_colleagues(act: Act, typed: str) -> list[Option]:
    """By a part of the name or address, whoever is in a role first. Who may look is for the caller."""
    deciders = find(act, typed)
    people = [(value_of(one.email_key), one) for one in act.store.people.called(typed.split(), MOST_OPTIONS)]
    there = {one.value for one in deciders}
    others = [Option(str(one.id), one.name, one.email_key) for value, one in people if value not in there]
    return [*deciders, *others][:MOST_OPTIONS]


def name_colleagues(act: Act, values: Iterable[str]) -> list[Option]:
    """Whoever was chosen before, in that order."""
    chosen = list(values)
    people = act.store.people.named(_ids(chosen))
    found = {one.value: one for one in named(act, chosen)}
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
    return {value_of(one): one for one in policy.roles.everybody()}


def _ids(values: Iterable[str]) -> list[int]:
    return [int(one) for one in values if one.isascii() and one.isdigit() and len(one) <= LONGEST_ID]
