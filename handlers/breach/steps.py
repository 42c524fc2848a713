"""What those who handle a report do with it: acknowledge it, ask, note, keep and hear a call, close it (P9, P13)."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from handlers import finding, sealing
from handlers.acting import Context, Result, handler
from handlers.breach import cards, readers, showing
from handlers.breach.filing import LONGEST
from handlers.breach.readers import Today
from handlers.breach.state import DECIDER, Accusation, CallCopy, Entry, HandlerView, Hearing, Kind, Reader, Sound
from handlers.breach.vault import LASTS, Opened, Vault
from handlers.matters.asking import involved_people
from handlers.rules import Refused, access
from handlers.rules.breach import HANDLERS, destroy_at, steps_checklist

UNOPENED = "Please open and read the report before you acknowledge it."
DONE = "This report is closed. Nothing can be changed any more."


@handler("breach.read", clause="P13", about="report", private=True)
def read_report(ctx: Context, report: str, session: str) -> Result[HandlerView]:
    """Show the report, after asking the rule again; each opening is noted."""
    one = readers.open_for_reader(ctx, report, session)
    if readers.first_look(one.vault, session):
        if not seat_of(one).opened:
            seat_of(one).opened = True
            cards.queue_redraws(one, one.reader)  # which now offers to acknowledge it
        _save_step(ctx, one, "opened")
    return Result(showing.handler_view(ctx, one))


@handler("breach.acknowledge", clause="P13", about="report", private=True)
def acknowledge_report(ctx: Context, report: str, session: str) -> Result[None]:
    """Acknowledge the report on its page."""
    return _store_acknowledgement(ctx, open_to_handle(ctx, report, session))


@handler("breach.acknowledge_pressed", clause="P13", about="report", private=True)
def acknowledge_pressed(ctx: Context, report: str) -> Result[None]:
    """Acknowledge the report from its card in chat, once it was opened."""
    one = Vault(ctx).for_reader(report, ctx.me.id)
    if one is None or seat_of(one).role == DECIDER:
        raise Refused(readers.NONE, clause="P13", code="no_report")
    if not seat_of(one).opened:
        raise Refused(UNOPENED, clause="P13", code="unopened")
    return _store_acknowledgement(ctx, one)


@handler("breach.ask", clause="P13", about="report", private=True)
def ask_reporter(ctx: Context, report: str, session: str, typed: str) -> Result[None]:
    """Write to the reporter, who reads it with the receipt; one who gave a name gets a message."""
    one, words = open_to_handle(ctx, report, session), require_words(typed)
    late = one.known.overdue(ctx.now)
    one.known.answered_on = one.known.answered_on or ctx.policy.company_day(ctx.now)
    _save_step(ctx, one, "question", words, cards.office_words(ctx, seat_of(one)))
    if late:
        cards.queue_redraws(one)
    cards.tell_reporter(ctx, one)
    return Result(None)


@handler("breach.note", clause="P13", about="report", private=True)
def write_note(ctx: Context, report: str, session: str, typed: str) -> Result[None]:
    """Write a note for those who handle the report."""
    _save_step(ctx, open_to_handle(ctx, report, session), "note", require_words(typed))
    return Result(None)


@handler("breach.accuse", clause="P13", about="report", private=True)
def accuse_person(ctx: Context, report: str, session: str, person: str, typed: str) -> Result[None]:
    """Name a person as accused: they lose sight at once, and the log says if they had opened the report.

    If that removes a handler, the fallback comes in.
    """
    one, words = open_to_handle(ctx, report, session), require_words(typed)
    [who] = finding.check_colleagues(ctx, [person], "person")
    accused = readers.find_would_be_readers(ctx, [who])
    if one.reader not in accused and accused.isdisjoint(readers.find_would_be_readers(ctx, one.known.out)):
        handlers = {one.person for one in one.known.handlers} | {ctx.policy.held(name).holder for name in HANDLERS}
        one.known.let_in = one.known.let_in or not accused.isdisjoint(handlers)
    one.known.accusations.append(Accusation(person=who, by=one.reader))
    saw = any(each.person in accused and each.opened for each in one.known.handlers)
    opened = " They had already opened it." if saw else ""
    entry = Entry(kind="accused", by=str(one.reader), at=ctx.now.isoformat(), words=f"{words}{opened}", about=str(who))
    one.save(entry, narrowed=True)
    readers.seat_readers(ctx, one)
    return Result(None)


@handler("breach.step", clause="P13", about="report", private=True)
def take_step(ctx: Context, report: str, session: str, number: int, *, done: bool) -> Result[None]:
    """Tick a step of the Code of Conduct's process, or take the tick back."""
    one = open_to_handle(ctx, report, session)
    steps = steps_checklist(ctx.policy, one.known.steps)
    if not 1 <= number <= len(steps):
        raise Refused("That step is no longer there. Please reload the page.", clause="P13")
    text, taken = steps[number - 1]
    if done == taken:
        return Result(None)
    if done:
        one.known.steps[text] = one.reader
    else:
        del one.known.steps[text]
    _save_step(ctx, one, "step", text, "done" if done else "not done")
    return Result(None)


