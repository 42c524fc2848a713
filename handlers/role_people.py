"""People as somebody chooses them in a form: those in a role, or everybody of the company (P9)."""

from __future__ import annotations

from collections.abc import Iterable

from handlers.acting import Context
from handlers.cards import Option
from handlers.policy import Policy
from handlers.rules.refusal import Refused

MOST_OPTIONS, LONGEST_ID = 40, 9
SOURCE = "role_people"
"""The name of the look-up."""


def find_people(ctx: Context, typed: str) -> list[Option]:
    """Those whose name or title has every word that was typed; all of them where none was. Role by role."""
    words = typed.casefold().split()
    found = _people_options(ctx)
    return [one for one in found if all(word in f"{one.label} {one.small}".casefold() for word in words)]


def named_people(ctx: Context, values: Iterable[str]) -> list[Option]:
    """What was chosen before, in that order; whoever has no role any more is left out."""
    known = {one.value: one for one in _people_options(ctx)}
    return [known[one] for one in values if one in known]


def chosen_addresses(policy: Policy, values: Iterable[str], field: str) -> tuple[int, ...]:
    """Those who were chosen, each once; raises `Refused` at the field for anybody without a role."""
    known = {str(one): one for one in policy.seats.in_roles}
    asked = list(dict.fromkeys(values))
    if any(one not in known for one in asked):
        told = "Someone you chose neither holds a role nor deputises in one any more. Please choose again."
        raise Refused.at({field: told}, clause="P9")
    return tuple(known[one] for one in asked)


def most_people(policy: Policy) -> int:
    """How many can be chosen: everybody that there is."""
    return len(policy.roles.addresses)


def _people_options(ctx: Context) -> list[Option]:
    titles: dict[int, list[str]] = {}
    for role in ctx.policy.seats.roles.values():
        for who in role.people:
            titles.setdefault(who, []).append(role.title if who == role.holder else f"deputy of the {role.title}")
    people = ctx.store.people.named(titles)
    return [Option(str(who), people[who].name, ", ".join(held)) for who, held in titles.items() if who in people]


def find_colleagues(ctx: Context, typed: str) -> list[Option]:
    """By a part of the name or address, whoever is in a role first. Who may look is for the caller."""
    deciders = find_people(ctx, typed)
    there = {one.value for one in deciders}
    people = ctx.store.people.called(typed.split(), MOST_OPTIONS)
    others = [Option(str(one.id), one.name, one.email_key) for one in people if str(one.id) not in there]
    return [*deciders, *others][:MOST_OPTIONS]


def name_colleagues(ctx: Context, values: Iterable[str]) -> list[Option]:
    """Whoever was chosen before, in that order."""
    chosen = list(values)
    people = ctx.store.people.named(_read_ids(chosen))
    found = {str(one.id): Option(str(one.id), one.name, one.email_key) for one in people.values()}
    found |= {one.value: one for one in named_people(ctx, chosen)}
    return [found[one] for one in chosen if one in found]


def colleagues(ctx: Context, values: Iterable[str], field: str) -> tuple[int, ...]:
    """The people who were chosen, each once; raises `Refused` at the field."""
    chosen = list(dict.fromkeys(values))
    known = ctx.store.people.named(_read_ids(chosen))
    if len(known) < len(chosen):
        raise Refused.at({field: "I don't know this person any more. Please choose again."})
    return tuple(map(int, chosen))


def _read_ids(values: Iterable[str]) -> list[int]:
    return [int(one) for one in values if one.isascii() and one.isdigit() and len(one) <= LONGEST_ID]
