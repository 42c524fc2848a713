"""What a customer's session may have of the calls of its link, what the page says of them, and what goes on record (P8, P11)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from handlers.acting import Act, Done
from handlers.customers.links import given_by, redrawn, session_mark, standing, turn_out
from handlers.handling import handler
from handlers.ids import MANY, new_id
from handlers.policy import Policy
from handlers.rules.phone import written
from handlers.rules.refusal import Refused
from handlers.words import days_left, length_words, line_words, moment_words, size_words
from storage.records import Recording
from storage.tables.customers import CustomerLink, CustomerListening, CustomerRequest, CustomerSession

State = Literal["there", "erased", "missing"]
MISSED = 1.0  # seconds of a call that need not have been heard for all of it to count as heard
NO_SESSION = "This page is open no longer. Open the link in our e-mail again, and type in the passcode."
ENDED = (
    "Your link is over, so nothing can be heard or downloaded with it any more. Please phone us if you still need it."
)
NOT_YOURS = "This call is not one of those that you were sent."
LISTEN_ONLY = "There is no such page."
WHY = {
    "erased": "We no longer keep the recording of this call.",
    "missing": "The recording of this call is no longer there. Please phone us.",
}
"""Why a call can't be had."""
ENDINGS = {"audio/wav": "wav", "audio/mpeg": "mp3", "audio/ogg": "ogg", "audio/flac": "flac", "audio/mp4": "m4a"}
"""How a file's name ends, by its media type."""


@dataclass(frozen=True, slots=True)
class Called:
    """One call of a link, and whether it can be had now."""

    recording: Recording
    state: State


@dataclass(frozen=True, slots=True)
class Serving:
    """What a session may have at `now`."""

    link: CustomerLink
    request: CustomerRequest
    session: CustomerSession
    calls: tuple[Called, ...]
    now: datetime

    @property
    def may_keep(self) -> bool:
        """Whether the calls may be downloaded, and not only heard."""
        return self.link.gives == "copy"

    @property
    def there(self) -> list[Recording]:
        """The calls that can be had."""
        return [one.recording for one in self.calls if one.state == "there"]

    def recording(self, number: int) -> Recording:
        """One of the calls; raises `Refused` for any other, as if there were none, and for one that can't be had."""
        for one in self.calls:
            if one.recording.id == number:
                if one.state != "there":
                    raise Refused(WHY[one.state], clause="P12", code=one.state)
                return one.recording
        raise Refused(NOT_YOURS, clause="P8", code="not_released")


@dataclass(frozen=True, slots=True)
class CallView:
    """One call as its customer reads of it. `file` is the name under which it is given; `why` says why it can't be had.

    `facts` are pairs of label and value.
    """

    id: int
    when: str
    facts: tuple[tuple[str, str], ...]
    seconds: float
    size: int
    file: str
    why: str = ""

    @property
    def kind(self) -> str:
        """The kind of file, such as “WAV”."""
        return self.file.rpartition(".")[2].upper()

    @property
    def weight(self) -> str:
        """How large the file is, in words."""
        return size_words(self.size)


@dataclass(frozen=True, slots=True)
class CopyView:
    """The page of a link. `complain` and `ring` are pairs of a line and what is told for it; `until` is a moment in words."""

    link: str
    until: str
    left: str
    may_keep: bool
    calls: tuple[CallView, ...]
    complain: tuple[tuple[str, str], ...]
    ring: tuple[tuple[str, str], ...]
    privacy: str

    @property
    def there(self) -> list[CallView]:
        """The calls that can be had."""
        return [one for one in self.calls if not one.why]

    @property
    def weight(self) -> str:
        """How large all files are together, in words."""
        return size_words(sum(one.size for one in self.there))


def serve(act: Act, link_id: str, secret: str) -> Serving:
    """What a session may have now. Raises `Refused`: for whoever has none, and where the link or its request is over."""
    store, link = act.store, act.store.customers.link(link_id) if secret else None
    found = store.customers.session_of(session_mark(act, link, secret)) if link else None
    if found is None or link is None:
        raise Refused(NO_SESSION, clause="P8", code="no_session")
    request = standing(act, link)
    if request is None:
        raise Refused(ENDED, clause="P8", code="ended")
    if not found.made_at <= act.now < found.ends_at:
        raise Refused(NO_SESSION, clause="P8", code="session_over")
    named, kept = store.customers.recordings(request.id), store.erasures.copies_kept(request.id, act.now)
    calls = (Called(one, _state(one, closed=one.closed(act.now) and one.id not in kept)) for one in named)
    return Serving(link, request, found, tuple(calls), act.now)


def serve_as_released(act: Act, link_id: str, secret: str) -> Serving:
    """The same, asked with each request: raises `Refused` also where a row was changed by hand since the customer was let in."""
    serving = serve(act, link_id, secret)
    calls = {(table, str(one.recording.id)) for one in serving.calls for table in ("recordings", "keeps")}
    if act.store.not_as_left(act.keys.log_seal, given_by(serving.link) | calls):
        raise Refused(ENDED, clause="P8", code="not_as_released")
    return serving


def viewed(serving: Serving, policy: Policy) -> CopyView:
    """What stands on the page; moments are told in the zone of the line that was called."""
    calls, ends_at = [one.recording for one in serving.calls], serving.link.ends_at
    lines = list(dict.fromkeys(one.line for one in calls))
    zone = line_words(lines[0], policy)[1]
    return CopyView(
        serving.link.id, moment_words(ends_at, zone, None), days_left(ends_at, serving.now), serving.may_keep,
        tuple(_call(one, policy, number if len(calls) > 1 else 0) for number, one in enumerate(serving.calls, 1)),
        tuple((line_words(one, policy)[0], policy.customers.complain[one]) for one in lines if one in policy.customers.complain),
        numbers(policy, lines), policy.company.privacy,
    )  # fmt: skip


