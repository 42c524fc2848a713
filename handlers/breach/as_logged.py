"""Whether what is stored of reports is what their own log says of them; it is told to nobody which of them is not (P13)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from hashlib import sha256

from pydantic import ValidationError

from handlers.breach.known import Kind, Noted
from handlers.breach.vault import Opened, Vault
from handlers.keys import Unopened
from storage.breaches import OPEN
from storage.chain import compact
from storage.tables.breaches import Report, ReportDue

ENDS, PROMISED = ("remind", "destroy"), ("acknowledge", "waits", "feedback")
"""The steps of a closed report's clock, which are taken once, and what was promised of an open one."""
Due = Mapping[str, ReportDue]


def filed(row: Report, due: Due) -> str:
    """What the first entry of a report says of its row and of what was promised."""
    return _digest(row.receipt, row.trace, row.day.isoformat(), str(row.late), *_moments(due, PROMISED))


def closed(row: Report, due: Due) -> str:
    """What the entry by which it was closed says of its end."""
    return _digest(str(row.closed_on), *_moments(due, ENDS))


def ends_as_said(vault: Vault, one: Opened) -> bool:
    """Whether its log says that it was closed, and that its end is when it is stored to be."""
    try:
        last = _last(vault.noted(one), "closed")
    except (Unopened, ValidationError):
        return False
    return last is not None and last.about in ("", closed(one.report, vault.rows.steps(one.id)))


def all_fit(vault: Vault) -> bool:
    """Each report that the log tells of, and not of its end, is stored as it says, and there are no others.

    Without the keys of the database nothing is compared.
    """
    before = vault.account.gone_before()
    return before is None or (vault.account.fits(before) and all(_fits(vault, one) for one in vault.rows.ids()))


def _fits(vault: Vault, report: str) -> bool:
    """Of what a newer version wrote only that nobody changed it."""
    one = vault.by_rule(report)
    if one is None:
        return vault.is_whole(report)
    try:
        entries, due = vault.noted(one), vault.rows.steps(one.id)
        return (
            _begun(one.report, entries, due)
            and _over(one, entries, due)
            and _said(one, entries)
            and _read_by(one, entries)
            and _seen_by(vault, one)
            and _kept(vault, one, entries)
        )
    except Unopened:
        return False
    except ValidationError:
        return True


def _begun(row: Report, entries: Sequence[Noted], due: Due) -> bool:
    first = [one for one in entries if one.kind == "filed"]
    return (
        len(first) == 1
        and first[0].at[:10] == row.day.isoformat()
        and all(kind in due and not due[kind].done for kind in PROMISED)
        and first[0].about in ("", filed(row, due))
    )


def _over(one: Opened, entries: Sequence[Noted], due: Due) -> bool:
    row, last = one.report, _last(entries, "closed")
    if last is None:
        return (row.state, row.closed_on) == (OPEN, None) and due.keys() == set(PROMISED)
    taken = {"remind": _last(entries, "reminded") is not None, "destroy": False}
    return (
        row.state == "closed"
        and {kind: due[kind].done for kind in due if kind not in PROMISED} == taken
        and _that_day(row.closed_on, last)
        and last.about in ("", closed(row, due))
        and one.known.told == last.words
    )


def _that_day(day: date | None, last: Noted) -> bool:
    """The company's day, which is not always that of the moment in UTC."""
    return day is not None and abs((day - datetime.fromisoformat(last.at).astimezone(UTC).date()).days) <= 1


def _said(one: Opened, entries: Sequence[Noted]) -> bool:
    known, outcome, read = one.known, _last(entries, "outcome"), _last(entries, "acknowledged")
    accused = [(entry.about, entry.by) for entry in entries if entry.kind == "accused"]
    return (
        known.acknowledged_by == (read.by if read else "")
        and bool(known.answered_on) == (_last(entries, "question") is not None)
        and (known.reference, known.outcome) == ((outcome.about, outcome.words) if outcome else ("", ""))
        and [(each.key, each.by) for each in known.accusations] == accused
    )


def _read_by(one: Opened, entries: Sequence[Noted]) -> bool:
    """Whoever only decides about a call since is a reader still, and no entry says so."""
    last = _last(entries, "readers")
    handling, reading = {who.email for who in one.known.handlers}, {who.email for who in one.known.readers}
    return last is None or handling <= set(last.words.split(", ")) - {""} <= reading


def _seen_by(vault: Vault, one: Opened) -> bool:
    """Whether each reader has a sight that opens it, nobody else has, and who gave a name is known by it; raises `Unopened`."""
    account = one.known.account
    named = not account or vault.is_own(one.id, account)
    return named and vault.by_sights(one) == sorted(who.email for who in one.known.readers)


def _kept(vault: Vault, one: Opened, entries: Sequence[Noted]) -> bool:
    whole = {copy.name: copy.parts for copy in one.known.audio if copy.parts}
    noted = {entry.about for entry in entries if entry.kind == "audio_kept"}
    return whole.keys() == noted and all(vault.rows.parts(one.id, name) == list(range(whole[name])) for name in whole)


def _last(entries: Sequence[Noted], kind: Kind) -> Noted | None:
    return next((one for one in reversed(entries) if one.kind == kind), None)


def _moments(due: Due, kinds: Sequence[str]) -> list[str]:
    return [due[kind].due_at.astimezone(UTC).isoformat(timespec="microseconds") for kind in kinds if kind in due]


def _digest(*facts: str) -> str:
    return sha256(compact(facts).encode()).hexdigest()
