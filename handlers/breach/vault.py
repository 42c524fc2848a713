"""The one place where reports are opened: with a reader's own key, or the rule's key, which shows them to no one (P13)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from pydantic import ValidationError

from handlers.breach.state import DECIDER, PART, Entry, Known, Reader
from handlers.sealing import Keys, Unopened, new_id, new_key, new_receipt, new_secret, open_sealed, seal_words
from storage.breaches import CAUSE, SIGHT_ENDED, Breaches
from storage.database.store import Store
from storage.tables.breaches import Report, ReportMark, ReportPart, ReportSight

PREFIX = "B"
LASTS = timedelta(hours=1)  # of drafts, and of pages
DOCUMENT = 4096  # bytes to which a report's document is padded at least


class Holding(Protocol):
    """What it takes to open reports; every `Context` has it."""

    @property
    def keys(self) -> Keys:
        """The keys derived from the master key."""

    @property
    def store(self) -> Store:
        """The transaction."""

    @property
    def outside(self) -> Mapping[str, int]:
        """By a report's mark, the counter that its document must have at least, as the journal says."""


@dataclass(slots=True)
class Opened:
    """A report that was opened: by what, its row, its data key and its document. `reader` is who reads; 0 for the rule."""

    vault: Vault
    report: Report
    key: bytes
    known: Known
    reader: int = 0

    @property
    def id(self) -> str:
        """The report's id."""
        return self.report.id

    def save(self, *noted: Entry, narrowed: bool = False) -> None:
        """Write the document, with what was noted. The journal hears of it at once if fewer people may read it (`narrowed`)."""
        self.known.log.extend(noted)
        self.known.counter += 1
        self.vault.seal_document(self)
        self.vault.rows.count(self.vault.mark(self.id), self.known.counter, narrowed=narrowed)


