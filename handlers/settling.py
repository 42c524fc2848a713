"""The administrator settles whose account is whose, on record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from handlers.acting import Context, Result
from handlers.alarms import sound_alarm, warned_by
from handlers.effects import Effect
from handlers.handling import handler
from handlers.people import asked_again, effects_of_turns
from handlers.policy import Policy
from handlers.rules import availability as rule
from handlers.rules.refusal import Refused
from storage.database.store import Store
from storage.people import Turn
from storage.records import AMBIGUOUS, LIVING, ChatAccount, Person

SETTLED = "settled"


@dataclass(frozen=True, slots=True)
class Trouble:
    """Somebody who can't be told apart (`ambiguous`) or reached, by address; or accounts that were `set aside`.

    `accounts` are named as platform:account, and `known` says of each that shares an address how it came by that.
    `waiting` are those of them of which it is to be said whether they are the
    same person's or somebody else's. `why` is a standing or a platform's word.
    """

    kind: str
    email: str
    name: str
    accounts: tuple[str, ...] = ()
    why: str = ""
    known: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()


@handler("people.keep")
def keep_account(ctx: Context, account_id: str) -> Result[tuple[str, ...]]:
    """The others are nobody's until their addresses change; people who are told apart by it are asked again."""
    account = _find_account(ctx, account_id)
    person = ctx.store.meetings.whose(account.email_key)
    claiming = ctx.store.meetings.claiming(person)
    owner = ctx.store.people.get(account.person_id) if account.person_id else person
    waits = account.standing == AMBIGUOUS
    rule.check_keep_account(
        account_id, standing=account.standing, claims=account in claiming, others=waits + len(claiming) - 1,
        owner="" if owner is person else owner.name,
    )  # fmt: skip
    out, effects = _make_account_count(ctx, account, person)
    told = _tell_of_same(ctx, person, account_id) if waits else _tell_of_settlement(ctx, person, account_id, out)
    detail = {"kept": account_id, "set_aside": list(out), **warned_by(told)}
    return Result(out, (*effects, *told), f"person:{person.id}", detail)


@handler("people.new")
def settle_newcomer(ctx: Context, account_id: str) -> Result[tuple[str, ...]]:
    """P7: the person who had the address before goes on without it, and keeps what was theirs.

    Neither decides what concerns the other one: should it be the same person after all, it is no way to a second self.
    """
    account = _find_account(ctx, account_id)
    before, holder = ctx.store.meetings.whose(account.email_key), ctx.store.people.by_key(account.email_key)
    there = holder is not None and holder.checked_at is not None and ctx.store.people.accounts([holder.id])
    rule.check_new_account(account_id, waits=account.standing == AMBIGUOUS, holder=before.name if there else "")
    person = ctx.store.meetings.part(account)
    person.zone = ctx.policy.lines[ctx.policy.company.home_line].time_zone  # until the account is met again
    out, effects = _make_account_count(ctx, account, person)
    told = _tell_of_newcomer(ctx, before, account_id)
    detail = {"new": account_id, "person": person.id, "set_aside": list(out), **warned_by(told)}
    return Result(out, (*effects, *told), f"person:{before.id}", detail)


def _make_account_count(
    ctx: Context, account: ChatAccount, person: Person
) -> tuple[tuple[str, ...], tuple[Effect, ...]]:
    """This account is the person's from now on: which others are set aside, and what follows."""
    aside = ctx.store.meetings.keep(account, person)
    turns = {one.person_id: one for row in (account, *aside) for one in ctx.store.meetings.restand(row)}
    return tuple(_account_name(one) for one in aside), _what_follows(ctx, person, turns)


def _tell_of_same(ctx: Context, person: Person, kept: str) -> tuple[Effect, ...]:
    told = f"The bot’s administrator has settled that it is {person.name}’s, too."
    return _tell_who_can_ask(ctx, person, kept, told)


def _tell_of_newcomer(ctx: Context, before: Person, account: str) -> tuple[Effect, ...]:
    told = f"The bot’s administrator has settled that it is not {before.name}’s: someone new has that address now."
    return _tell_who_can_ask(ctx, before, account, told)


