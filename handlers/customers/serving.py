"""The customer's page: which calls a session may hear, what the page says of them, and what is recorded (P8, P11)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from zoneinfo import ZoneInfo

from handlers import phrases, sealing
from handlers.acting import Context, Effect, Result, handler
from handlers.customers.links import redraw_request, request_in_force, rows_behind_link, session_mark
from handlers.policy import Policy
from handlers.rules import Refused, phone
from storage import customers, erasures
from storage.records import Listening, Recording
from storage.tables.calls import Keep
from storage.tables.customers import CustomerLetter

MISSED = 1.0  # seconds of a call that need not have been heard for all of it to count as heard
NO_SESSION = "This page has closed. Open the link in our e-mail again, and type in the passcode."
ENDED = "Your link has expired. Please phone us if you still need your calls."
NOT_YOURS = "This is not one of the calls we sent you."
LISTEN_ONLY = "There is no such page."
WHY = {
    "erased": "We no longer keep the recording of this call.",
    "locked": "We haven’t decided yet whether we can send this call. Please phone us.",
    "missing": "The recording of this call is no longer there. Please phone us.",
}
"""Why a call can't be had."""
ENDINGS = {"audio/wav": "wav", "audio/mpeg": "mp3", "audio/ogg": "ogg", "audio/flac": "flac", "audio/mp4": "m4a"}
"""How a file's name ends, by its media type."""


@dataclass(frozen=True, slots=True)
class Serving:
    """What a session may have at `now`. `calls` say of each why it can't be had, by a key of `WHY`, or nothing."""

    link: CustomerLetter
    calls: tuple[tuple[Recording, str], ...]
    now: datetime

    @property
    def may_keep(self) -> bool:
        """True if the calls may be downloaded as well as heard."""
        return self.link.gives == "copy"

    @property
    def there(self) -> list[Recording]:
        """The calls that can be had."""
        return [one for one, why in self.calls if not why]

    def recording(self, number: int) -> Recording:
        """Return one of the calls; raises `Refused` if it can't be had, and for any other call as if it didn't exist."""
        for one, why in self.calls:
            if one.id == number and why:
                raise Refused(WHY[why], clause="P12", code=why)
            if one.id == number:
                return one
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
        return phrases.size_words(self.size)


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


def serve_session(ctx: Context, link_id: str, secret: str) -> Serving:
    """Return what a session may have now. Raises `Refused` without a session, or if the link or its request has ended."""
    store, letter = ctx.store, ctx.store.row(CustomerLetter, link_id) if secret else None
    if letter is None or not compare_digest(letter.session, session_mark(ctx, letter, secret)):
        raise Refused(NO_SESSION, clause="P8", code="no_session")
    request, until = request_in_force(ctx, letter), letter.session_ends_at
    if request is None:
        raise Refused(ENDED, clause="P8", code="ended")
    # One that lasts longer than any was begun by a clock that was ahead.
    if until is None or not ctx.now < until <= ctx.now + customers.LONGEST_SESSION:
        raise Refused(NO_SESSION, clause="P8", code="session_over")
    named, by_copy = store.recordings.of_request(request.id), (Keep.matter_id == request.id, Keep.why == erasures.COPY)
    kept = store.erasures.kept((one.id for one in named if one.closed(ctx.now)), ctx.now, *by_copy)
    calls = ((one, _why_not(one, closed=one.closed(ctx.now) and one.id not in kept)) for one in named)
    return Serving(letter, tuple(calls), ctx.now)


def serve_as_released(ctx: Context, link_id: str, secret: str) -> Serving:
    """Return what the session may have, checked on each request. Raises `Refused` also if a row was changed by hand."""
    serving = serve_session(ctx, link_id, secret)
    calls = {(table, str(one.id)) for one, _ in serving.calls for table in ("recordings", "keeps")}
    if ctx.store.changed_since_written(ctx.keys.log_seal, rows_behind_link(serving.link) | calls):
        raise Refused(ENDED, clause="P8", code="not_as_released")
    return serving


def copy_view(serving: Serving, policy: Policy) -> CopyView:
    """Return the page of a link; times are told in the zone of the line that was called."""
    ends_at = serving.link.ends_at
    lines = list(dict.fromkeys(one.line for one, _ in serving.calls))
    several = len(serving.calls) > 1
    return CopyView(
        serving.link.id, phrases.moment_words(ends_at, phrases.line_words(lines[0], policy)[1], None), phrases.time_left_words(ends_at, serving.now), serving.may_keep,
        tuple(_call_view(one, policy, number if several else 0, why) for number, (one, why) in enumerate(serving.calls, 1)),
        tuple((phrases.line_words(one, policy)[0], policy.customers.complain[one]) for one in lines if one in policy.customers.complain),
        phone_numbers(policy, lines), policy.company.privacy,
    )  # fmt: skip


def phone_numbers(policy: Policy, lines: Iterable[str] = ()) -> tuple[tuple[str, str], ...]:
    """Return where a customer phones, as pairs of label and number: these lines if the policy has them, else all."""
    known = [one for one in lines if policy.line(one)] or list(policy.lines)
    return tuple((phrases.line_words(one, policy)[0], phone.written_number(one)) for one in known)


