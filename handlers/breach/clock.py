"""What time brings to reports, and what the bot itself noticed and reports (P13)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from handlers.acting import Act, Done
from handlers.breach import messages
from handlers.breach.hearing import ask_again
from handlers.breach.known import Kind, Noted
from handlers.breach.readers import Present, present, seat
from handlers.breach.reporting import from_bot
from handlers.breach.showing import words_of
from handlers.breach.vault import Opened, Vault
from handlers.handling import handler
from handlers.rules.access import company_day
from handlers.rules.breach import FALLBACK, lets_in, reminders
from handlers.sealing import Keys, Unopened
from handlers.words import counted
from storage.breaches import COUNTED, NARROWED, Breaches, Entered, Noticed, Trace
from storage.database.store import Store

MISSING = "a confidential report that the journal counted was taken away, or put back as it was before"


@handler("breach.look", clause="P13", private=True)
def look(act: Act) -> Done[int]:
    """With each tick: who reads what, what is due, and what nobody needs any more; how many reports that changed."""
    vault, here, number = Vault(act), present(act), 0
    for one in vault.all():
        before = one.known.counter
        ask_again(act, vault, one, here)
        if one.known.open:
            _hurry(act, vault, one, here)
            number += one.known.counter != before
        else:
            seat(act, vault, one, here)
            number += _end(act, vault, one) or one.known.counter != before
    vault.rows.tidy(act.now)
    return Done(number)


def _hurry(act: Act, vault: Vault, one: Opened, here: Present) -> None:
    """P13: silence lets the fallback in, and reminds; whoever begins to read by it need not be told twice."""
    known, before = one.known, {reader.email for reader in one.known.handlers}
    handling = seat(act, vault, one, here)
    silent = lets_in(known.promised, act.now, opened=known.opened, answered=known.answered)
    if silent and not known.let_in and not handling.sealed and all(one.role != FALLBACK for one in handling.readers):
        known.let_in = True
        vault.save(one, _noted(act, "stalled"))
        seat(act, vault, one, here)
    number = reminders(act.policy, known.promised, act.now) if known.overdue(act.now) else 0
    if number > known.reminded:
        for email in sorted(before & {reader.email for reader in known.handlers}):
            messages.tell(act, vault, one, email, "still")
        if min(number, 2) > known.reminded:
            messages.tell_reporter(act, vault, one, "late")
        known.reminded = number
        vault.save(one, _noted(act, "stalled"))


def _end(act: Act, vault: Vault, one: Opened) -> bool:
    """A closed report is destroyed at its moment, and its handlers are reminded of that before; whether something came of it."""
    ends = one.known.ends
    if ends is None or act.now < ends.remind:
        return False
    if ends.destroy <= act.now:
        messages.redraw(vault, one)
        vault.destroy(one)
        return True
    if one.known.end_reminded:
        return False
    one.known.end_reminded = True
    vault.save(one, _noted(act, "reminded"))
    for reader in one.known.handlers:
        messages.tell(act, vault, one, reader.email, "ending")
    return True


def _noted(act: Act, kind: Kind) -> Noted:
    return Noted(kind=kind, by="rule", at=act.now.isoformat())


@handler("breach.end_again", clause="P13", private=True)
def end_again(act: Act, traces: frozenset[str], *, older: bool = False) -> Done[int]:
    """P12: no copy of the database brings back what was destroyed, nor whose sight ended."""
    vault = Vault(act)
    if older:
        vault.rows.forget_passes()
        vault.take_older()
    number, narrowed = vault.end_again(traces)
    for one in narrowed:
        words = ", ".join(reader.email for reader in one.known.handlers)
        entry = Noted(kind="readers", by="rule", at=act.now.isoformat(), words=words, about="ended")
        vault.save(one, entry, narrowed=True)
    return Done(number)


@handler("breach.wrap_anew", clause="P13", private=True)
def wrap_anew(act: Act) -> Done[None]:
    """Reports and messages by the newest master key; what no key opens stays as it is, and pages that are open are closed."""
    vault = Vault(act)
    vault.rows.forget_passes()
    for one in vault.all():
        vault.wrap_anew(one)
    for row in vault.rows.messages():
        try:
            messages.wrap_anew(vault, row)
        except Unopened:
            continue
    return Done(None)


def any_reports(store: Store) -> bool:
    """Whether there is a report at all."""
    return Breaches(store.session).any()


def traces(store: Store) -> list[Trace]:
    """What the journal is still to be told, in the order of random ids and marks."""
    return Breaches(store.session).traces()


def urgent(told: Iterable[Trace]) -> bool:
    """Whether some of it can't wait for the end of the day: fewer people may read a report now."""
    return any(one.kind != COUNTED for one in told)