def _tell_who_can_ask(ctx: Context, person: Person, account: str, told: str) -> tuple[Effect, ...]:
    """As with accounts that share an address: somebody hears of it who can ask."""
    words = (
        f"{account} has an e-mail address that {person.name} has or had. {told} Please ask in person or by phone whether that "
        "is right. If not, please have that account closed at once."
    )
    return sound_alarm(ctx, f"person:{person.id}", SETTLED, words)


def _tell_of_settlement(ctx: Context, person: Person, kept: str, aside: Sequence[str]) -> tuple[Effect, ...]:
    """Whoever runs the bot may take a newcomer for the right one, so somebody hears of it who can ask."""
    others = f", and {' and '.join(aside)} {'does' if len(aside) == 1 else 'do'} not" if aside else ""
    told = (
        f"Several accounts had {person.name}’s e-mail address. The bot’s administrator has settled that: {kept} counts from now "
        f"on{others}. Please ask {person.name} in person or by phone whether that is right. If not, it can be settled again: "
        "recording-steward people."
    )
    return sound_alarm(ctx, f"person:{person.id}", SETTLED, told)


def _what_follows(ctx: Context, person: Person, turns: dict[int, Turn]) -> tuple[Effect, ...]:
    effects = effects_of_turns(ctx, turns.values())
    there = person.standing == LIVING and person.id not in turns
    return (*effects, *(asked_again(ctx, person.id) if there else ()))


def list_troubles(store: Store, policy: Policy) -> list[Trouble]:
    """Whoever can't be told apart or reached, and what was settled before."""
    shared = [one for one in store.people.ambiguous() if one.checked_at is not None]
    aside = [Trouble("set aside", one.email_key, "", (_account_name(one),)) for one in store.people.set_aside()]
    return [*(_ambiguous_trouble(store, one) for one in shared), *_unreachable_troubles(store, policy), *aside]


def _ambiguous_trouble(store: Store, person: Person) -> Trouble:
    claiming = store.meetings.claiming(person)
    claiming.sort(key=lambda one: (one.person_id != person.id, one.person_id is not None))
    names, known = tuple(map(_account_name, claiming)), tuple(_account_status(store, person, one) for one in claiming)
    waiting = tuple(map(_account_name, store.meetings.waiting(person)))
    return Trouble("ambiguous", person.email_key, person.name, names, "", known, waiting)


def _account_status(store: Store, person: Person, account: ChatAccount) -> str:
    if account.standing == AMBIGUOUS:
        return "waits to be settled"
    if account.person_id is None:
        return "came later"
    return "known first" if account.person_id == person.id else f"{store.people.get(account.person_id).name}’s so far"


def _unreachable_troubles(store: Store, policy: Policy) -> Iterator[Trouble]:
    """Whoever holds a role or deputises and may not act or was never met, and whoever a card of an open request missed, and none since reached."""
    found = store.matters.missed()
    missed = {one: code for one, code in found.items() if not store.outbox.reached_again(one)}
    people = {one.id: one for one in store.people.named(missed).values()}
    holders = {email: store.people.by_key(email) for email in sorted(policy.roles.addresses)}
    known = {one.id: one for one in holders.values() if one is not None} | people
    for one in known.values():
        why = missed.get(one.id, "") if one.standing == LIVING else one.standing
        if why and one.standing != AMBIGUOUS:
            yield Trouble("unreachable", one.email_key, one.name, _account_names(store, one), why)
    for email, person in holders.items():
        if person is None or (person.standing == LIVING and person.checked_at is None and person.id not in missed):
            yield Trouble("unreachable", email, person.name if person else "", (), "never met")


def _account_names(store: Store, person: Person) -> tuple[str, ...]:
    return tuple(_account_name(one) for one in store.people.accounts([person.id]))


def _account_name(account: ChatAccount) -> str:
    return f"{account.platform}:{account.account_id}"


def _find_account(ctx: Context, name: str) -> ChatAccount:
    platform, _, account_id = name.partition(":")
    found = ctx.store.people.account(platform, account_id)
    if found is None:
        told = f"There is no account {name}. Without --keep I list those that share an address."
        raise Refused(told, code="no_account")
    return found