@handler("customer.played", clause="P11", about="link")
def note_played(ctx: Context, link: str, session: str, recording_id: int, start: float, end: float) -> Result[None]:
    """P11: log that audio was sent to this session, whether or not it was heard; `start` and `end` are seconds into the
    call.
    """
    serving = serve_session(ctx, link, session)
    recording = serving.recording(recording_id)
    effects = _store_listening(ctx, serving, [recording], "played", start, end)
    span = {"from_ms": round(start * 1000), "to_ms": round(end * 1000)}
    detail = {"link": serving.link.id, "recording": recording.id, **span}
    return Result(None, effects, serving.link.matter_id, detail)


@handler("customer.downloaded", clause="P11", about="link")
def note_downloaded(
    ctx: Context, link: str, session: str, recordings: tuple[int, ...], start: float = 0.0, end: float | None = None
) -> Result[None]:
    """P8, P11: log a download, from `start` to `end` in seconds or whole if there is no end. Raises `Refused` if the
    calls may only be heard.
    """
    serving = serve_session(ctx, link, session)
    if not serving.may_keep:
        raise Refused(LISTEN_ONLY, clause="P8", code="listen_only")
    calls = [serving.recording(one) for one in recordings]
    effects = _store_listening(ctx, serving, calls, "downloaded", start, end)
    lengths = {"lengths_ms": {str(one.id): round(one.seconds * 1000) for one in calls}}
    span = lengths if end is None else {"from_ms": round(start * 1000), "to_ms": round(end * 1000)}
    detail = {"link": serving.link.id, "recordings": [one.id for one in calls], **span}
    return Result(None, effects, serving.link.matter_id, detail)


@handler("customer.heard", clause="P8", about="link_id")
def heard_to_end(ctx: Context, link_id: str, session: str, recording_id: int) -> Result[None]:
    """P8, P12: note that a call was downloaded whole, or heard to its end. Once all calls were, the request no longer
    keeps them.
    """
    serving = serve_session(ctx, link_id, session)
    recording, link = serving.recording(recording_id), serving.link
    kind = "downloaded" if serving.may_keep else "played"
    _, listenings = ctx.store.customers.correspondence(link.matter_id)
    obtained = [one for one in listenings if (one.letter_id, one.kind) == (link.id, kind)]
    mine = [one for one in obtained if one.recording_id == recording.id]
    if any(one.whole for one in mine) or not covers_call(((one.start, one.end) for one in mine), recording.seconds):
        return Result(None, quiet=True)
    mine[-1].whole = True
    whole = {one.recording_id for one in obtained if one.whole}
    everything = all(one.id in whole for one in serving.there)
    complete_now = everything and link.fetched_at is None
    link.fetched_at = ctx.now if complete_now else link.fetched_at
    detail = {"link": link.id, "recording": recording.id, "kind": kind, "all": everything}
    return Result(None, redraw_request(ctx, link) if complete_now else (), subject=link.matter_id, detail=detail)


@handler("customer.leave_page", clause="P8", about="link")
def leave_page(ctx: Context, link: str, session: str) -> Result[None]:
    """P8: end the session, so that the next person at this screen finds nothing."""
    letter = serve_session(ctx, link, session).link
    letter.session_ends_at = None
    return Result(None, subject=letter.matter_id, detail={"link": letter.id, "session": letter.session})


def covers_call(parts: Iterable[tuple[float, float]], seconds: float) -> bool:
    """Return True if these parts cover a call of so many seconds, except for gaps too short to miss."""
    at = missed = 0.0
    for start, end in (*sorted(parts), (seconds, seconds)):
        missed += max(0.0, start - at)
        at = max(at, end)
    return missed <= MISSED


def _why_not(recording: Recording, *, closed: bool) -> str:
    """Return why a call can't be had, by a key of `WHY`; empty if it can."""
    if recording.state not in ("present", "closed", "erased"):
        return "locked" if recording.state == "declined" else "missing"
    return "erased" if closed or recording.state == "erased" else ""


def _store_listening(
    ctx: Context, serving: Serving, calls: Iterable[Recording], kind: str, start: float, end: float | None
) -> tuple[Effect, ...]:
    """Record a listening, to the call's end by default, and redraw the card the first time."""
    link = serving.link
    _, listenings = ctx.store.customers.correspondence(link.matter_id)
    for one in calls:
        row = Listening(
            id=sealing.new_id("CH", sealing.MANY), letter_id=link.id, matter_id=link.matter_id, recording_id=one.id, kind=kind, start=start,
            end=one.seconds if end is None else end, at=ctx.now,
        )  # fmt: skip
        ctx.store.insert(row)
    return () if any(one.letter_id == link.id for one in listenings) else redraw_request(ctx, link)


def _call_view(recording: Recording, policy: Policy, number: int, why: str) -> CallView:
    """Return a call as the customer sees it; `number` is its place among several calls, or 0."""
    line, zone = phrases.line_words(recording.line, policy)
    outgoing = recording.direction == "outgoing"
    facts = (
        ("Call", "From us to you" if outgoing else "From you to us"), ("Line", line), ("Length", phrases.length_words(recording.seconds)),
        ("Made by" if outgoing else "Answered by", f"One of our staff, {policy.departments[recording.department].label}"),
    )  # fmt: skip
    # A name that tells when, and nothing of who.
    at, place = recording.started.astimezone(ZoneInfo(zone)), f"{number}-" if number else ""
    file = f"call-{place}{at:%Y-%m-%d-%H%M}.{ENDINGS.get(recording.media_type, 'audio')}"
    when = phrases.moment_words(recording.started, zone, None)
    return CallView(recording.id, when, facts, recording.seconds, recording.size, file, WHY.get(why, ""))
