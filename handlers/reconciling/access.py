"""Access as the log tells it: grants, the codes and sessions under them, and what was heard (P7, P11)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from handlers.approved import APPROVED, ASKED, READ, altered, is_another, subject
from handlers.reconciling.findings import Finding, Gap, Result, differ, gone, person, unlogged
from handlers.reconciling.requests import requester
from handlers.rules.access import OPEN
from handlers.written import Written
from storage.erasures import is_wiped
from storage.evidence.requests import Dossier, Logged
from storage.records import Listening, Pass, Recording, RequestedRecording

GIVEN, EXPIRED, HEARD = APPROVED, "access.expire", "listening.part"
ENDED = {
    "access.withdraw": "",
    "access.call_changed": "call_changed",
    "access.restored": "restored",
}  # with what is stored as the reason
CLOSED, REOPENED = "retention.close", "retention.reopen"
CODE, OPENED = "listening.code", "listening.open"
ACTIONS = frozenset({GIVEN, EXPIRED, HEARD, CLOSED, REOPENED, *ENDED, CODE, OPENED, *READ})
"""What these look at."""
UNTIL = "until when access was given"
PASSES = "one-time codes and sessions"
FACTS = "whose the calls of open requests are"
NAMED = "which calls were approved, but for their audio"


class Secret(NamedTuple):
    """A one-time code or a browser session: for which access, made when, good until when, used when."""

    kind: str
    access: str
    made: datetime
    ends: datetime
    used: datetime | None


class Part(NamedTuple):
    """A part of a recording that somebody heard, in milliseconds from its start."""

    grant: str
    recording: int
    person: int
    start: int
    end: int
    at: datetime


@dataclass(slots=True)
class Given:
    """Access as the log tells it; `until` is None where an earlier version gave it."""

    entry: Logged
    person: int | None
    until: datetime | None
    ended_at: datetime | None = None
    ended_by: int | None = None
    ended_why: str = ""


def granted(case: Dossier, written: Written | None) -> Iterator[Result]:
    """Who was given access, from when until when, and how it ended."""
    logged = _given(case)
    for row in case.grants:
        given = logged.pop(row.id, None)
        if given is None:
            yield unlogged(f"access {row.id} to request {row.matter_id}")
            continue
        if given.until is None:
            yield Gap(UNTIL)
        yield from differ(
            f"access {row.id} to request {row.matter_id}", given.entry, holder=(person(row.person_id), person(given.person)),
            begins=(row.starts_at, given.entry.at), ends=(row.ends_at, given.until or row.ends_at),
            ended=(row.ended_at, given.ended_at), ended_by=(person(row.ended_by), person(given.ended_by)),
            ended_because=(row.ended_why, given.ended_why),
        )  # fmt: skip
        if row.ended_at is None:
            falls = (case.falls.get("access.end"), given.until or row.ends_at)
            yield from differ(f"access {row.id} to request {row.matter_id}", given.entry, is_ended_by_itself=falls)
    yield from (
        gone(f"access {one} to request {case.request.id} was given", given.entry) for one, given in logged.items()
    )


def _given(case: Dossier) -> dict[str, Given]:
    """By the grant's id. Without `until` an end by itself is the one that is stored, since only that is known."""
    found: dict[str, Given] = {}
    holder = requester(case)
    ends = {row.id: row.ends_at for row in case.grants}
    for entry in case.entries:
        grant = entry.detail.get("grant", "")
        if entry.action == GIVEN:
            until = entry.detail.get("until")
            found[grant] = Given(entry, holder, datetime.fromisoformat(until) if until else None)
        elif entry.action in ENDED and grant in found:
            found[grant].ended_at, found[grant].ended_by = entry.at, entry.person
            found[grant].ended_why = ENDED[entry.action]
        elif entry.action == EXPIRED:
            found[grant].ended_at = found[grant].until or ends.get(grant)
    for entry, grant in _closed(case):
        if grant in found:
            closed = entry.action == CLOSED
            found[grant].ended_at, found[grant].ended_why = (entry.at, "erased") if closed else (None, "")
    return found


def _closed(case: Dossier) -> Iterator[tuple[Logged, str]]:
    """P12: the moment of the last of its calls ends access, and it is open again where that moment turned out to lie ahead."""
    entries = (entry for call in case.calls for entry in case.read[subject(call)] if entry.action in (CLOSED, REOPENED))
    for entry in sorted(entries, key=lambda one: one.seq):
        yield from ((entry, grant) for grant in entry.detail["grants"])


def approved(case: Dossier, written: Written | None) -> Iterator[Result]:
    """While access is open, the calls are those that were approved: what names them, their file, and their audio."""
    for grant in (one for one in case.grants if one.ended_at is None):
        entry = next((one for one in case.entries if one.action == GIVEN and one.detail["grant"] == grant.id), None)
        if entry is None:
            continue
        if "named" not in entry.detail:
            yield Gap(NAMED)
        for named in case.recordings:
            call = case.calls.get(named.recording_id)
            if (
                call
                and not is_wiped(call)
                and not _changed(named, call, grant.ends_at)
                and is_another(entry, case.read[subject(call.id)], written.salt if written else None, call)
            ):
                thing = f"access {grant.id} to request {grant.matter_id}"
                yield Finding(f"{thing}: recording {call.id} is not the call that was approved")