@handler("breach.gather", clause="P13", about="report", private=True)
def gather_calls(ctx: Context, report: str, session: str, typed: str) -> Result[None]:
    """Add the calls that these words find, with who listened to them and by whose approval. The words are not kept."""
    one = open_to_handle(ctx, report, session)
    calls = showing.calls_found_by(showing.context_of_reader(ctx, one.reader), require_words(typed))
    one.known.calls = list(dict.fromkeys([*one.known.calls, *calls]))
    _save_step(ctx, one, "gathered", about=" ".join(map(str, calls)))
    return Result(None)


@handler("breach.outcome", clause="P13", about="report", private=True)
def write_outcome(ctx: Context, report: str, session: str, reference: str, typed: str) -> Result[None]:
    """Write down the outcome, with the reference of the process."""
    one = open_to_handle(ctx, report, session)
    one.known.reference, one.known.outcome = require_words(reference, "reference"), require_words(typed)
    one.known.agreed = []  # to what was agreed before it said something else
    _save_step(ctx, one, "outcome", one.known.outcome, one.known.reference)
    return Result(None)


@handler("breach.close", clause="P13", about="report", private=True)
def close_report(ctx: Context, report: str, session: str, typed: str) -> Result[None]:
    """Agree to closing the report, with the words for its reporter; it closes once all handlers agree, or the Manager does."""
    one = open_to_handle(ctx, report, session)
    if not one.known.outcome:
        raise Refused("Please write down the outcome first, with the reference of the process.", clause="P13")
    words = require_words(typed)
    if words != one.known.told:
        one.known.told, one.known.agreed = words, []
    one.known.agreed = list(dict.fromkeys([*one.known.agreed, one.reader]))
    if one.known.may_be_closed:
        _close_report(ctx, one)
        return Result(None)
    _save_step(ctx, one, "agreed", words)
    for other in one.known.handlers:
        if other.person not in one.known.agreed:
            cards.queue_message(ctx, one, other.person, "agree")
    return Result(None)


def seat_of(one: Opened) -> Reader:
    """Return the entry among the report's readers of the person who opened it."""
    return next(reader for reader in one.known.readers if reader.person == one.reader)


def require_words(typed: str, field: str = "words") -> str:
    """Return typed words trimmed; raises `Refused` at the field if they are empty or too long."""
    words = typed.strip()
    if not words:
        raise Refused.at({field: "Please fill this in."}, clause="P13")
    if len(words) > LONGEST:
        raise Refused.at({field: f"This has {len(words):,} characters; the limit is {LONGEST:,}. Please shorten it."})
    return words


def open_to_handle(ctx: Context, report: str, session: str) -> Opened:
    """Open the report for one of its handlers; raises `Refused` for a person who only decides about a hearing, and once it is closed."""
    one = readers.open_for_reader(ctx, report, session)
    if seat_of(one).role == DECIDER:
        raise Refused(readers.NONE, clause="P13", code="no_report")
    if not one.known.open:
        raise Refused(DONE, clause="P13", code="closed")
    return one


def _store_acknowledgement(ctx: Context, one: Opened) -> Result[None]:
    """Note the acknowledgement and tell the reporter; nothing happens if someone has acknowledged it."""
    if one.known.acknowledged_by or not one.known.open:
        return Result(None)
    one.known.acknowledged_by = one.reader
    _save_step(ctx, one, "acknowledged", about=cards.office_words(ctx, seat_of(one)))
    cards.queue_redraws(one)
    cards.tell_reporter(ctx, one, "read")
    return Result(None)


def _close_report(ctx: Context, one: Opened) -> None:
    """Close the report, set when it is destroyed, and tell the reporter."""
    day = ctx.policy.company_day(ctx.now)
    one.known.closed_on, one.known.destroy_at = day, destroy_at(ctx.policy, day)
    _save_step(ctx, one, "closed", one.known.told, cards.office_words(ctx, seat_of(one)))
    cards.queue_redraws(one)
    cards.tell_reporter(ctx, one)


def _save_step(ctx: Context, one: Opened, kind: Kind, told: str = "", about: str = "") -> None:
    """Save the report, with an entry of its log on what its reader has just done."""
    one.save(Entry(kind=kind, by=str(one.reader), at=ctx.now.isoformat(), words=told, about=about))


