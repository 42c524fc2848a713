"""The way from a closed call to its certificate: nothing is called erased on a mere OK (P12)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from handlers import phrases, telling
from handlers.acting import Context, Effect, Result, handler
from handlers.cards import Facts, Line, Page, Part, Sign, Small, When, Words
from handlers.door import Repeated
from handlers.matters.asking import redraw_matters
from handlers.policy import RoleName
from handlers.retention import closing, guard
from handlers.rules import Refused
from handlers.rules.notices import next_working_morning
from storage.erasures import AGAIN, CAME_BACK, CONTINUED, KNOWN_AGAIN
from storage.pauses import GoingCall
from storage.recordings import erased_name, is_displaced
from storage.records import Recording
from storage.tables.calls import Erasure, ErasurePause
from storage.tables.reviews import PolicyText


@dataclass(frozen=True, slots=True)
class DueErasure:
    """A call that may be deleted now: where it is, its stamp, its size (bytes), its start and moment (aware).

    `audio` is the SHA-256 of the audio when the recorder was last asked. `gone`: the recorder no longer shows it.
    `returned`: it came back after erasure, or lost its own name. `known_again`: it was erased before and has no
    certificate here.
    """

    erasure: str
    recording: int
    native_id: str
    stamp: str
    size: int
    started: datetime
    audio: str
    gone: bool
    erase_at: datetime | None = None
    known_again: bool = False
    returned: bool = False


Trouble = Literal["unavailable", "held", "retained", "changed", "left", "absent"]
"""Why an erasure is not done: the system did not answer, keeps it, keeps all for some time, shows another call or none, or something was found."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What a certificate rests on. `answered` is the second of the recorder's answer (aware), the hashes are keyed."""

    answered: datetime
    how: str
    unseen: str
    native_hash: str
    audio_hash: str
    size_hash: str = ""


FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(minutes=15)
UNDER_WAY = timedelta(minutes=2)
"""How long other replicas leave an erasure alone that one replica has taken."""
DAILY = timedelta(days=1)
OVER = ("erased", "vanished")
VANISHED = "A call that I was due to erase was no longer in the recording system ({named}). I don’t know where its audio is, so there is no certificate. Please ask the administrator of the recording system. If there are more today, they are in the audit log."
WENT_AGAIN = "A call that I had erased came back to the recording system, and disappeared before I could erase it again ({named}). Its certificate is still true. Please find out who put it there, and whether they have a copy. If there are more today, they are in the audit log."
ANSWER: tuple[RoleName, ...] = ("head_of_customer_success", "manager_human_resources", "team_leader")
"""Who answers for erasure, and so may see what it rests on."""
ELSEWHERE = "Any copy kept for an investigation isn’t listed here."
WHY = {
    "retention": "Its time was up: recordings are kept for {months} months.",
    "declined": "The caller declined to be recorded.",
    "known_again": "It had been erased before, and was recognised by the journal or by its audio.",
    "came_back": "It had been erased before, and came back to the recording system.",
}
BEGAN = {"declined": "Its erasure began", "came_back": "Found again", "known_again": "Recognised"}
"""Label of the moment at which an erasure began, for calls that no one could hear before it either."""


@handler("retention.take", clause="P12")
def take_erasures(ctx: Context, erasures: tuple[str, ...]) -> Result[tuple[DueErasure, ...]]:
    """P12: lease these erasures to one replica; if it dies, another takes them after two minutes."""
    taken: list[DueErasure] = []
    for erasure, one in _still_due(ctx, erasures):
        if erasure.next_at > ctx.now:
            continue
        erasure.next_at = ctx.now + UNDER_WAY
        taken.append(_due_erasure(erasure, one))
    return Result(tuple(taken), quiet=True)


