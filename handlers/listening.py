"""Hearing a call: a one-time code, a browser session, what the page shows, and a record of every part heard (P7, P11)."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from handlers import phrases, sealing
from handlers.acting import Context, Result, handler
from handlers.cards import Actions, Button, Line, Page, When
from handlers.room import Hands, Room
from handlers.rules import Refused, phone
from handlers.rules import access as rule
from storage.records import Grant, Listening, Matter, Pass, Recording, Request
from storage.tables.calls import Keep
from storage.tables.reviews import CallReview

PassState = Literal["open", "over", "unknown"]
SPENT = "This link has already been used, or is more than a minute old. Press Listen again."
NOT_OURS = "Someone changed this access in the database by hand, so I won’t open it. Ask the Head of Customer Success to have the log checked."
GIVEN_BY = ("matters", "requested_recordings", "parties")
"""The tables by whose rows it was decided who may hear what."""
LAST_WORDS = timedelta(seconds=15)  # what was heard just before access ended may still be told
SHORTEST = 0.05  # seconds: less is a pause, not a part
CLOSED = "This page is no longer open to you. Press Listen again."


@dataclass(frozen=True, slots=True)
class ListeningSession:
    """A browser session that may hear a grant's calls; `secret` goes into a cookie and is stored as a keyed mark."""

    grant: str
    secret: str


@dataclass(frozen=True, slots=True)
class HeardReply:
    """Until when the page of this person may go on; `refusal` says that it may not, though what was heard is on record."""

    person: int
    until: datetime
    refusal: Refused | None = None


@dataclass(frozen=True, slots=True)
class Hearing:
    """What a session may hear now; `kept` are calls whose moment has come, and that are kept for this request alone (P12)."""

    grant: Grant
    matter: Matter
    recordings: list[Recording]
    now: datetime
    kept: frozenset[int] = frozenset()

    def recording(self, recording_id: int) -> Recording:
        """Return one of the grant's recordings; any other is refused as if it didn't exist."""
        for recording in self.recordings:
            if recording.id == recording_id and recording.state != "out_of_scope":
                if not self.allows(recording):
                    raise rule.refusal_of_closed(recording.state)
                return recording
        raise Refused("You have no access to this call.", clause="P7", code="not_granted")

    def ends_at(self, *calls: Recording) -> datetime:
        """Return until when (aware) any of these calls, or of all calls, may be heard.
        A call ends with the access or at its own moment, whichever comes first (P12).
        """
        until, counted = self.grant.ends_at, calls or self.recordings
        ends = (None if one.id in self.kept else one.erase_at for one in counted if self.allows(one))
        return max((min(one or until, until) for one in ends), default=until)

    def allows(self, recording: Recording) -> bool:
        """Return True if a call is there, and its moment has not come, or it is kept for this request."""
        return recording.state != "gone" and (not recording.closed(self.now) or recording.id in self.kept)


@handler("listening.code", clause="P7", about="request")
def make_listen_code(ctx: Context, request: str) -> Result[str]:
    """P7: return a code for the grant's holder, valid for one use within a minute."""
    grant = ctx.store.grants.of(request)
    if grant is None:
        raise Refused("You have no access to these calls.", clause="P7", code="no_grant")
    _require_open(ctx, grant, holder=grant.person_id == ctx.who.person_id)
    code = f"{grant.id}.{sealing.new_secret()}"
    ends_at = min(ctx.now + timedelta(seconds=ctx.policy.access.code_seconds), grant.ends_at)
    mark = ctx.keys.mark_of_pass("code", code)
    ctx.store.insert(Pass(kind="code", hash=mark, grant_id=grant.id, made_at=ctx.now, ends_at=ends_at))
    return Result(code, detail={"grant": grant.id, "code": mark, "until": ends_at.isoformat()})


@handler("listening.open", clause="P7")
def exchange_code(ctx: Context, code: str) -> Result[ListeningSession]:
    """P7: exchange a code for a session. It lasts as long as the grant, which is checked on every request."""
    code_pass, grant = _redeem_code(ctx, code)
    if ctx.store.not_vouched(ctx.keys.log_seal, _rows_of_grant(grant)):
        raise Refused(NOT_OURS, clause="P7", code="not_as_approved")
    code_pass.used_at, secret = ctx.now, sealing.new_secret()
    mark = ctx.keys.mark_of_pass("session", secret, grant.id)
    ctx.store.insert(Pass(kind="session", hash=mark, grant_id=grant.id, made_at=ctx.now, ends_at=grant.ends_at))
    detail = {"person": grant.person_id, "request": grant.matter_id, "code": code_pass.hash, "session": mark}
    return Result(ListeningSession(grant.id, secret), subject=grant.id, detail=detail)