class Vault:
    """Reports within one transaction. A report that isn't there and one that isn't the reader's are both None."""

    def __init__(self, ctx: Holding) -> None:
        self.keys, self.rows, self.outside = ctx.keys, Breaches(ctx.store.session), ctx.outside

    def file(self, known: Known) -> tuple[Opened, str]:
        """File a new report; return it with its receipt (160 bits), which nothing keeps."""
        receipt, key, name = new_receipt(), new_key(), new_id(PREFIX)
        known.receipt = self.keys.mark_of_pass("receipt", receipt)
        report = Report(
            id=name, receipt=known.receipt, own=self._reporter_mark(name, known.account), sealed=b"",
            rule_wrap=self.keys.seal(key, name, "breach rule", name),
        )  # fmt: skip
        self.rows.insert(report)
        found = Opened(self, report, key, known)
        self.seal_document(found)
        return found, receipt

    def with_receipt(self, receipt: str) -> Opened | None:
        """Open the report for the holder of its receipt, who sees the reporter's view."""
        report = self.rows.first_row(Report, Report.receipt == self.keys.mark_of_pass("receipt", receipt))
        found = self._by_rule(report) if report is not None else None
        return found if found is not None and found.known.receipt == found.report.receipt else None

    def find_pass(self, secret: str) -> ReportPart | None:
        """Return the code or session with this secret."""
        return self.rows.row(ReportPart, self.pass_mark(secret))

    def pass_mark(self, secret: str) -> str:
        """Return the mark by which a code or a session is stored."""
        return self.keys.mark_of_pass("report", secret)

    def by_rule(self, report: str) -> Opened | None:
        """Open a report for the rule, the clock or the reporter's own session, never to show it to a handler."""
        row = self.rows.row(Report, report)
        return self._by_rule(row) if row is not None else None

    def for_reader(self, report: str, person: int) -> Opened | None:
        """Open a report for one reader, with the key that was wrapped for them."""
        sight = self.rows.sight(report, self._reader_marks(report, person))
        row = self.rows.row(Report, report) if sight is not None else None
        return self._by_sight(row, sight, person) if row is not None and sight is not None else None

    def _by_sight(self, row: Report, sight: ReportSight, person: int) -> Opened | None:
        try:
            key = self.keys.open(sight.wrap, row.id, "breach reader", row.id, str(person), sight.trace)
            known = self._open_document(row, key)
        except Unopened:
            return None
        # If not, the sight ended and was put back.
        seated = any(one.person == person for one in known.readers)
        return Opened(self, row, key, known, person) if seated else None

    def has_sight(self, report: str, person: int) -> bool:
        """Return True if a reader has sight of it, by their mark alone, so that any id takes as long as any other."""
        return self.rows.sight(report, self._reader_marks(report, person)) is not None

    def is_own(self, report: str, account: str) -> bool:
        """Return True if this account (“platform:id”) filed it with a name; like `has_sight`, it takes the same time for any id."""
        return self.rows.has(Report.own.in_(self.keys.marks("breach own", report, account)))

    def of_reader(self, person: int) -> list[Opened]:
        """Open every report that one reader has sight of, newest day first.

        The rows don't say who may read which, so this takes an HMAC for each report and master key.
        """
        rows = self.rows.with_sights()
        marks = {name: self._reader_marks(name, person) for name in {one.id for one, _ in rows}}
        seen = {one.id: (one, sight) for one, sight in rows if sight.reader in marks[one.id]}
        found = (self._by_sight(one, sight, person) for one, sight in seen.values())
        return sorted((one for one in found if one is not None), key=lambda one: one.known.day, reverse=True)

    def all(self) -> list[Opened]:
        """Open every report that can be opened, with the rule's key."""
        return [one for row in self.rows.all() if (one := self._by_rule(row)) is not None]

    def new_causes(self, causes: Iterable[str]) -> list[str]:
        """Return those causes for which the bot has filed no report yet, and remember them, so that it files one for
        each.
        """
        marks = {one: self.keys.mark("breach cause", one) for one in causes}
        known = self.rows.causes(marks.values())
        fresh = [one for one, mark in marks.items() if mark not in known]
        for one in fresh:
            self.rows.insert(ReportMark(mark=marks[one], kind=CAUSE))
        return fresh

    def has_cause(self, cause: str) -> bool:
        """Return True if the bot has filed a report for this cause, such as calls that vanished on one day."""
        return bool(self.rows.causes([self.keys.mark("breach cause", cause)]))

    def give_sight(self, one: Opened, seats: Sequence[Reader]) -> tuple[list[Reader], list[Reader]]:
        """Give sight of the report to exactly these people; return who begins to read, and whose sight ended.

        A person who was only asked a question, and handles the report from now on, begins to read it.
        """
        before, now = {one.person: one for one in one.known.readers}, {seat.person: seat for seat in seats}
        ended = [seat for person, seat in before.items() if person not in now]
        begun = [seat for person, seat in now.items() if person not in before or _only_asked(before[person], seat)]
        for seat in ended:
            self._end_sight(one.id, seat.person)
        for seat in begun:
            if seat.person not in before:
                self._begin_sight(one, seat.person)
        stay = {person: before[person] for person, seat in now.items() if person in before and seat not in begun}
        one.known.readers = [
            stay[person].model_copy(update={"role": seat.role, "deputy": seat.deputy}) if person in stay else seat
            for person, seat in now.items()
        ]
        return begun, ended

    def destroy(self, one: Opened) -> None:
        """Destroy a report, so that not even an older copy of the database can be read (P12, P13)."""
        self.rows.end(self.mark(one.id), one.known.counter + 1)
        self.rows.destroy(one.report)

    def end_again(self, told: frozenset[str]) -> tuple[int, list[Opened]]:
        """Destroy reports and end sights whose marks are in `told`; return how many that was, and which reports lost a reader."""
        number, narrowed = 0, list[Opened]()
        for row in self.rows.all():
            if self.mark(row.id) in told:
                self.rows.destroy(row)
                number += 1
                continue
            ended = [sight for sight in self.rows.sights(row.id) if sight.trace in told]
            one = self._by_rule(row) if ended else None
            for sight in ended:
                self.rows.forget(sight)
                if one is not None:
                    _keep_out(one, int(open_sealed(one.key, sight.sealed, row.id)))
            narrowed += [one] if one is not None else []
            number += len(ended)
        return number, narrowed

    def take_older(self) -> None:
        """Accept each report in its present version, even if the journal knows a later one."""
        for row in self.rows.all():
            one = self._by_rule(row, older=True)
            least = self.outside.get(self.mark(row.id), 0)
            if one is not None and one.known.counter < least:
                one.known.counter = least
                one.save(narrowed=True)

    def rewrap(self, one: Opened) -> None:
        """Wrap it with the newest master key for the rule and each reader, and renew the marks of readers and reporter."""
        row, keys = one.report, self.keys
        row.rule_wrap = keys.rewrap(row.rule_wrap, row.id, "breach rule", row.id) or row.rule_wrap
        row.own = self._reporter_mark(row.id, one.known.account) if one.known.account else row.own
        for sight in self.rows.sights(row.id):
            person = int(open_sealed(one.key, sight.sealed, row.id))
            sight.wrap = (
                keys.rewrap(sight.wrap, row.id, "breach reader", row.id, str(person), sight.trace) or sight.wrap
            )
            sight.reader = self._reader_marks(row.id, person)[0]

    def keep_audio(self, one: Opened, name: str, part: int, data: bytes) -> None:
        """Keep a piece of a call's audio, sealed with the report's key."""
        about = f"{one.id}/{name}/{part}"
        self.rows.keep_audio(one.id, name, part, seal_words(one.key, data, about, PART + 1))

    def audio(self, one: Opened, name: str, part: int) -> bytes:
        """Return a piece of a copy; empty if there is none."""
        told = self.rows.audio(one.id, name, part)
        return open_sealed(one.key, told, f"{one.id}/{name}/{part}") if told is not None else b""

    def mark(self, report: str) -> str:
        """Return the mark by which the journal names a report."""
        return self.keys.mark("breach log", report)

    def _begin_sight(self, one: Opened, person: int) -> None:
        """Wrap the report's key for a person, and store that as their sight."""
        trace = new_secret()
        wrap = self.keys.seal(one.key, one.id, "breach reader", one.id, str(person), trace)
        who, mark = seal_words(one.key, str(person).encode(), one.id), self._reader_marks(one.id, person)[0]
        self.rows.insert(ReportSight(report_id=one.id, reader=mark, trace=trace, wrap=wrap, sealed=who))

    def _end_sight(self, report: str, person: int) -> None:
        """Delete a person's sight, and have the journal remember that it ended."""
        sight = self.rows.sight(report, self._reader_marks(report, person))
        if sight is not None:
            self.rows.insert(ReportMark(mark=sight.trace, kind=SIGHT_ENDED))
            self.rows.forget(sight)

    def _by_rule(self, row: Report, *, older: bool = False) -> Opened | None:
        """Open a report with the rule's key; None if it can't be opened, or is older than the journal knows unless `older`."""
        try:
            key = self.keys.open(row.rule_wrap, row.id, "breach rule", row.id)
            return Opened(self, row, key, self._open_document(row, key, older=older))
        except Unopened:
            return None

    def seal_document(self, one: Opened) -> None:
        """Store the document in its present state."""
        one.report.sealed = seal_words(one.key, one.known.model_dump_json().encode(), one.id, DOCUMENT)

    def _open_document(self, row: Report, key: bytes, *, older: bool = False) -> Known:
        """Read the document; raises `Unopened` if it isn't ours, or is an older copy that was put back."""
        try:
            known = Known.model_validate_json(open_sealed(key, row.sealed, row.id))
        except ValidationError:
            raise Unopened from None
        if known.counter < self.outside.get(self.mark(row.id), 0) and not older:
            raise Unopened
        return known

    def _reader_marks(self, report: str, person: int) -> tuple[str, ...]:
        """Return the marks by which a person's sight of a report is found, one for each master key."""
        return self.keys.marks("breach reader", report, str(person))

    def _reporter_mark(self, report: str, account: str) -> str:
        """Return the mark by which the reporter's account is recognised; for a report without a name a random one,
        which looks the same.
        """
        return self.keys.marks("breach own", report, account or new_secret())[0]


def _only_asked(before: Reader, now: Reader) -> bool:
    """Return True if a person who was only asked about a hearing now handles the report."""
    return before.role == DECIDER != now.role


def _keep_out(one: Opened, person: int) -> None:
    """Keep out for good a person whose sight had ended: why was lost with what was written since the backup."""
    one.known.readers = [seat for seat in one.known.readers if seat.person != person]
    one.known.conflicts = sorted({*one.known.conflicts, person})
