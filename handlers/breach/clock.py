"""What time brings to reports: the rule asked again, steps where one stalls, and the end of closed ones (P13)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from handlers.acting import Act, Done
from handlers.breach import intents, messages
from handlers.breach.findings import found
from handlers.breach.known import Noted
from handlers.breach.seating import circumstances, seat
from handlers.breach.vault import LASTS, Opened, Vault
from handlers.keys import sealed
from handlers.rules.breach import Handling, fallback_people
from storage.breach_records import ReportDue

_Take = Callable[[Act, Vault, Opened, Handling], None]


def look(act: Act, intent: intents.Look) -> Done[int]:
    """With each tick: what the bot found itself, who reads what, what is due, and what nobody needs any more."""
    vault = Vault(act)
    number = found(act, vault)
    for one in vault.all():
        if one.report.state == "open":
            before = one.report.revision
            seat(act, vault, one)
            number += one.report.revision != before
    for due in vault.rows.due(act.now):
        _take(act, vault, due)
        number += 1
    if vault.rows.stale(act.now, LASTS):
        vault.rows.tidy(act.now, LASTS)
    return Done(number)


def seal(act: Act, intent: intents.Seal) -> Done[None]:
    """Where the reports' own log ends, so that nobody rewrites it later; sealed anew each midnight, whether it moved or not."""
    vault = Vault(act)
    if not vault.new_causes([f"sealed:{intent.day}"]):
        return Done(None, quiet=True)
    entries, last = vault.rows.head()
    told = sealed(act.keys.of("breach head"), f"{entries:020d}:{last}".encode(), intent.day)
    return Done(None, detail={"sealed": told.hex()})


def end_restored(act: Act, intent: intents.EndRestored) -> Done[int]:
    """P12: no copy of the database brings back what was destroyed, nor whose sight ended."""
    return Done(Vault(act).end_restored(intent.traces))


def _take(act: Act, vault: Vault, due: ReportDue) -> None:
    one = vault.by_rule(due.report_id)
    due.done = True
    if one is None:
        return
    if due.kind == "destroy":
        messages.stale(vault, one)
        vault.destroy(one)
    elif due.kind == "remind" and one.report.state == "closed":
        for reader in one.known.handlers:
            messages.alert(act, vault, one, reader, "ending")
        _noted(act, vault, one, "reminded")
    elif one.report.state == "open":
        _STEPS[due.kind](act, vault, one, seat(act, vault, one))
        vault.save(one)


def _acknowledge(act: Act, vault: Vault, one: Opened, handling: Handling) -> None:
    """P13: nobody acknowledged it in time: the other handler is told; with one alone at once the fallback."""
    if one.known.acknowledged_by:
        return
    if len(one.known.handlers) > 1:
        _noted(act, vault, one, "stalled")
        for reader in one.known.handlers:
            messages.alert(act, vault, one, reader, "stalls")
    else:
        _waits(act, vault, one, handling)


def _waits(act: Act, vault: Vault, one: Opened, handling: Handling) -> None:
    """One working day later: the fallback is told that a report waits, and let in where nobody has opened it."""
    if one.known.acknowledged_by:
        return
    _noted(act, vault, one, "stalled")
    if any(reader.opened for reader in one.known.handlers):
        for person in fallback_people(circumstances(act, one.known)):
            if handling.seat(person.email) is None:
                messages.leave(act, vault, one.id, messages.To(what="waits", person=person.email))
    else:
        _let_in(act, vault, one)


def _feedback(act: Act, vault: Vault, one: Opened, handling: Handling) -> None:
    """The reporter heard nothing by then: the fallback is let in, whatever else."""
    if not one.known.answered_on:
        _noted(act, vault, one, "stalled")
        _let_in(act, vault, one)


def _let_in(act: Act, vault: Vault, one: Opened) -> None:
    if not one.known.let_in:
        one.known.let_in = True
        seat(act, vault, one)


def _noted(act: Act, vault: Vault, one: Opened, kind: str) -> None:
    vault.note(one, Noted(kind="reminded" if kind == "reminded" else "stalled", by="rule", at=act.now.isoformat()))


_STEPS: Mapping[str, _Take] = {"acknowledge": _acknowledge, "waits": _waits, "feedback": _feedback}