@handler("listening.part", clause="P11", about="grant_id")
def note_heard(
    ctx: Context, grant_id: str, session: str, recording_id: int, since: float, until: float
) -> Result[HeardReply]:
    """P11: log who heard which part, when, and by which request, even the last seconds before access ended. `since` and
    `until` are seconds into the call.
    """
    hearing = _hearing_of_session(ctx, grant_id, session)
    # What was heard just before its moment may still be told.
    recording, grant = replace(hearing, now=ctx.now - LAST_WORDS).recording(recording_id), hearing.grant
    closed = None if hearing.allows(recording) else rule.refusal_of_closed(recording.state)
    reply = HeardReply(grant.person_id, hearing.ends_at(), _late_refusal(ctx, grant) or closed)
    start, end = max(0.0, since), min(until, recording.seconds + 1)
    if end - start < SHORTEST:
        return Result(reply, quiet=True)
    listening = Listening(
        id=sealing.new_id("L", sealing.MANY), matter_id=grant.matter_id, grant_id=grant.id, recording_id=recording.id, person_id=grant.person_id, start=start, end=end, at=ctx.now,
    )  # fmt: skip
    ctx.store.insert(listening)
    detail = {"person": grant.person_id, "request": grant.matter_id, "recording": recording.id}
    return Result(reply, detail={**detail, "from_ms": round(start * 1000), "to_ms": round(end * 1000)})


@handler("listening.audio", clause="P11", about="grant_id")
def note_served(ctx: Context, grant_id: str, session: str, recording_id: int, start: float, end: float) -> Result[None]:
    """P11: log that audio was sent to this session, whatever its page reports later; `start` and `end` are seconds into
    the call.
    """
    hearing = open_hearing(ctx, grant_id, session)
    recording, grant = hearing.recording(recording_id), hearing.grant
    detail = {"person": grant.person_id, "request": grant.matter_id, "recording": recording.id}
    return Result(None, detail={**detail, "from_ms": round(start * 1000), "to_ms": round(end * 1000)})


def code_state(ctx: Context, code: str) -> PassState:
    """Return the state of a one-time code without writing anything."""
    try:
        _redeem_code(ctx, code)
    except Refused as refused:
        return "unknown" if refused.code == "code_unknown" else "over"
    return "open"


def session_state(ctx: Context, grant_id: str, session: str) -> PassState:
    """Return the state of a session; it counts as open while it may still report what was heard."""
    try:
        _late_refusal(ctx, _hearing_of_session(ctx, grant_id, session).grant)
    except Refused as refused:
        return "unknown" if refused.code == "no_session" else "over"
    return "open"


def open_hearing(ctx: Context, grant_id: str, session: str) -> Hearing:
    """Return what a session may hear at this moment; raises `Refused` when access was withdrawn or has ended."""
    hearing = _hearing_of_session(ctx, grant_id, session)
    _require_open_grant(ctx, hearing.grant)
    return hearing


def open_unaltered_hearing(ctx: Context, grant_id: str, session: str) -> Hearing:
    """Return what may be heard, checked before audio is sent. Raises `Refused` also if a row was changed by hand."""
    hearing = open_hearing(ctx, grant_id, session)
    given = _rows_of_grant(hearing.grant) | {
        (one, str(call.id)) for call in hearing.recordings for one in ("recordings", "keeps")
    }
    if ctx.store.changed_since_written(ctx.keys.log_seal, given):
        raise Refused(NOT_OURS, clause="P7", code="not_as_approved")
    return hearing


def _rows_of_grant(grant: Grant) -> set[tuple[str, str]]:
    """Return the rows by which a grant was given."""
    return {("grants", grant.id), *((one, grant.matter_id) for one in GIVEN_BY)}


def _redeem_code(ctx: Context, code: str) -> tuple[Pass, Grant]:
    """Return an unspent code within its minute, and its grant; raises `Refused`.
    A code from the future is refused too: the clock was put back, and the minute may be long over.
    """
    code_pass = ctx.store.row(Pass, ctx.keys.mark_of_pass("code", code))
    grant = ctx.store.row(Grant, code.partition(".")[0]) if code_pass else None
    if code_pass is None or grant is None or code_pass.grant_id != grant.id:
        raise Refused(SPENT, clause="P7", code="code_unknown")
    if not code_pass.opens(ctx.now):
        raise Refused(SPENT, clause="P7", code="code_spent")
    _require_open_grant(ctx, grant)
    return code_pass, grant


def _late_refusal(ctx: Context, grant: Grant) -> Refused | None:
    """Return why a grant may not be heard any more, or None; raises it once it is too late to report earlier listening."""
    try:
        _require_open_grant(ctx, grant)
    except Refused as refused:
        if ctx.now - (grant.ended_at or grant.ends_at) > LAST_WORDS:
            raise
        return refused
    return None