def asked_for(case: Dossier, written: Written | None) -> Iterator[Result]:
    """While it waits, its calls are those that were asked for: what says whose they are, and their audio where it is known."""
    entries = [one for one in case.entries if one.action in ASKED]
    if case.request.state not in OPEN or not entries:
        return
    if "facts" not in entries[0].detail:
        yield Gap(FACTS)
    calls = [one for row in case.recordings if (one := case.calls.get(row.recording_id)) and one.state == "present"]
    otherwise = altered(entries, written.salt, calls) if written else []
    for call in calls:
        if call in otherwise or not _fits(entries, case.read[subject(call.id)], call):
            yield Finding(f"request {case.request.id}: recording {call.id} is not the call that was asked for")


def _fits(entries: Sequence[Logged], read: Sequence[Logged], call: Recording) -> bool:
    """Whether its audio is known as what it was said to be, if it is known."""
    name = str(call.id)
    asked = [
        one for one in entries if one.detail.get("versions", {}).get(name) == call.version and "facts" in one.detail
    ]
    said = {digest for one in asked if (digest := one.detail["calls"].get(name))}
    said |= {one.detail["digest"] for one in read if one.detail.get("version") == call.version}
    return not asked or not call.identity or said == {call.identity}


def _changed(named: RequestedRecording, call: Recording, ends_at: datetime) -> bool:
    """Whether it is known that it became another call: it is closed then, or did so once the time was over."""
    return named.version != call.version or (named.changed_at is not None and named.changed_at >= ends_at)


def opened(case: Dossier, written: Written | None) -> Iterator[Result]:
    """One-time codes and browser sessions of a request's access."""
    logged = {one: given.until for one, given in _given(case).items()}
    yield from secrets(case.passes, case.entries, {row.id: logged.get(row.id) or row.ends_at for row in case.grants})


def secrets(passes: Sequence[Pass], entries: Sequence[Logged], ends: Mapping[str, datetime]) -> Iterator[Result]:
    """One-time codes and browser sessions; those that served their time are thrown away, so none has to be there.

    `ends` is until when each access was given.
    """
    logged, early = _secrets(entries, ends), _early(entries)
    for row in passes:
        thing, known = f"{row.kind} {row.hash[:8]} for access {row.grant_id}", logged.get(row.hash)
        if known is not None:
            used = row.used_at if ("session", row.grant_id, row.used_at) in early else known.used
            stored = Secret(row.kind, row.grant_id or "", row.made_at, row.ends_at, row.used_at)
            pairs = zip(stored, known._replace(used=used), strict=True)
            yield from differ(thing, None, **dict(zip(Secret._fields, pairs, strict=True)))
        elif (row.kind, row.grant_id, row.made_at) in early:
            yield Gap(PASSES)
        else:
            yield unlogged(thing)


def _secrets(entries: Iterable[Logged], ends: Mapping[str, datetime]) -> dict[str, Secret]:
    """By the hash: what the log says of codes and sessions."""
    found: dict[str, Secret] = {}
    for entry in entries:
        code = entry.detail.get("code", "")
        if entry.action == CODE and code:
            until = datetime.fromisoformat(entry.detail["until"])
            found[code] = Secret("code", entry.detail["grant"], entry.at, until, None)
        elif entry.action == OPENED and code:
            found[entry.detail["session"]] = Secret("session", entry.subject, entry.at, ends[entry.subject], None)
            if code in found:
                found[code] = found[code]._replace(used=entry.at)
    return found


def _early(entries: Iterable[Logged]) -> set[tuple[str, str, datetime | None]]:
    """Kind, grant and moment of what earlier versions wrote without a hash."""
    unnamed = [one for one in entries if one.action in (CODE, OPENED) and "code" not in one.detail]
    codes = {("code", one.detail["grant"], one.at) for one in unnamed if one.action == CODE}
    return codes | {("session", one.subject, one.at) for one in unnamed if one.action == OPENED}


def heard(case: Dossier, written: Written | None) -> Iterator[Result]:
    """Every part that was heard by a request's access."""
    yield from listened(case.listenings, case.entries)


def listened(listenings: Sequence[Listening], entries: Sequence[Logged]) -> Iterator[Result]:
    """Every part that was heard, and no other (P11)."""
    stored: dict[Part, list[str]] = {}
    for row in listenings:
        stored.setdefault(_stored(row), []).append(row.id)
    for entry in (one for one in entries if one.action == HEARD):
        rows = stored.get(_logged(entry))
        if rows:
            rows.pop()
        else:
            told = _logged(entry)
            yield gone(f"recording {told.recording} was heard under access {told.grant}", entry)
    yield from (unlogged(f"listening {row} under access {part.grant}") for part, rows in stored.items() for row in rows)


def _stored(row: Listening) -> Part:
    span = round(row.start * 1000), round(row.end * 1000)
    return Part(row.grant_id, row.recording_id, row.person_id, *span, row.at)


def _logged(entry: Logged) -> Part:
    told = entry.detail
    return Part(entry.subject, told["recording"], told["person"], told["from_ms"], told["to_ms"], entry.at)