NOBODY = "No one can decide at the moment whether this call may be heard. Please ask the policy’s owner to name someone who can."
UNFINISHED = "This copy is incomplete. Please keep the audio again."


@dataclass(frozen=True, slots=True)
class AudibleCopy:
    """A copy that a person may hear now: of which call, its bytes, and its seconds, or 0 if they aren't known."""

    person: int
    recording: int
    size: int
    media_type: str
    seconds: float


@handler("breach.keep", clause="P13", about="report", private=True)
def begin_copy(ctx: Context, report: str, session: str, recording_id: int) -> Result[str]:
    """Begin a copy of a call's audio; return its name.

    Nothing marks the call, and the original is erased at its time (P12). A copy that was never finished makes room for
    it.
    """
    one = open_to_handle(ctx, report, session)
    recording = ctx.store.recordings.get(recording_id)
    if recording is None or recording_id not in one.known.calls:
        raise Refused("I don’t know this call. Please find it first.", clause="P13")
    if recording.state not in ("present", "out_of_scope") or recording.closed(ctx.now):
        raise Refused("This call’s time is up, so its audio can no longer be kept.", clause="P12")
    _forget_unfinished(one, recording.id)
    copy = CallCopy(
        name=sealing.new_id("A"), recording=recording.id, words=showing.call_text(ctx, recording), seconds=recording.seconds,
        operators=sorted(showing.were_on_any([recording])),
    )  # fmt: skip
    one.known.audio.append(copy)
    one.save()
    return Result(copy.name)


@handler("breach.keeping", clause="P13", about="report", private=True)
def add_piece(ctx: Context, report: str, session: str, name: str, part: int, data: bytes) -> Result[None]:
    """Store a piece of a copy, sealed with the report's key; the same piece sent again is stored once."""
    one = open_to_handle(ctx, report, session)
    if _require_copy(one, name).parts:
        raise Refused("This copy is already complete.", clause="P13")
    one.vault.keep_audio(one, name, part, data)
    return Result(None)


@handler("breach.kept", clause="P13", about="report", private=True)
def finish_copy(
    ctx: Context, report: str, session: str, name: str, recording: int, parts: int, size: int, media_type: str
) -> Result[None]:
    """Mark a copy as whole, of so many pieces (`parts`) and bytes (`size`); raises `Refused` if one of its pieces never
    came.
    """
    one = open_to_handle(ctx, report, session)
    copy = _require_copy(one, name)
    if copy.parts:
        return Result(None)
    if parts < 1 or one.vault.rows.pieces(one.id, copy.name) != list(range(parts)):
        raise Refused(UNFINISHED, clause="P13", code="unfinished")
    copy.parts, copy.size, copy.media_type = parts, size, media_type
    _save_step(ctx, one, "audio_kept", copy.words, copy.name)
    return Result(None)


@handler("breach.ask_to_hear", clause="P13", about="report", private=True)
def ask_to_hear(ctx: Context, report: str, session: str, name: str) -> Result[None]:
    """P9: ask the person who decides investigations and isn't out; never the asker, nor anyone who was on the call."""
    one = open_to_handle(ctx, report, session)
    copy = _require_copy(one, name, whole=True)
    mine = [asked for asked in one.known.hearings if (asked.name, asked.by) == (copy.name, one.reader)]
    if any(asked.state == "asked" for asked in mine) or one.known.granted(copy.name, one.reader, ctx.now):
        return Result(None)
    asked = Hearing(name=copy.name, recording=copy.recording, by=one.reader, decider=0)
    asked.decider = access.who_decides(_hearing_case(ctx, one, asked))
    if not asked.decider:
        raise Refused(NOBODY, clause="P9", code="nobody_decides")
    one.known.hearings.append(asked)
    _save_step(ctx, one, "asked_to_hear", copy.words, str(asked.decider))
    readers.seat_readers(ctx, one)
    cards.queue_message(ctx, one, asked.decider, "hearing")
    return Result(None)


@handler("breach.decide_hearing", clause="P13", about="report", private=True)
def decide_hearing(ctx: Context, report: str, session: str, name: str, asker: int, *, allowed: bool) -> Result[None]:
    """Decide whether the asker may hear the call, for as long as any access lasts."""
    one = readers.open_for_reader(ctx, report, session)
    wanted = (name, asker, one.reader, "asked")
    mine = (each for each in one.known.hearings if (each.name, each.by, each.decider, each.state) == wanted)
    asked = next(mine, None)
    if asked is None or access.who_decides(_hearing_case(ctx, one, asked), one.reader) != one.reader:
        raise Refused("This has already been decided, or it isn’t yours to decide.", clause="P9", code="decided")
    asked.state = "granted" if allowed else "refused"
    asked.until = ctx.now + timedelta(days=ctx.policy.access.default_days) if allowed else None
    _save_step(ctx, one, "may_hear" if allowed else "may_not_hear", about=asked.name)
    cards.queue_redraws(one, one.reader)
    cards.queue_message(ctx, one, asked.by, "decided")
    readers.seat_readers(ctx, one)
    return Result(None)


