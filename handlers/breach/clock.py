"""What time brings to reports: the rule asked again, steps where one stalls, and the end of closed ones (P13)."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.acting import Act, Done
from handlers.breach import intents, messages
from handlers.breach.account import ABOUT
from handlers.breach.as_logged import ENDS, PROMISED, ends_as_said
from handlers.breach.hearing import ask_again
from handlers.breach.known import READERS, REPORTER, Kind, Noted
from handlers.breach.seating import circumstances, present, seat
from handlers.breach.silence import overdue, promised
from handlers.breach.vault import LASTS, Opened, Vault
from handlers.keys import sealed
from handlers.rules.breach import Handling, fallback_people
from handlers.rules.breach_clock import Step, reminders, steps
from storage.tables.breaches import ReportDue

_OTHERS = "tell_others:acknowledged"
_AGAIN = "remind_readers:"
LONGEST = 2 * LASTS  # a clock that is put back by a little throws away nothing that somebody wrote


def look(act: Act, intent: intents.Look) -> Done[int]:
    """With each tick: who reads what, what is due, and what nobody needs any more."""
    vault, here = Vault(act), present(act)
    number, late = 0, {due.report_id for due in vault.rows.due(act.now, PROMISED)}
    if reports := vault.all():
        vault.account.begin()
    for one in reports:
        before, reading = one.report.revision, _reading(one)
        ask_again(act, vault, one, here)
        handling = seat(act, vault, one, here)
        if one.report.state == "open" and one.id in late:
            told = _stalled(act, vault, one, handling)
            _remind(act, vault, one, told | (_reading(one) - reading))
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


def rewrite(act: Act, intent: intents.RewriteReports) -> Done[None]:
    """Beside each row PostgreSQL keeps the transaction that wrote it, and so between which entries of the log that was."""
    Vault(act).rewrite()
    return Done(None)


def end_restored(act: Act, intent: intents.EndRestoredReports) -> Done[int]:
    """P12: no copy of the database brings back what was destroyed, nor whose sight ended."""
    vault = Vault(act)
    if intent.restored:
        vault.take_restored()
    number, lost = vault.end_restored(intent.traces)
    for one, _ in lost:
        words = ", ".join(reader.email for reader in one.known.handlers)
        vault.note(one, Noted(kind="readers", by="rule", at=act.now.isoformat(), words=words, about="restored"))
    return Done(number)


def _ends(act: Act, vault: Vault, due: ReportDue) -> bool:
    """A step of a closed report; one that this key does not open waits for the key that does, one that its log does not tell of for ever."""
    one = vault.by_rule(due.report_id)
    if one is None or not ends_as_said(vault, one):
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


def _stalled(act: Act, vault: Vault, one: Opened, handling: Handling) -> set[str]:
    """P13: each step of `breach_clock` once; those whose moment came while nobody, or others, handled it are caught up.

    Whoever is let in need not be told that it waits. Gives who of the readers was told by it.
    """
    known, before, told = one.known, list(one.known.taken), set[str]()
    due = [step for step in steps(promised(vault, one), handling) if step.at <= act.now and _key(step) not in before]
    _tell_reporter(act, vault, one, [step for step in due if step.does == "tell_reporter"])
    for step in sorted(due, key=lambda step: step.does != "let_fallback_in"):
        if step.does == "tell_reporter" or _happened(one, step):
            known.taken.append(_key(step))
        elif (people := _take(act, vault, one, step)) or known.let_in:
            known.taken.append(_key(step))
            told |= people
            if people or step.does == "let_fallback_in":
                _noted(act, vault, one, "stalled")
    if known.taken != before:
        vault.save(one)
        seat(act, vault, one)
    return told


def _take(act: Act, vault: Vault, one: Opened, step: Step) -> set[str]:
    """Who was told by it; the fallback may have nobody who is there, and is told once there is somebody."""
    if step.does == "let_fallback_in":
        one.known.let_in = True
        # who is let in hears of it by that, and is no reason to tell the one who stalls
        one.known.taken.append(_OTHERS)
        return set()
    if step.does == "tell_others":
        people = _reading(one)
    elif one.known.let_in:
        return set()
    else:
        people = {person.email for person in fallback_people(circumstances(act, one.known))}
    for email in sorted(people):
        messages.to(act, vault, one, email, "stalls" if step.does == "tell_others" else "waits")
    return people


def _tell_reporter(act: Act, vault: Vault, one: Opened, due: Sequence[Step]) -> None:
    """Once for all moments that came since; whoever withheld a name reads it on the page."""
    silent = any(not _happened(one, step) for step in due) and overdue(act, vault, one)
    if silent and messages.late(act, vault, one):
        _noted(act, vault, one, "stalled", REPORTER)


def _remind(act: Act, vault: Vault, one: Opened, told: set[str]) -> None:
    """Everybody who reads it, once for all moments that came since, but whom this look told already; the first time only if it told nobody."""
    people = _reading(one)
    if not people or not overdue(act, vault, one):
        return
    number, before = reminders(act.policy, promised(vault, one), act.now), _reminded(one)
    if before in (number, number + 1):
        return  # or the clock of another replica is a little ahead
    one.known.taken = [*(key for key in one.known.taken if not key.startswith(_AGAIN)), f"{_AGAIN}{number}"]
    people = set() if before > number or (number == 1 and told) else people - told
    for email in sorted(people):
        messages.to(act, vault, one, email, "still")
    if people:
        _noted(act, vault, one, "stalled", READERS)
    vault.save(one)


def _reminded(one: Opened) -> int:
    """How many reminders were taken; of a report that is older than these, none."""
    return next((int(key.removeprefix(_AGAIN)) for key in one.known.taken if key.startswith(_AGAIN)), 0)


def _reading(one: Opened) -> set[str]:
    return {reader.email for reader in one.known.handlers}


def _happened(one: Opened, step: Step) -> bool:
    if step.unless == "acknowledged":
        return bool(one.known.acknowledged_by)
    if step.unless == "opened":
        return any(reader.opened for reader in one.known.handlers)
    return bool(one.known.answered_on)


def _key(step: Step) -> str:
    return f"{step.does}:{step.unless}"


def _noted(act: Act, vault: Vault, one: Opened, kind: Kind, about: str = "") -> None:
    vault.note(one, Noted(kind=kind, by="rule", at=act.now.isoformat(), about=about))
