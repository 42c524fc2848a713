"""Meeting people: what a chat platform says of an account, stored before anybody comes to the door."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import available_timezones

from handlers.acting import Act, Done
from handlers.alarms import warned_by
from handlers.effects import Effect
from handlers.handling import handler
from handlers.standing import asked_again, asked_in_vain, shows, turned
from storage.people import LIVING, Account, Met, shut
from storage.records import Person

_ZONES = available_timezones()
SHOWN, MOST_RENAMED = timedelta(days=30), 50  # requests on whose cards a name is put right


@handler("people.leave")
def leave(act: Act, platform: str, account_id: str) -> Done[None]:
    """What is sent goes elsewhere, if there is an elsewhere; who the person is does not change by it.

    Of two accounts with one address the other one is the person from now on.
    """
    return _lost(act, platform, account_id, new=act.store.people.left(platform, account_id))


@handler("people.gone")
def gone(act: Act, platform: str, account_id: str, standing: str = "absent") -> Done[None]:
    """Nobody acts by this account any more: who it was is somebody by another one, or is passed over."""
    new = act.store.people.gone(platform, account_id, standing, act.now)
    return _lost(act, platform, account_id, new=new)


@handler("people.block")
def block(act: Act, platform: str, account_id: str, began: datetime | None = None) -> Done[None]:
    """What waits for the person goes elsewhere; whoever was heard of since the attempt began is tried once more."""
    account = act.store.people.account(platform, account_id)
    heard = account is not None and began is not None and began < account.checked_at <= act.now
    return _lost(act, platform, account_id, new=not heard and act.store.people.blocked(platform, account_id))


def _lost(act: Act, platform: str, account_id: str, *, new: bool) -> Done[None]:
    """An account through which nobody is reached any more; `new` where that was not known."""
    account = act.store.people.account(platform, account_id)
    turns = act.store.meetings.restand(account) if new else ()
    effects = turned(act, turns)
    if new and account is not None and account.person_id not in (None, *(one.person_id for one in turns)):
        effects += asked_in_vain(act, account.person_id or 0)
    return Done(None, effects, f"{platform}:{account_id}", warned_by(effects), quiet=not new)


@handler("people.meet")
def meet(act: Act, account: Account) -> Done[Met]:
    """Store the account, and say whose it is and how it stands; recorded only when the standing or an address changed.

    A time zone that nobody knows is dropped here, so that nothing that tells a time has to ask: whoever is new is
    taken to be where the company is, until a platform knows better.
    """
    key = account.email_key
    before = act.store.meetings.known(key) if key else None
    came = _comes(act, account)
    old = before.standing if before else ""
    zone = account.zone if account.zone in _ZONES else _first_guess(act, before)
    met = act.store.meetings.meet(replace(account, zone=zone))
    subject = f"person:{met.person_id}" if met.person_id else f"{account.platform}:{account.account_id}"
    quiet = old == met.standing or met.person_id is None
    person_id = met.person_id or 0
    effects = turned(act, met.turns)
    if person_id not in {one.person_id for one in met.turns}:
        effects += _heard_of(act, met, came=came, quiet=quiet)
    effects += _named_anew(act, person_id) if met.renamed else ()
    others = {str(one.person_id): one.after for one in met.turns if one.person_id != person_id}
    if quiet and not others:
        return Done(met, effects, subject, quiet=True)
    detail = {"standing": met.standing, **({"others": others} if others else {}), **warned_by(effects)}
    return Done(met, effects, subject, detail)


def _heard_of(act: Act, met: Met, *, came: bool, quiet: bool) -> tuple[Effect, ...]:
    """What follows for somebody whose standing is what it was."""
    if met.standing == LIVING:
        return asked_again(act, met.person_id or 0) if came else ()
    return () if quiet else asked_in_vain(act, met.person_id or 0)


def _comes(act: Act, account: Account) -> bool:
    """Whether this account was not there, or could not be reached, until now; a look-up opens no way that is shut."""
    known = act.store.people.account(account.platform, account.account_id)
    if known is None or known.standing != LIVING:
        return True
    return shut(known) and bool(account.reference) and not shut(account)


def _named_anew(act: Act, person_id: int) -> tuple[Effect, ...]:
    """Until somebody is met, cards show a name that was made of the address in the policy: it may not stay on them."""
    effects: list[Effect] = []
    for request in act.store.requests.naming(person_id, act.now - SHOWN, MOST_RENAMED):
        effects += shows(act, request)
    return tuple(effects)


def _first_guess(act: Act, known: Person | None) -> str:
    new = known is None or known.checked_at is None
    return act.policy.lines[act.policy.company.home_line].time_zone if new else ""