def ask_again(ctx: Context, one: Opened, today: Today) -> None:
    """P9: ask another person about a hearing if its decider may not decide any more.

    The question is dropped when the report closes or the asker stops handling it.
    """
    before = one.known.hearings
    handlers = {reader.person for reader in one.known.handlers} if one.known.open else set[int]()
    one.known.hearings = [each for each in before if each.state != "asked" or each.by in handlers]
    asked = [each for each in one.known.hearings if each.state == "asked"]
    now = [(each, access.who_decides(_hearing_case(ctx, one, each, today), each.decider)) for each in asked]
    moved = [(each, who) for each, who in now if who not in (0, each.decider)]
    for each, who in moved:
        each.decider = who
    if moved or len(before) != len(one.known.hearings):
        one.save()
        readers.seat_readers(ctx, one, today)
    for _, who in moved:
        cards.queue_message(ctx, one, who, "hearing")


@handler("breach.hear", clause="P13", about="report", private=True)
def hear_copy(ctx: Context, report: str, session: str, name: str, part: int) -> Result[Sound]:
    """Return a piece of the copy to a person who may hear it; each hearing is noted, wherever it begins."""
    one = readers.open_for_reader(ctx, report, session)
    copy = _require_copy(one, name, whole=True)
    if not one.known.granted(copy.name, one.reader, ctx.now):
        raise Refused("You have no access to this call. Please ask to hear it first.", clause="P9", code="not_granted")
    if part == 0 or not _hearing_noted_lately(ctx, one, copy):
        _save_step(ctx, one, "heard", copy.words, copy.name)
    return Result(Sound(one.vault.audio(one, copy.name, part), copy.size, copy.media_type))


def may_hear(ctx: Context, report: str, session: str, name: str) -> AudibleCopy:
    """Return the copy if this session may hear it; raises `Refused`.

    It is asked all the time while the call plays, so it doesn't extend the session.
    """
    reader = readers.find_reader(ctx, report, session)
    one = Vault(ctx).for_reader(report, reader) if reader else None
    copy = one.known.copy_named(name) if one else None
    if not (reader and one and copy and copy.parts and one.known.granted(name, reader, ctx.now)):
        raise Refused(readers.NONE, clause="P9", code="not_granted")
    return AudibleCopy(reader, copy.recording, copy.size, copy.media_type, copy.seconds)


def _hearing_noted_lately(ctx: Context, one: Opened, copy: CallCopy) -> bool:
    """Return True if this reader's hearing of the copy is in the log already, within the last hour."""
    mine = (
        datetime.fromisoformat(entry.at)
        for entry in one.known.log
        if (entry.kind, entry.by, entry.about) == ("heard", str(one.reader), copy.name)
    )
    return any(timedelta(0) <= ctx.now - at <= LASTS for at in mine)


def _hearing_case(ctx: Context, one: Opened, asked: Hearing, today: Today | None = None) -> access.HearingCircumstances:
    """Return a hearing as the rules see it; the copy and the register say who was on the call (P9)."""
    case, copy = readers.find_circumstances(ctx, one.known, today), _require_copy(one, asked.name)
    was_on = showing.were_on_any(ctx.store.recordings.all_of([copy.recording])).union(copy.operators)
    involved = replace(involved_people(ctx.store, askers=[asked.by], operators=was_on), concerned=case.out)
    return access.HearingCircumstances(policy=case.policy, today=case.today, involved=involved).without(case.not_there)


def _forget_unfinished(one: Opened, recording: int) -> None:
    """Forget unfinished copies of a call; raises `Refused` if a finished one exists."""
    copies = [copy for copy in one.known.audio if copy.recording == recording]
    if any(copy.parts for copy in copies):
        raise Refused("The audio of this call is already kept.", clause="P13", code="kept_already")
    for copy in copies:
        one.vault.rows.forget_audio(one.id, copy.name)
        one.known.audio.remove(copy)


def _require_copy(one: Opened, name: str, *, whole: bool = False) -> CallCopy:
    """Return the copy with this name; raises `Refused` if there is none, or if it must be `whole` and isn't."""
    copy = one.known.copy_named(name)
    if copy is None:
        raise Refused(readers.NONE, clause="P13", code="no_copy")
    if whole and not copy.parts:
        raise Refused(UNFINISHED, clause="P13", code="unfinished")
    return copy
