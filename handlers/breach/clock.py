"""What the clock does for reports, and what the journal is told of them (P12, P13)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from handlers.acting import Context, Result, handler
from handlers.breach import cards, readers, steps
from handlers.breach.state import Entry
from handlers.breach.vault import Opened, Vault
from handlers.rules.breach import FALLBACK, count_reminders, lets_fallback_in
from handlers.sealing import Keys, Unopened
from storage.breaches import CAUSE, COUNTED, NARROWED
from storage.database.store import Store
from storage.tables.breaches import Report, ReportMark

MISSING = "a confidential report that the journal counted was taken away, or put back as it was before"


@handler("breach.look", clause="P13", private=True)
def review_reports(ctx: Context) -> Result[int]:
    """Ask the rule again who reads each report, remind its readers, and destroy what was kept long enough. Run by the
    clock; returns how many reports changed.
    """
    vault, today, changed = Vault(ctx), readers.find_todays_readers(ctx), 0
    for one in vault.all():
        before = one.known.counter
        steps.ask_again(ctx, one, today)
        if one.known.open:
            _remind_readers(ctx, one, today)
            changed += one.known.counter != before
        else:
            readers.seat_readers(ctx, one, today)
            changed += one.known.counter != before
            if one.known.destroy_at is not None and one.known.destroy_at <= ctx.now:
                cards.queue_redraws(one)
                vault.destroy(one)
                changed += 1
    vault.rows.tidy(ctx.now)
    return Result(changed)


def _remind_readers(ctx: Context, one: Opened, today: readers.Today) -> None:
    """P13: remind the readers of an overdue report, and let the fallback in after long silence.

    A reader who has just been alerted isn't reminded.
    """
    known, before = one.known, {reader.person for reader in one.known.handlers}
    handling = readers.seat_readers(ctx, one, today)
    silent = lets_fallback_in(known.promised, ctx.now, opened=known.opened, answered=known.answered)
    if silent and not known.let_in and not handling.sealed and all(one.role != FALLBACK for one in handling.readers):
        known.let_in = True
        one.save(Entry(kind="stalled", by="rule", at=ctx.now.isoformat()))
        readers.seat_readers(ctx, one, today)
    number = count_reminders(ctx.policy, known.promised, ctx.now) if known.overdue(ctx.now) else 0
    if number > known.reminded:
        for person in sorted(before & {reader.person for reader in known.handlers}):
            cards.queue_message(ctx, one, person, "still")
        if min(number, 2) > known.reminded:  # the reporter is told twice at most
            cards.tell_reporter(ctx, one, "late")
        known.reminded = number
        one.save(Entry(kind="stalled", by="rule", at=ctx.now.isoformat()))


@handler("breach.end_again", clause="P13", private=True)
def end_reports_again(ctx: Context, traces: frozenset[str], *, older: bool = False) -> Result[int]:
    """P12: destroy reports and end sights again that had ended, as the journal says.

    `traces` are its marks. `older`: reports may be older than the journal knows. Returns how many were ended.
    """
    vault = Vault(ctx)
    if older:
        vault.rows.forget_passes()
        vault.take_older()
    number, narrowed = vault.end_again(traces)
    for one in narrowed:
        remaining = ", ".join(str(reader.person) for reader in one.known.handlers)
        entry = Entry(kind="readers", by="rule", at=ctx.now.isoformat(), words=remaining, about="ended")
        one.save(entry, narrowed=True)
    return Result(number)


@handler("breach.wrap_anew", clause="P13", private=True)
def rewrap_reports(ctx: Context) -> Result[None]:
    """Wrap reports and messages with the newest master key and close open pages.

    Those that no key opens are left alone.
    """
    vault = Vault(ctx)
    vault.rows.forget_passes()
    for one in vault.all():
        vault.rewrap(one)
    for row in vault.rows.messages():
        try:
            row.sealed = vault.keys.rewrap(row.sealed, row.name, "breach notice") or row.sealed
        except Unopened:
            continue
    return Result(None)


def any_reports(store: Store) -> bool:
    """Return True if there is any report."""
    return store.has(Report.id != "")


def untold_traces(store: Store) -> list[ReportMark]:
    """Return the marks that the journal must still be told, in an order that says nothing."""
    return store.rows(ReportMark, ReportMark.kind != CAUSE, by=(ReportMark.mark,))


def is_urgent(marks: Iterable[ReportMark]) -> bool:
    """Return True if the journal must be told today, since fewer people may read a report now."""
    return any(one.kind != COUNTED for one in marks)


def journal_line(mark: ReportMark, day: str) -> dict[str, object]:
    """Return the journal's line for a mark; a report that fewer people may read now is written down as a count, like
    any other.
    """
    if mark.kind in (COUNTED, NARROWED):
        return {"kind": COUNTED, "id": mark.mark, "counter": mark.counter, "at": day}
    return {"kind": mark.kind, "id": mark.mark, "at": day}


@handler("breach.journalled", clause="P13", private=True)
def note_journalled(ctx: Context, told: Sequence[ReportMark]) -> Result[None]:
    """Forget the marks that the journal has now."""
    Vault(ctx).rows.journalled(told)
    return Result(None, quiet=True)


@dataclass(frozen=True, slots=True)
class _Holding:
    """What opens reports where there is no `Context`; see `vault.Holding`."""

    store: Store
    keys: Keys
    outside: Mapping[str, int]


def find_missing_reports(store: Store, keys: Keys, counted: Mapping[str, int], ended: Collection[str]) -> list[str]:
    """Return one sentence if a report that the journal counted, and didn't end, isn't there as it was last written."""
    vault = Vault(_Holding(store, keys, counted))
    intact = {vault.mark(one.id) for one in vault.all()}
    return [MISSING] if counted.keys() - set(ended) - intact else []