def _due_erasure(erasure: Erasure, one: Recording) -> DueErasure:
    """Return an erasure as the worker that deletes needs it."""
    gone = one.state == "gone" or one.native_id == erased_name(one)
    call = one.native_id, one.stamp, one.size, one.started, erasure.audio_hash, gone, one.erase_at
    returned = erasure.why == CAME_BACK or is_displaced(one)
    return DueErasure(erasure.id, one.id, *call, erasure.why == KNOWN_AGAIN, returned=returned)


@handler("retention.ask", clause="P12")
def ask_guard(ctx: Context, erasures: tuple[str, ...]) -> Result[frozenset[str]]:
    """P12: check once more what keeps these calls, and ask the guard again; return the ids of erasures that may go on."""
    unsafe = guard.judge_erasures(ctx.store, ctx.policy, ctx.now, ctx.keys.log_seal, erasures).erasures
    due = list(_still_due(ctx, [one for one in erasures if one not in unsafe]))
    decided = [GoingCall(one.id, one.moment, pause=one.pause) for one, _ in due if one.pause]
    changed = guard.altered_erasures(ctx.store, ctx.keys.log_seal, decided)
    asked = [erasure.id for erasure, _ in due if erasure.id not in changed]
    return Result(frozenset(asked), detail={"erasures": asked}, quiet=not asked)


@handler("retention.send", clause="P12", about="erasure_id")
def send_delete(ctx: Context, erasure_id: str, audio: str) -> Result[bool]:
    """P12: check a last time what keeps a call, in the transaction before the delete is sent; a hold wins until then."""
    for erasure, _ in _still_due(ctx, (erasure_id,)):
        erasure.state, erasure.asked_at, erasure.audio_hash = "asked", ctx.now, audio
        return Result(True)
    return Result(False, quiet=True)


def _still_due(ctx: Context, erasures: Iterable[str]) -> Iterator[tuple[Erasure, Recording]]:
    """Yield those of these erasures that may go on now, with their calls: not done, and neither kept nor paused."""
    for erasure_id in erasures:
        erasure = ctx.store.row(Erasure, erasure_id)
        one = ctx.store.recordings.get(erasure.recording_id) if erasure else None
        if erasure is None or one is None or erasure.state in OVER or not _goes_now(ctx, erasure, one):
            continue
        if not (ctx.store.erasures.kept([one.id], ctx.now) or _is_paused(ctx, erasure)):
            yield erasure, one


def _goes_now(ctx: Context, erasure: Erasure, one: Recording) -> bool:
    """Return True if the audio's time has come, whatever keeps or pauses it. That is so too for a call that is gone
    after the recorder was asked; the store finds due erasures in the same way.
    """
    return one.closed(ctx.now) or (one.state == "gone" and bool(erasure.audio_hash))


@handler("retention.fail", clause="P12", about="erasure_id")
def note_failure(
    ctx: Context, erasure_id: str, trouble: Trouble, left: int = 0, until: datetime | None = None
) -> Result[None]:
    """P12: try again after twice as long each time, up to a quarter of an hour; at most a day if it is known to take longer.

    `left` is how many pieces the second look found; `until` is when the recorder may release it (aware).
    """
    erasure, _ = _load_under_way(ctx, erasure_id)
    erasure.tries += 1
    erasure.trouble = trouble
    soon = ctx.now + min(FIRST_WAIT * 2.0 ** min(erasure.tries - 1, 10), LONGEST_WAIT)
    # The recording system may release it before its day, so it is asked daily all the same.
    erasure.next_at = max(soon, min(until, ctx.now + DAILY)) if until else soon
    return Result(None, detail={"trouble": trouble, "left": left, "tries": erasure.tries})


@handler("retention.stay", clause="P12", about="erasure_id")
def undo_asking(ctx: Context, erasure_id: str) -> Result[None]:
    """P12: note that the request to delete a call never reached the recorder, so that it can be made again."""
    erasure, _ = _load_under_way(ctx, erasure_id)
    erasure.state, erasure.asked_at, erasure.audio_hash = "closed", None, ""
    return Result(None)


