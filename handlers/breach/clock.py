"""What time brings to reports: the rule asked again, steps where one stalls, and the end of closed ones (P13)."""

from __future__ import annotations

from handlers.acting import Act, Done
from handlers.breach import intents, messages
from handlers.breach.findings import found
from handlers.breach.hearing import ask_again
from handlers.breach.known import Kind, Noted
from handlers.breach.proof import ABOUT
from handlers.breach.seating import circumstances, present, seat
from handlers.breach.vault import LASTS, Opened, Vault
from handlers.keys import sealed
from handlers.rules.breach import Handling, fallback_people
from handlers.rules.breach_clock import Moments, Step, steps
from storage.tables.breaches import ReportDue

_OTHERS = "tell_others:acknowledged"
LONGEST = 2 * LASTS  # a clock that is put back by a little throws away nothing that somebody wrote
ENDS, PROMISED = ("remind", "destroy"), ("acknowledge", "waits", "feedback")
"""The steps of a closed report's clock, which are taken once, and what was promised of an open one."""


def look(act: Act, intent: intents.Look) -> Done[int]:
    """With each tick: what the bot found itself, who reads what, what is due, and what nobody needs any more."""
    vault, here = Vault(act), present(act)
    number, late = found(act, vault), {due.report_id for due in vault.rows.due(act.now, PROMISED)}
    for one in vault.all():
        before = one.report.revision
        ask_again(act, vault, one, here)
        handling = seat(act, vault, one, here)
        if one.report.state == "open" and one.id in late:
            _stalled(act, vault, one, handling)
        number += one.report.revision != before
    number += sum(_ends(act, vault, due) for due in vault.rows.due(act.now, ENDS))
    if vault.rows.stale(act.now, LONGEST):
        vault.rows.tidy(act.now, LONGEST)
    return Done(number)


def seal(act: Act, intent: intents.Seal) -> Done[None]:
    """Where the reports' own log ends, so that nobody rewrites it later; sealed anew each midnight, whether it moved or not."""
    vault = Vault(act)
    if not vault.new_causes([f"sealed:{intent.day}"]):
        return Done(None, quiet=True)
    entries, last = vault.rows.head()
    told = sealed(act.keys.lasting(ABOUT), f"{entries:020d}:{last}".encode(), intent.day)
    return Done(None, detail={"sealed": told.hex()})


def end_restored(act: Act, intent: intents.EndRestoredReports) -> Done[int]:
    """P12: no copy of the database brings back what was destroyed, nor whose sight ended."""
    vault = Vault(act)
    number, lost = vault.end_restored(intent.traces)
    for one, _ in lost:
        words = ", ".join(reader.email for reader in one.known.handlers)
        vault.note(one, Noted(kind="readers", by="rule", at=act.now.isoformat(), words=words, about="restored"))
    return Done(number)


def _ends(act: Act, vault: Vault, due: ReportDue) -> bool:
    """A step of a closed report; one that this key does not open waits for the key that does."""
    one = vault.by_rule(due.report_id)
    if one is None:
        return False
    due.done = True
    if due.kind == "destroy":
        messages.over(vault, one)
        vault.destroy(one)
        return True
    for reader in one.known.handlers:
        messages.alert(act, vault, one, reader, "ending")
    _noted(act, vault, one, "reminded")
    return True


def _stalled(act: Act, vault: Vault, one: Opened, handling: Handling) -> None:
    """P13: each step of `breach_clock` once; those whose moment came while nobody, or others, handled it are caught up.

    Whoever is let in need not be told that it waits.
    """
    known, before = one.known, list(one.known.taken)
    due = [step for step in steps(_promised(vault, one), handling) if step.at <= act.now and _key(step) not in before]
    for step in sorted(due, key=lambda step: step.does != "let_fallback_in"):
        if _happened(one, step):
            known.taken.append(_key(step))
        elif _take(act, vault, one, step):
            known.taken.append(_key(step))
            _noted(act, vault, one, "stalled")
    if known.taken != before:
        vault.save(one)
        seat(act, vault, one)


def _take(act: Act, vault: Vault, one: Opened, step: Step) -> bool:
    """Whether it was taken: the fallback may have nobody who is there, and is told once there is somebody."""
    if step.does == "let_fallback_in":
        one.known.let_in = True
        one.known.taken.append(
            _OTHERS
        )  # who is let in hears of it by that, and is no reason to tell the one who stalls
        return True
    if step.does == "tell_others":
        people = [reader.email for reader in one.known.handlers]
    else:
        people = [] if one.known.let_in else [person.email for person in fallback_people(circumstances(act, one.known))]
    for email in people:
        messages.to(act, vault, one, email, "stalls" if step.does == "tell_others" else "waits")
    return bool(people) or one.known.let_in


def _happened(one: Opened, step: Step) -> bool:
    if step.unless == "acknowledged":
        return bool(one.known.acknowledged_by)
    if step.unless == "opened":
        return any(reader.opened for reader in one.known.handlers)
    return bool(one.known.answered_on)


def _key(step: Step) -> str:
    return f"{step.does}:{step.unless}"


def _promised(vault: Vault, one: Opened) -> Moments:
    due = vault.rows.steps(one.id)
    return Moments(one.report.day, due["acknowledge"].due_at, due["waits"].due_at, due["feedback"].due_at)


def _noted(act: Act, vault: Vault, one: Opened, kind: Kind) -> None:
    vault.note(one, Noted(kind=kind, by="rule", at=act.now.isoformat()))
