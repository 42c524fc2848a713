"""Meeting people: what a chat platform says of an account, stored before anybody comes to the door."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import ClassVar
from zoneinfo import available_timezones

from handlers.door import Act, Done, Intent, behind
from handlers.effects import Effect, Home, Show
from handlers.rules import access as rule
from storage.people import LIVING, Account, Met, shut
from storage.records import Person, Request

_ZONES = available_timezones()
SHOWN, MOST_RENAMED = timedelta(days=30), 50  # requests on whose cards a name is put right


@dataclass(frozen=True)
class Meet(Intent[Met]):
    """A chat account was looked up."""

    action: ClassVar[str] = "people.meet"
    account: Account


@dataclass(frozen=True)
class Leave(Intent[None]):
    """Somebody took the bot away on one platform."""

    action: ClassVar[str] = "people.leave"
    platform: str
    account: str


@dataclass(frozen=True)
class Block(Intent[None]):
    """A platform refused a message since the person wants none there. `began` is when the attempt began."""

    action: ClassVar[str] = "people.block"
    platform: str
    account: str
    began: datetime | None = None


def leave(act: Act, wanted: Leave) -> Done[None]:
    """What is sent goes elsewhere, if there is an elsewhere; who the person is does not change."""
    account = act.store.people.account(wanted.platform, wanted.account)
    new = act.store.people.left(wanted.platform, wanted.account)
    effects = _asked_in_vain(act, account.person_id) if new and account and account.person_id else ()
    return Done(None, effects, f"{wanted.platform}:{wanted.account}", quiet=not new)


def block(act: Act, wanted: Block) -> Done[None]:
    """What waits for the person goes elsewhere; whoever was heard of since the attempt began is tried once more."""
    account = act.store.people.account(wanted.platform, wanted.account)
    heard = account is not None and wanted.began is not None and wanted.began < account.checked_at <= act.now
    new = not heard and act.store.people.blocked(wanted.platform, wanted.account)
    effects = _asked_in_vain(act, account.person_id) if new and account and account.person_id else ()
    return Done(None, effects, f"{wanted.platform}:{wanted.account}", quiet=not new)


def meet(act: Act, wanted: Meet) -> Done[Met]:
    """Store the account, and say whose it is and how it stands; recorded only when the standing changed.

    A time zone that nobody knows is dropped here, so that nothing that tells a time has to ask: whoever is new is
    taken to be where the company is, until a platform knows better.
    """
    key = wanted.account.email_key
    before = act.store.people.by_key(key) if key else None
    came = _comes(act, wanted.account)
    old = before.standing if before else ""
    account = wanted.account
    zone = account.zone if account.zone in _ZONES else _first_guess(act, before)
    met = act.store.people.meet(replace(account, zone=zone))
    subject = f"person:{met.person_id}" if met.person_id else f"{account.platform}:{account.account_id}"
    quiet = old == met.standing or met.person_id is None
    person_id = met.person_id or 0
    effects: tuple[Effect, ...]
    if met.standing == "member":
        effects = _asked_again(act, person_id) if came else ()
    else:
        effects = () if quiet else _asked_in_vain(act, person_id)
    effects += _named_anew(act, person_id) if met.renamed else ()
    return Done(met, effects, subject, {"standing": met.standing}, quiet=quiet)


def _comes(act: Act, account: Account) -> bool:
    """Whether this account was not there, or could not be reached, until now."""
    known = act.store.people.account(account.platform, account.account_id)
    return known is None or known.standing != LIVING or shut(known)


def _asked_again(act: Act, person_id: int) -> tuple[Effect, ...]:
    """Whoever was passed over and is there again holds copies again, up to date, and may decide what still waits."""
    homes = (Home(person_id, one.platform) for one in act.store.people.homes(person_id))
    effects: list[Effect] = [*behind(act, person_id), *homes]
    for party, request in act.store.requests.passed_over(person_id):
        party.unreachable = ""
        request.revision += 1
        if request.state == "stuck" and party.part == "approver":
            request.state = "waiting"
        effects += _shows(act, request, person_id)
    return tuple(effects)


def _named_anew(act: Act, person_id: int) -> tuple[Effect, ...]:
    """Until somebody is met, cards show a name that was made of the address in the policy: it may not stay on them."""
    effects: list[Effect] = []
    for request in act.store.requests.naming(person_id, act.now - SHOWN, MOST_RENAMED):
        request.revision += 1
        effects += _shows(act, request)
    return tuple(effects)


def _shows(act: Act, request: Request, *more: int) -> list[Effect]:
    """The request's revision, for everybody who holds a copy."""
    hidden = "copy" if request.state in rule.OPEN else ""
    parties = act.store.requests.parties(request.id)
    holders = (one.person_id for one in parties if not one.unreachable and one.part != hidden)
    people = dict.fromkeys((request.requester_id, *more, *holders))
    return [Show(person, request.id, request.revision) for person in people]


def _asked_in_vain(act: Act, person_id: int) -> tuple[Effect, ...]:
    """Whoever may no longer decide can't be reached either: the delivery finds that out, and the next one is asked."""
    waiting = act.store.requests.waiting_for(person_id)
    for request in waiting:
        request.revision += 1
    return tuple(Show(person_id, request.id, request.revision) for request in waiting)


def _first_guess(act: Act, known: Person | None) -> str:
    new = known is None or known.checked_at is None
    return act.policy.lines[act.policy.company.home_line].time_zone if new else ""
