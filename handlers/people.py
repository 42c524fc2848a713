"""Meeting people, and what follows when somebody may act and be reached again, or no longer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import available_timezones

from handlers.acting import Context, Result
from handlers.alarms import sound_alarm, warned_by
from handlers.door import catch_up_cards
from handlers.effects import Effect, Home, Show
from handlers.handling import handler
from handlers.matters.asking import back_in_reach
from handlers.matters.case import redraw_matters
from storage.people import Account, Met, Turn, is_shut_out
from storage.records import AMBIGUOUS, LIVING, Person

_ZONES = available_timezones()
SHOWN, MOST_RENAMED = timedelta(days=30), 50  # requests on whose cards a name is put right


@handler("people.leave")
def note_left(ctx: Context, platform: str, account_id: str) -> Result[None]:
    """What is sent goes elsewhere, if there is an elsewhere; who the person is does not change by it.

    Of two accounts with one address the other one is the person from now on.
    """
    return _lose_account(ctx, platform, account_id, new=ctx.store.people.left(platform, account_id))


@handler("people.gone")
def note_gone(ctx: Context, platform: str, account_id: str, standing: str = "absent") -> Result[None]:
    """Nobody acts by this account any more: who it was is somebody by another one, or is passed over."""
    new = ctx.store.people.gone(platform, account_id, standing, ctx.now)
    return _lose_account(ctx, platform, account_id, new=new)


@handler("people.block")
def note_blocked(ctx: Context, platform: str, account_id: str, began: datetime | None = None) -> Result[None]:
    """What waits for the person goes elsewhere; whoever was heard of since the attempt began is tried once more."""
    account = ctx.store.people.account(platform, account_id)
    heard = account is not None and began is not None and began < account.checked_at <= ctx.now
    return _lose_account(ctx, platform, account_id, new=not heard and ctx.store.people.blocked(platform, account_id))


def _lose_account(ctx: Context, platform: str, account_id: str, *, new: bool) -> Result[None]:
    """An account through which nobody is reached any more; `new` where that was not known."""
    account = ctx.store.people.account(platform, account_id)
    turns = ctx.store.meetings.restand(account) if new else ()
    effects = effects_of_turns(ctx, turns)
    if new and account is not None and account.person_id not in (None, *(one.person_id for one in turns)):
        effects += asked_in_vain(ctx, account.person_id or 0)
    return Result(None, effects, f"{platform}:{account_id}", warned_by(effects), quiet=not new)


@handler("people.meet")
def meet_account(ctx: Context, account: Account) -> Result[Met]:
    """Store the account, and say whose it is and how it stands; recorded only when the standing or an address changed.

    A time zone that nobody knows is dropped here, so that nothing that tells a time has to ask: whoever is new is
    taken to be where the company is, until a platform knows better.
    """
    key = account.email_key
    before = ctx.store.meetings.known(key) if key else None
    came, known = _comes_back(ctx, account), ctx.store.people.account(account.platform, account.account_id)
    moved = known is not None and known.email_key != key
    old = before.standing if before else ""
    zone = account.zone if account.zone in _ZONES else _zone_guess(ctx, before)
    met = ctx.store.meetings.meet(replace(account, zone=zone))
    if moved:
        ctx.store.people.resolve(ctx.policy.named)  # which may name an address that nobody has any more
    subject = f"person:{met.person_id}" if met.person_id else f"{account.platform}:{account.account_id}"
    quiet = old == met.standing or met.person_id is None
    person_id = met.person_id or 0
    effects = effects_of_turns(ctx, met.turns)
    if person_id not in {one.person_id for one in met.turns}:
        effects += _effects_of_meeting(ctx, met, came=came, quiet=quiet)
    effects += _redraw_renamed(ctx, person_id) if met.renamed else ()
    others = {str(one.person_id): one.after for one in met.turns if one.person_id != person_id}
    if quiet and not others:
        return Result(met, effects, subject, quiet=True)
    detail = {"standing": met.standing, **({"others": others} if others else {}), **warned_by(effects)}
    return Result(met, effects, subject, detail)


def _effects_of_meeting(ctx: Context, met: Met, *, came: bool, quiet: bool) -> tuple[Effect, ...]:
    """What follows for somebody whose standing is what it was."""
    if met.standing == LIVING:
        return asked_again(ctx, met.person_id or 0) if came else ()
    return () if quiet else asked_in_vain(ctx, met.person_id or 0)


def _comes_back(ctx: Context, account: Account) -> bool:
    """Whether this account was not there, or could not be reached, until now; a look-up opens no way that is shut."""
    known = ctx.store.people.account(account.platform, account.account_id)
    if known is None or known.standing != LIVING:
        return True
    return is_shut_out(known) and bool(account.reference) and not is_shut_out(account)


def _redraw_renamed(ctx: Context, person_id: int) -> tuple[Effect, ...]:
    """Until somebody is met, cards show a name that was made of the address in the policy: it may not stay on them."""
    return redraw_matters(ctx, ctx.store.requests.naming(person_id, ctx.now - SHOWN, MOST_RENAMED))


def _zone_guess(ctx: Context, known: Person | None) -> str:
    new = known is None or known.checked_at is None
    return ctx.policy.lines[ctx.policy.company.home_line].time_zone if new else ""


SHARED = "shared_address"


def effects_of_turns(ctx: Context, turns: Iterable[Turn]) -> tuple[Effect, ...]:
    """What follows for everybody whose standing is another one."""
    return tuple(effect for one in turns for effect in _effects_of_turn(ctx, one))


def asked_again(ctx: Context, person_id: int) -> tuple[Effect, ...]:
    """Whoever is there again is asked again, and so is everybody who is to decide what that person asked for."""
    homes = (Home(person_id, one.platform) for one in ctx.store.people.homes(person_id))
    undecided = ctx.store.requests.undecided_of(person_id)
    return (*catch_up_cards(ctx, person_id), *homes, *back_in_reach(ctx, person_id), *redraw_matters(ctx, undecided))


def asked_in_vain(ctx: Context, person_id: int) -> tuple[Effect, ...]:
    """Whoever may no longer decide can't be reached either: the delivery finds that out, and the next one is asked.

    Those who are to decide what the person asked for read that no answer may come.
    """
    effects: list[Effect] = []
    for matter in ctx.store.matters.all_waiting_for(person_id):
        matter.revision += 1
        effects.append(Show(person_id, matter.id, matter.revision))
    theirs = redraw_matters(ctx, ctx.store.requests.undecided_of(person_id))
    return (*effects, *(one for one in theirs if one.person != person_id))


def shared_address_alarm(name: str) -> str:
    """The alarm where a new account has an address of somebody who had another account or has another address now."""
    return (
        f"A new account has an e-mail address that {name} has or had before, so I can’t tell whether it is {name} or someone "
        "else. Neither can act until this is settled. Please find out in person or by phone, and let the bot’s administrator "
        "settle it: recording-steward people."
    )


def _effects_of_turn(ctx: Context, turn: Turn) -> tuple[Effect, ...]:
    if turn.after == LIVING:
        return asked_again(ctx, turn.person_id)
    return (*asked_in_vain(ctx, turn.person_id), *_tell_of_shared(ctx, turn))


def _tell_of_shared(ctx: Context, turn: Turn) -> tuple[Effect, ...]:
    if turn.after != AMBIGUOUS:
        return ()
    person = ctx.store.people.get(turn.person_id)
    if person.checked_at is None:
        return ()  # whom the policy names by an address that somebody had before: it is told of that one
    name = person.name
    if ctx.store.meetings.waiting(person):
        return sound_alarm(ctx, f"person:{turn.person_id}", SHARED, shared_address_alarm(name))
    told = (
        f"Two accounts share {name}’s e-mail address, so I can’t tell who is who. Neither may act, and requests go past "
        "them. Please have one closed, or ask the bot’s administrator to settle it: recording-steward people."
    )
    return sound_alarm(ctx, f"person:{turn.person_id}", SHARED, told)