def numbers(policy: Policy, lines: Iterable[str] = ()) -> tuple[tuple[str, str], ...]:
    """Where a customer rings: these lines as far as the policy has them, else all; pairs of label and number as it is written."""
    known = [one for one in lines if policy.line(one)] or list(policy.lines)
    return tuple((line_words(one, policy)[0], written(one)) for one in known)


@handler("customer.played", clause="P11", about="link")
def played(act: Act, link: str, session: str, recording_id: int, start: float, end: float) -> Done[None]:
    """P11: audio leaves the house under this session, whatever comes of it."""
    serving = serve(act, link, session)
    recording = serving.recording(recording_id)
    _put(act, serving, recording, "played", start, end)
    span = {"from_ms": round(start * 1000), "to_ms": round(end * 1000)}
    return Done(None, subject=serving.request.id, detail={"link": serving.link.id, "recording": recording.id, **span})


@handler("customer.downloaded", clause="P11", about="link")
def downloaded(
    act: Act, link: str, session: str, recordings: tuple[int, ...], start: float = 0.0, end: float | None = None
) -> Done[None]:
    """P8, P11: a copy leaves the house; of what may only be heard there is none."""
    serving = serve(act, link, session)
    if not serving.may_keep:
        raise Refused(LISTEN_ONLY, clause="P8", code="listen_only")
    calls = [serving.recording(one) for one in recordings]
    for one in calls:
        _put(act, serving, one, "downloaded", start, one.seconds if end is None else end)
    lengths = {"lengths_ms": {str(one.id): round(one.seconds * 1000) for one in calls}}
    span = lengths if end is None else {"from_ms": round(start * 1000), "to_ms": round(end * 1000)}
    detail = {"link": serving.link.id, "recordings": [one.id for one in calls], **span}
    return Done(None, subject=serving.request.id, detail=detail)


@handler("customer.heard", clause="P8", about="link_id")
def heard_to_end(act: Act, link_id: str, session: str, recording_id: int) -> Done[None]:
    """P8, P12: once all of the link's calls were downloaded, or heard to their ends, nothing has to stay for it any longer."""
    serving = serve(act, link_id, session)
    recording, link = serving.recording(recording_id), serving.link
    kind = "downloaded" if serving.may_keep else "played"
    had = [one for one in act.store.customers.listenings_of(link.id) if one.kind == kind]
    mine = [one for one in had if one.recording_id == recording.id]
    if any(one.whole for one in mine) or not covers(((one.start, one.end) for one in mine), recording.seconds):
        return Done(None, quiet=True)
    mine[-1].whole = True
    whole = {one.recording_id for one in had if one.whole}
    everything = all(one.id in whole for one in serving.there)
    first = everything and link.fetched_at is None
    link.fetched_at = act.now if first else link.fetched_at
    detail = {"link": link.id, "recording": recording.id, "kind": kind, "all": everything}
    return Done(None, redrawn(act, link) if first else (), subject=serving.request.id, detail=detail)


@handler("customer.leave_page", clause="P8", about="link")
def leave_page(act: Act, link: str, session: str) -> Done[None]:
    """P8: the next one at this screen finds nothing."""
    serving = serve(act, link, session)
    turn_out(act, [serving.session])
    return Done(None, subject=serving.request.id, detail={"link": serving.link.id, "session": serving.session.hash})


def covers(parts: Iterable[tuple[float, float]], seconds: float) -> bool:
    """Whether these parts are all of a call of so many seconds, but for what nobody would miss."""
    return sum(_gaps(sorted(parts), seconds)) <= MISSED


def _gaps(parts: list[tuple[float, float]], seconds: float) -> Iterator[float]:
    at = 0.0
    for start, end in parts:
        yield max(0.0, start - at)
        at = max(at, end)
    yield max(0.0, seconds - at)


def _state(recording: Recording, *, closed: bool) -> State:
    if recording.state not in ("present", "closed", "erased"):
        return "missing"
    return "erased" if closed or recording.state == "erased" else "there"


def _put(act: Act, serving: Serving, recording: Recording, kind: str, start: float, end: float) -> None:
    row = CustomerListening(
        id=new_id("CH", MANY), link_id=serving.link.id, matter_id=serving.request.id, recording_id=recording.id, kind=kind,
        start=start, end=end, at=act.now,
    )  # fmt: skip
    act.store.customers.put(row)


def _call(called: Called, policy: Policy, number: int) -> CallView:
    recording = called.recording
    line, zone = line_words(recording.line, policy)
    outgoing = recording.direction == "outgoing"
    facts = (
        ("Call", "From us to you" if outgoing else "From you to us"), ("Line", line), ("Length", length_words(recording.seconds)),
        ("Made by" if outgoing else "Answered by", _answered(recording, policy)),
    )  # fmt: skip
    return CallView(
        recording.id, moment_words(recording.started, zone, None), facts, recording.seconds, recording.size,
        _file(recording, zone, number), WHY.get(called.state, ""),
    )  # fmt: skip


def _answered(recording: Recording, policy: Policy) -> str:
    where = policy.departments[recording.department].label
    return f"One of our staff, {where}"


def _file(recording: Recording, zone: str, number: int) -> str:
    """A name that tells when, and nothing of who."""
    at = recording.started.astimezone(ZoneInfo(zone))
    name = f"call-{number}-" if number else "call-"
    return f"{name}{at:%Y-%m-%d-%H%M}.{ENDINGS.get(recording.media_type, 'audio')}"