def line(told: Trace, day: str) -> dict[str, object]:
    """What the journal says of it."""
    if told.kind in (COUNTED, NARROWED):
        return {"kind": COUNTED, "id": told.trace, "counter": told.counter, "at": day}
    return {"kind": told.kind, "id": told.trace, "at": day}


@handler("breach.journalled", clause="P13", private=True)
def journalled(act: Act, told: Sequence[Trace]) -> Done[None]:
    """These stand in the journal now; what came up meanwhile is told next time."""
    Vault(act).rows.journalled(told)
    return Done(None, quiet=True)


@dataclass(frozen=True, slots=True)
class _Holding:
    store: Store
    keys: Keys
    outside: Mapping[str, int]


def missing(store: Store, keys: Keys, counted: Mapping[str, int], ended: Collection[str]) -> list[str]:
    """One sentence where a report that the journal counted, and of which it tells no end, is not as it was last written."""
    vault = Vault(_Holding(store, keys, counted))
    there = {vault.mark(one.id) for one in vault.all()}
    return [MISSING] if counted.keys() - set(ended) - there else []


MOST_TOLD = 20
VANISHED = "Calls are no longer in the recording system, before their time. I did not ask for it, so someone else took them away."
ASTRAY = "A mail to a customer went to a wrong address. Its link was ended as soon as that was known."
WRONG_ADDRESS = "customer.wrong_address"


@handler("breach.notice", clause="P13", private=True)
def notice(act: Act) -> Done[int]:
    """Everything that the database shows now and that was not reported; how many reports that made."""
    vault, noticed = Vault(act), Noticed(act.store.session)
    return Done(_vanished(act, vault, noticed) + sum(_astray(act, vault, one) for one in noticed.done(WRONG_ADDRESS)))


def _vanished(act: Act, vault: Vault, noticed: Noticed) -> int:
    """One report a day; by what lay there too, so that a call that came back and is gone again is another cause."""
    calls, today = noticed.vanished(act.now), f"vanished:{company_day(act.policy, act.now)}"
    if not calls or vault.has_cause(today):
        return 0
    causes = {f"vanished:{one.id}:{one.stamp}": one.id for one in calls}
    new = [causes[name] for name in vault.new_causes(causes)]
    if not new:
        return 0
    vault.new_causes([today])
    told = [f"Call {one.id}, {words_of(act, one)}" for one in act.store.recordings.all_of(new[:MOST_TOLD])]
    more = [f"And {counted(len(new) - MOST_TOLD, 'other')}."] if len(new) > MOST_TOLD else []
    from_bot(act, vault, "\n".join([VANISHED, *told, *more]))
    return 1


def _astray(act: Act, vault: Vault, entry: Entered) -> int:
    """Whoever entered the address, and whoever released it, have no part in what is made of it."""
    told = entry.detail
    if not vault.new_causes([f"astray:{told['mail']}"]):
        return 0
    ids = {told[name] for name in ("addressed_by", "released_by") if told.get(name) is not None}
    calls = ", ".join(map(str, told["recordings"])) or "none"
    words = f"Request {entry.subject}, found on {entry.at[:10]}; calls by their number: {calls}"
    from_bot(act, vault, f"{ASTRAY}\n{words}", [one.email_key for one in act.store.people.named(ids).values()])
    return 1