def _require_open_grant(ctx: Context, grant: Grant) -> None:
    """Raise `Refused` unless the grant is open and its holder may act."""
    _require_open(ctx, grant, holder=ctx.store.people.get(grant.person_id).standing == "member")


def _require_open(ctx: Context, grant: Grant, *, holder: bool) -> None:
    """Raise `Refused` if the grant isn't open; the sentence gives times in the holder's zone.
    `holder` is False if someone else asks, or the holder may not act.
    """
    if grant.ended_why in ("erased", "gone"):
        raise rule.refusal_of_closed(grant.ended_why)
    zone = ctx.store.people.get(grant.person_id).zone
    when = f"on {phrases.moment_words(grant.ended_at or grant.ends_at, zone, ctx.now)}"
    rule.check_grant(ctx.now, grant.ends_at, grant.ended_at, holder=holder, when=when, why=grant.ended_why)


def _hearing_of_session(ctx: Context, grant_id: str, session: str) -> Hearing:
    """Return what a session may hear, even if its access has ended; raises `Refused` for an unknown session."""
    store = ctx.store
    session_pass = store.row(Pass, ctx.keys.mark_of_pass("session", session, grant_id)) if session else None
    grant = store.row(Grant, grant_id) if session_pass is not None and session_pass.grant_id == grant_id else None
    matter = store.matters.get(grant.matter_id) if grant is not None else None
    if grant is None or matter is None:
        raise Refused(CLOSED, clause="P7", code="no_session")
    recordings = store.recordings.of_request(grant.matter_id)
    past = [one.id for one in recordings if one.closed(ctx.now)]
    kept = store.erasures.kept(past, ctx.now, Keep.matter_id == matter.id)
    # P5: audio that is kept for a call whose customer declined can't be heard by anyone.
    return Hearing(grant, matter, recordings, ctx.now, frozenset(kept - store.declines.shut(kept)))


def player_page(code: str, public_url: str) -> Page:
    """Return the small dialog with the link to the player; the code stands in the fragment, which no server sees."""
    button = Button("open", "Open the player", "open", "primary", url=f"{public_url}/listen#{code}")
    return Page(
        "Listen",
        (Line("The player opens in your browser. Open the link within a minute; it works once."), Actions((button,))),
    )


ROOM = Room(
    "listening",
    buttons={"listen": Hands(make_listen_code, player_page, "Listen")},
)  # fmt: skip


RANDOM_DRAW = "Random draw"
"""What the page names instead of an approver where a draw gave access (P10)."""


def describe_page(ctx: Context, grant_id: str, session: str) -> dict[str, object]:
    """Return what the listening page shows: who may hear which calls, why, by whose approval, until when (ISO, UTC).

    Moments and lengths are also told in words, as on the card; in the zone in which the chat shows them to this person.
    """
    hearing = open_unaltered_hearing(ctx, grant_id, session)
    grant, matter = hearing.grant, hearing.matter
    giver = (matter.decided_by if isinstance(matter, Request) else None) or grant.person_id
    people = ctx.store.people.named({grant.person_id, giver})
    me, drawn = people[grant.person_id], isinstance(matter, CallReview)
    return {
        "person": me.name, "request": matter.id,
        "reason": phrases.reason_words(ctx.policy, matter) if isinstance(matter, Request) else phrases.AT_RANDOM if drawn else "",
        "until": hearing.ends_at().isoformat(), "until_told": phrases.moment_words(hearing.ends_at(), me.zone, ctx.now),
        "now": ctx.now.isoformat(), "erased": hearing.ends_at() < grant.ends_at,
        "approved_by": RANDOM_DRAW if drawn else people[giver].name,
        "approved_told": phrases.moment_words(grant.starts_at, me.zone, ctx.now),
        "recordings": [_describe_call(ctx, one, me.zone, hearing) for one in hearing.recordings if hearing.allows(one)],
    }  # fmt: skip


def _describe_call(ctx: Context, recording: Recording, zone: str, hearing: Hearing) -> dict[str, object]:
    """Return one call for the listening page, in words for a reader in this zone (IANA)."""
    line, line_zone = phrases.line_words(recording.line, ctx.policy)
    until = hearing.ends_at(recording)
    return {
        "id": str(recording.id), "started_told": phrases.moment_and_notes(When(recording.started, line_zone, ctx.now), zone),
        "line": line, "direction": recording.direction, "caller": phone.mask_number(recording.caller) if recording.caller else None,
        "operator": recording.operator_name, "crm": recording.crm, "media_type": recording.media_type,
        "until_told": phrases.moment_words(until, zone, ctx.now) if until < hearing.ends_at() else "",
        "seconds": recording.seconds, "length": phrases.length_words(recording.seconds),
        "department": ctx.policy.departments[recording.department].label,
    }  # fmt: skip