@handler("retention.certify", clause="P12", about="erasure_id")
def certify_erased(ctx: Context, erasure_id: str, proof: Proof) -> Result[None]:
    """P12: certify that the audio is gone; only what the certificate needs is kept."""
    erasure, one = _load_under_way(ctx, erasure_id)
    erasure.state, erasure.erased_at, erasure.answered_at = "erased", ctx.now, proof.answered
    erasure.how, erasure.unseen, erasure.trouble = proof.how, proof.unseen, ""
    erasure.native_hash, erasure.audio_hash, erasure.size_hash = proof.native_hash, proof.audio_hash, proof.size_hash
    detail = {
        "recording": one.id, "why": erasure.why, "moment": erasure.moment.isoformat(),
        "closed": erasure.closed_at.isoformat(), "answered": proof.answered.isoformat(), "tries": erasure.tries + 1,
        "native": proof.native_hash, "audio": proof.audio_hash, "size": proof.size_hash, "policy_text": erasure.policy_text,
        **({"pause": erasure.pause} if erasure.pause else {}),
    }  # fmt: skip
    forgotten = _wipe_call(ctx, one, "erased")
    return Result(None, forgotten, detail=detail)


@handler("retention.vanish", clause="P12", about="erasure_id")
def note_vanished(ctx: Context, erasure_id: str) -> Result[None]:
    """P12: note a call that vanished without a certificate, and tell the Head once a day.

    If it was erased before, that certificate remains.
    """
    erasure, one = _load_under_way(ctx, erasure_id)
    erasure.state, erasure.vanished_at = "vanished", ctx.now
    again = erasure.why == CAME_BACK
    told = (*_tell_of_vanished(ctx, one, again=again), *_wipe_call(ctx, one, "erased" if again else "gone"))
    return Result(None, told, detail={"recording": one.id})


def _tell_of_vanished(ctx: Context, one: Recording, *, again: bool) -> tuple[Effect, ...]:
    """Tell the Head of a vanished call, once a day; `again` says that it had been erased before."""
    words, day = WENT_AGAIN if again else VANISHED, ctx.policy.company_day(ctx.now)
    key = f"again:{day}" if again else day
    return telling.tell_head(ctx, words.format(named=telling.name_calls(ctx, [one])), f"vanished:{key}")


def _wipe_call(ctx: Context, one: Recording, state: str) -> tuple[Effect, ...]:
    """Wipe the caller's data, and redraw cards that name the call."""
    matters = closing.matters_naming(ctx, one)
    ctx.store.erasures.wipe(one, state)
    ctx.store.declines.forget(one.id)
    return redraw_matters(ctx, matters)


@handler("retention.late", clause="P12")
def warn_of_late(ctx: Context, name: str = "") -> Result[None]:
    """P12: tell the Head of erasures later than the policy allows, and each working morning while it lasts.

    `name` is the deadline's key, which the clock passes; here it is always empty.
    """
    allowed = timedelta(minutes=ctx.policy.retention.most_minutes_late)
    since = ctx.now - allowed
    if not (number := sum(ctx.store.erasures.late(since, ctx.now).values())):
        return Result(None, quiet=True)
    ctx.store.deadlines.set("retention.late", name, next_working_morning(ctx.policy, ctx.now))
    words = (
        f"{phrases.quantity_words(number, 'call')} should have been erased by now, but the recording system still has the audio."
        f" No one can hear it, and I’m still trying. Please have the recording system checked."
    )
    return Result(None, telling.tell_head(ctx, words, f"late:{ctx.now:%Y%m%d%H%M}"), detail={"number": number})


def _is_paused(ctx: Context, erasure: Erasure) -> bool:
    """Return True if its pause is waiting for Continue; never for a call that was erased before."""
    pause = (
        ctx.store.matters.of_kind(ErasurePause, erasure.pause) if erasure.pause and erasure.why not in AGAIN else None
    )
    return pause is not None and pause.state != CONTINUED


