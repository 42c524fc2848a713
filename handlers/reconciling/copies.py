"""What a customer was given, as the log tells it: links, the browsers that they let in, and all that was had by them (P8, P11)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from handlers.reconciling.answering import (
    ASTRAY,
    BOUNCED,
    LET_IN,
    OVER,
    RELEASED,
    RESTORED,
    WITHDRAWN,
    reopens,
)
from handlers.reconciling.findings import Gap, Result, differ, gone, unlogged
from storage.customers import LONGEST_SESSION
from storage.evidence.customers import CustomerFile
from storage.evidence.requests import Logged
from storage.tables.customers import ALIVE, CustomerLink, CustomerListening, CustomerSession

PASSCODE, LEFT, WHOLE = "customer.passcode", "customer.leave_page", "customer.heard"
HAD = {"customer.played": "played", "customer.downloaded": "downloaded"}
ACTIONS = frozenset({RELEASED, LET_IN, WITHDRAWN, PASSCODE, LEFT, WHOLE, *HAD})
"""What this looks at, beside the entries by which a request is opened again."""
CODES = "the codes of customers’ links"
LENGTHS = "how much of a call a customer downloaded"


class Had(NamedTuple):
    """A part of a call, in milliseconds from its start; up to None where an earlier version did not say."""

    recording: int
    kind: str
    at: datetime
    start: int
    end: int | None


@dataclass(slots=True)
class Session:
    """A browser that was let in; it goes on while somebody looks at the page, and ends at `ends` at the latest."""

    made: datetime
    ends: datetime


@dataclass(slots=True)
class Link:
    """A link as the log tells it."""

    entry: Logged
    ends: datetime
    gives: str
    code: str | None
    state: str = "live"
    passcodes: int = 0
    tries: int = 0
    opened: datetime | None = None
    fetched: datetime | None = None
    sessions: dict[str, Session] = field(default_factory=dict)
    had: list[tuple[Logged, Had]] = field(default_factory=list)
    whole: set[tuple[int, str]] = field(default_factory=set)

    def turn_out(self, at: datetime) -> None:
        """Everybody whom it let in."""
        self._out(self.sessions, at)

    def end(self, state: str, at: datetime) -> None:
        """It is over, unless it was before."""
        if self.state in ALIVE:
            self.state = state
            self.turn_out(at)

    def take(self, one: Logged) -> None:
        """An entry that is about this link alone."""
        told = one.detail
        if one.action == PASSCODE:
            self.state, self.passcodes, self.tries = "live", self.passcodes + 1, 0
            self.turn_out(one.at)
        elif one.action == LET_IN:
            self._let_in(one) if told["fits"] else self._kept_out(one)
        elif one.action == LEFT and "session" in told:
            self._out([told["session"]], one.at)
        elif one.action == WHOLE:
            self.whole.add((told["recording"], told["kind"]))
            self.fetched = self.fetched or (one.at if told["all"] else None)
        else:
            self.had += ((one, part) for part in (_parts(one) if one.action in HAD else ()))

    def _let_in(self, one: Logged) -> None:
        self.opened = self.opened or one.at
        self._out(one.detail.get("out", ()), one.at)
        self.sessions[one.detail["session"]] = Session(one.at, min(one.at + LONGEST_SESSION, self.ends))

    def _kept_out(self, one: Logged) -> None:
        self.tries = one.detail["tries"]
        if one.detail["locked"]:
            self.end("locked", one.at)

    def _out(self, names: Iterable[str], at: datetime) -> None:
        for one in names:
            session = self.sessions[one]
            session.ends = min(session.ends, at)


def compared(found: CustomerFile) -> Iterator[Result]:
    """Every link with whom it let in and what was had by it, and no other."""
    told = _told(found.entries)
    left = dict(told)
    for row in found.links:
        known = left.pop(row.id, None)
        if known is None:
            yield unlogged(f"link {row.id} of customer’s request {row.matter_id}")
            continue
        yield from _link(row, known)
        yield from _sessions([one for one in found.sessions if one.link_id == row.id], known)
        yield from _listenings(row, [one for one in found.listenings if one.link_id == row.id], known)
    for name, one in left.items():
        yield gone(f"link {name} of customer’s request {found.request.id} was made", one.entry)


def _told(entries: Iterable[Logged]) -> dict[str, Link]:
    """By its id: what the entries about a link add up to."""
    links: dict[str, Link] = {}
    for one in entries:
        if one.action == RELEASED and "link" in one.detail:
            _end(links.values(), "ended", one.at)
            links[one.detail["link"]] = _made(one)
        elif reopens(one):
            _end(links.values(), {BOUNCED: "bounced", ASTRAY: "wrong_address"}.get(one.action, "ended"), one.at)
        elif "until" in one.detail:
            links[one.detail["link"]].ends = datetime.fromisoformat(one.detail["until"])
        elif one.action in (OVER, RESTORED):
            _end((links[name] for name in one.detail.get("links", ())), "ended", one.at)
        elif one.action == WITHDRAWN:
            _withdrawn((links[name] for name in one.detail.get("links", ())), one.at)
        elif one.detail.get("link") in links:
            links[one.detail["link"]].take(one)
    return links


def _made(one: Logged) -> Link:
    return Link(one, datetime.fromisoformat(one.detail["until"]), one.detail["gives"], one.detail.get("code"))


def _end(links: Iterable[Link], state: str, at: datetime) -> None:
    for one in links:
        one.end(state, at)


def _withdrawn(links: Iterable[Link], at: datetime) -> None:
    for one in links:
        one.end("withdrawn", at)
        one.ends = min(one.ends, at)


def _link(row: CustomerLink, told: Link) -> Iterator[Result]:
    yield from differ(
        f"link {row.id} of customer’s request {row.matter_id}", told.entry, made=(row.made_at, told.entry.at), ends=(row.ends_at, told.ends),
        gives=(row.gives, told.gives), code=(row.code[:8], row.code[:8] if told.code in (None, row.code) else told.code[:8]),
    )  # fmt: skip
    yield from differ(
        f"link {row.id} of customer’s request {row.matter_id}", None, state=(row.state, told.state), passcodes=(row.passcodes, told.passcodes),
        tries=(row.tries, told.tries), opened=(row.opened_at, told.opened), fetched=(row.fetched_at, told.fetched),
    )  # fmt: skip
    if told.code is None:
        yield Gap(CODES)


def _sessions(rows: Iterable[CustomerSession], told: Link) -> Iterator[Result]:
    """Those whose time is over are thrown away, so none has to be there; none goes on for longer than it may."""
    for row in rows:
        thing, known = f"session {row.hash[:8]} by link {row.link_id}", told.sessions.get(row.hash)
        if known is None:
            yield unlogged(thing)
        else:
            yield from differ(
                thing, None, made=(row.made_at, known.made), ends=(max(row.ends_at, known.ends), known.ends)
            )


def _listenings(link: CustomerLink, rows: Iterable[CustomerListening], told: Link) -> Iterator[Result]:
    """Every part that was had, and no other (P11); and of which calls all was."""
    stored: dict[Had, list[CustomerListening]] = {}
    whole: list[tuple[int, str]] = []
    for row in rows:
        yield from differ(f"listening {row.id} by link {link.id}", None, request=(row.matter_id, link.matter_id))
        stored.setdefault(_stored(row), []).append(row)
        whole += [(row.recording_id, row.kind)] if row.whole else []
    for entry, part in told.had:
        yield from (Gap(LENGTHS),) if part.end is None else ()
        if (found := _as_told(stored, part)) is None:
            yield gone(f"recording {part.recording} was {part.kind} by link {link.id}", entry)
        elif len(stored[found]) == 1:
            del stored[found]
        else:
            stored[found].pop()
    yield from (unlogged(f"listening {row.id} by link {link.id}") for left in stored.values() for row in left)
    yield from differ(f"link {link.id}", None, had_whole=(_calls(whole), _calls(told.whole)))


def _calls(had: Iterable[tuple[int, str]]) -> str:
    return ", ".join(f"recording {call} {kind}" for call, kind in sorted(had))


def _as_told(stored: Iterable[Had], part: Had) -> Had | None:
    if part.end is not None:
        return part if part in stored else None
    return next((one for one in stored if one._replace(end=None) == part), None)


def _stored(row: CustomerListening) -> Had:
    return Had(row.recording_id, row.kind, row.at, round(row.start * 1000), round(row.end * 1000))


def _parts(one: Logged) -> Iterator[Had]:
    """A part of one call; or all of each, whose lengths earlier versions did not say."""
    told, kind = one.detail, HAD[one.action]
    if "from_ms" in told:
        calls = told["recordings"] if kind == "downloaded" else [told["recording"]]
        yield from (Had(call, kind, one.at, told["from_ms"], told["to_ms"]) for call in calls)
        return
    lengths = told.get("lengths_ms", {})
    yield from (Had(call, kind, one.at, 0, lengths.get(str(call))) for call in told["recordings"])