def _load_under_way(ctx: Context, erasure_id: str) -> tuple[Erasure, Recording]:
    """Return an erasure that is under way, and its call.

    Raises `Repeated` if it is over, `LookupError` if there is none.
    """
    erasure = ctx.store.row(Erasure, erasure_id)
    one = ctx.store.recordings.get(erasure.recording_id) if erasure else None
    if erasure is None or one is None:
        raise LookupError(erasure_id)
    if erasure.state in OVER:
        raise Repeated(erasure_id)
    return erasure, one


def certificate_page(ctx: Context, erasure_id: str) -> Page:
    """Return the certificate, for the people who answer for erasure; raises `Refused` for others, and if there is none."""
    erasure = ctx.store.row(Erasure, erasure_id)
    one = ctx.store.recordings.get(erasure.recording_id) if erasure else None
    if erasure is None or one is None or not answers_for_erasure(ctx):
        raise Refused("I can’t find this certificate.", clause="P12", code="unknown")
    if erasure.erased_at is None:
        raise Refused("This call isn’t erased yet, so there is no certificate.", clause="P12", code="not_erased")
    return Page("Certificate of erasure", _certificate_parts(ctx, erasure, one))


def answers_for_erasure(ctx: Context) -> bool:
    """Return True if the current person answers for erasure."""
    return any(ctx.me.id in ctx.policy.held(name).people for name in ANSWER)


def _certificate_parts(ctx: Context, erasure: Erasure, one: Recording) -> tuple[Part, ...]:
    """Return what a certificate says: the call, when and how it was erased, and what can't be checked."""
    return (
        Line(f"The audio of call {one.id} is erased for good.", Sign.APPROVED),
        Facts(_certificate_facts(ctx, erasure, one)),
        Line(WHY[erasure.why].format(months=ctx.policy.retention.months)),
        Line(f"How: {erasure.how}"),
        Line(f"What I can’t check: {erasure.unseen}"),
        *(Line(f"The policy’s text by its SHA-256: {text.digest}") for text in _policy_text(ctx, erasure)),
        Line(ELSEWHERE),
        Small(f"{erasure.id} · P12 · name {erasure.native_hash[:16]} · audio {erasure.audio_hash[:16] or 'not read'}"),
    )


def _certificate_facts(ctx: Context, erasure: Erasure, one: Recording) -> tuple[tuple[str, Words], ...]:
    """Return a certificate's facts: the call, and each moment from its time to the second look."""
    line, zone = phrases.line_words(one.line, ctx.policy)
    moments = (
        ("Its time was up", erasure.moment),
        (BEGAN.get(erasure.why, "Locked"), erasure.closed_at),
        ("The recording system answered", erasure.answered_at), ("The same, in UTC", erasure.answered_at),
        ("A second look found nothing", erasure.erased_at),
    )  # fmt: skip
    policy = f"text {erasure.policy_text} of its policy" if erasure.policy_text else "the policy in force"
    return (
        ("Call", When(one.started, zone, ctx.now)), ("Line", line), ("With", one.operator_name),
        *((name, _moment_fact(name, at, zone, ctx)) for name, at in moments if at is not None),
        ("By", f"{ctx.policy.company.name}, {policy}"),
    )  # fmt: skip


def _moment_fact(name: str, at: datetime, zone: str, ctx: Context) -> Words:
    """Return a certificate's time. The recorder's answer is also given to the second in UTC, which no platform shows."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if name == "The same, in UTC" else When(at, zone, ctx.now)


def _policy_text(ctx: Context, erasure: Erasure) -> list[PolicyText]:
    """Return the text of the policy by which the call was erased, if one was kept; empty or one text."""
    return [one for one in (ctx.store.row(PolicyText, erasure.policy_text or 0),) if one is not None]
