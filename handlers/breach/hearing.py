"""Keeping the audio of a call for a report, and hearing it: all of it stands in the report, nothing at the call (P9, P13)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from handlers.acting import Act, Done
from handlers.breach import messages
from handlers.breach.handling import handled
from handlers.breach.known import Hearing, Kept, Noted, Sound
from handlers.breach.readers import NONE, Present, circumstances, reader, reading, seat
from handlers.breach.showing import were_on_any, words_of
from handlers.breach.vault import LASTS, Opened, Vault
from handlers.handling import handler
from handlers.ids import new_id
from handlers.matters.case import involved
from handlers.rules.deciders import HearingCircumstances, decider
from handlers.rules.refusal import Refused

NOBODY = "No one is there who may decide whether this call is heard. Please turn to the person the policy names last."
UNFINISHED = "This copy is not whole. Please keep the audio once more."


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy that a person may hear now: of which call, its bytes, and its seconds; 0 where nobody knows them."""

    person: int
    recording: int
    size: int
    media_type: str
    seconds: float


@handler("breach.keep", clause="P13", about="report", private=True)
def keep(act: Act, report: str, session: str, recording_id: int) -> Done[str]:
    """A copy begins: nothing marks the call or its recorder, and the original goes at its moment like any other (P12).

    One that never became whole makes room for it; of a call that is kept there is one copy.
    """
    vault = Vault(act)
    one = handled(act, vault, report, session)
    recording = act.store.recordings.get(recording_id)
    if recording is None or recording_id not in one.known.calls:
        raise Refused("I don’t know this call. Please gather it first.", clause="P13")
    if recording.state not in ("present", "out_of_scope") or recording.closed(act.now):
        raise Refused("This call’s time is over, so its audio can’t be kept any more.", clause="P12")
    _make_room(vault, one, recording.id)
    copy = Kept(
        name=new_id("A"), recording=recording.id, words=words_of(act, recording), seconds=recording.seconds,
        operators=sorted(were_on_any([recording])),
    )  # fmt: skip
    one.known.audio.append(copy)
    vault.save(one)
    return Done(copy.name)


@handler("breach.keeping", clause="P13", about="report", private=True)
def keeping(act: Act, report: str, session: str, name: str, part: int, data: bytes) -> Done[None]:
    """A part of it, sealed by the report's own key; the same part sent again is kept once."""
    vault = Vault(act)
    one = handled(act, vault, report, session)
    if _kept(one, name).parts:
        raise Refused("This copy is whole already.", clause="P13")
    vault.keep_audio(one, name, part, data)
    return Done(None)


@handler("breach.kept", clause="P13", about="report", private=True)
def kept(
    act: Act, report: str, session: str, name: str, recording: int, parts: int, size: int, media_type: str
) -> Done[None]:
    """The copy is whole, and stands in the report; raises `Refused` where a part of it never came."""
    vault = Vault(act)
    one = handled(act, vault, report, session)
    copy = _kept(one, name)
    if copy.parts:
        return Done(None)
    if parts < 1 or vault.rows.pieces(one.id, copy.name) != list(range(parts)):
        raise Refused(UNFINISHED, clause="P13", code="unfinished")
    copy.parts, copy.size, copy.media_type = parts, size, media_type
    vault.save(one, Noted(kind="audio_kept", by=one.reader, at=act.now.isoformat(), words=copy.words, about=copy.name))
    return Done(None)


@handler("breach.ask_to_hear", clause="P13", about="report", private=True)
def ask_to_hear(act: Act, report: str, session: str, name: str) -> Done[None]:
    """P9: whoever decides investigations and is not out decides, never who asks, nor who was on the call."""
    vault = Vault(act)
    one = handled(act, vault, report, session)
    copy = _whole(one, name)
    mine = [asked for asked in one.known.hearings if (asked.name, asked.by) == (copy.name, one.reader)]
    if any(asked.state == "asked" for asked in mine) or one.known.granted(copy.name, one.reader, act.now):
        return Done(None)
    asked = Hearing(name=copy.name, recording=copy.recording, by=one.reader, decider="")
    asked.decider = decider(_case(act, one, asked))
    if not asked.decider:
        raise Refused(NOBODY, clause="P9", code="nobody_decides")
    one.known.hearings.append(asked)
    entry = Noted(kind="asked_to_hear", by=one.reader, at=act.now.isoformat(), words=copy.words, about=asked.decider)
    vault.save(one, entry)
    seat(act, vault, one)
    messages.tell(act, vault, one, asked.decider, "hearing")
    return Done(None)


@handler("breach.decide_hearing", clause="P13", about="report", private=True)
def decide_hearing(act: Act, report: str, session: str, name: str, asker: str, *, allowed: bool) -> Done[None]:
    """Whoever was asked decides, while it is for that one to decide; what is allowed lasts as long as any access."""
    vault = Vault(act)
    one = reading(act, vault, report, session)
    wanted = (name, asker, one.reader, "asked")
    asked = next(
        (each for each in one.known.hearings if (each.name, each.by, each.decider, each.state) == wanted), None
    )
    if asked is None or decider(_case(act, one, asked), one.reader) != one.reader:
        raise Refused("This was decided already, or it is not for you to decide.", clause="P9", code="decided")
    asked.state = "granted" if allowed else "refused"
    asked.until = act.now + timedelta(days=act.policy.access.days) if allowed else None
    kind = "may_hear" if allowed else "may_not_hear"
    vault.save(one, Noted(kind=kind, by=one.reader, at=act.now.isoformat(), about=asked.name))
    messages.redraw(vault, one, one.reader)
    messages.tell(act, vault, one, asked.by, "decided")
    seat(act, vault, one)
    return Done(None)


def ask_again(act: Act, vault: Vault, one: Opened, here: Present) -> None:
    """P9: a question whose decider may not decide it any more goes to whoever may; it ends with the report, and with who asked."""
    before = one.known.hearings
    handlers = {reader.email for reader in one.known.handlers} if one.known.open else set[str]()
    one.known.hearings = [each for each in before if each.state != "asked" or each.by in handlers]
    asked = [each for each in one.known.hearings if each.state == "asked"]
    now = [(each, decider(_case(act, one, each, here), each.decider)) for each in asked]
    moved = [(each, who) for each, who in now if who not in ("", each.decider)]
    for each, who in moved:
        each.decider = who
    if moved or len(before) != len(one.known.hearings):
        vault.save(one)
        seat(act, vault, one, here)
    for _, who in moved:
        messages.tell(act, vault, one, who, "hearing")


@handler("breach.hear", clause="P13", about="report", private=True)
def hear(act: Act, report: str, session: str, name: str, part: int) -> Done[Sound]:
    """A part of the copy, for whom it was allowed and as long as it is; each hearing is noted, wherever it begins."""
    vault = Vault(act)
    one = reading(act, vault, report, session)
    copy = _whole(one, name)
    if not one.known.granted(copy.name, one.reader, act.now):
        raise Refused("You have no access to this call. Please ask to hear it first.", clause="P9", code="not_granted")
    if part == 0 or not _heard_lately(act, one, copy):
        vault.save(one, Noted(kind="heard", by=one.reader, at=act.now.isoformat(), words=copy.words, about=copy.name))
    return Done(Sound(vault.audio(one, copy.name, part), copy.size, copy.media_type))


def may_hear(act: Act, report: str, session: str, name: str) -> Copy:
    """The copy, for whose session this is; asked all the time while it sounds, so no page goes on by it. Raises `Refused`."""
    mine = reader(act, report, session)
    one = Vault(act).for_reader(report, mine.email) if mine else None
    copy = one.known.copy_named(name) if one else None
    if not (mine and one and copy and copy.parts and one.known.granted(name, mine.email, act.now)):
        raise Refused(NONE, clause="P9", code="not_granted")
    return Copy(mine.person, copy.recording, copy.size, copy.media_type, copy.seconds)


def _heard_lately(act: Act, one: Opened, copy: Kept) -> bool:
    mine = (
        datetime.fromisoformat(entry.at)
        for entry in one.known.log
        if (entry.kind, entry.by, entry.about) == ("heard", one.reader, copy.name)
    )
    return any(timedelta(0) <= act.now - at <= LASTS for at in mine)


def _case(act: Act, one: Opened, asked: Hearing, here: Present | None = None) -> HearingCircumstances:
    case, was_on = circumstances(act, one.known, here), _on(act, _kept(one, asked.name))
    own = replace(involved(act.store, askers=[asked.by], operators=was_on), concerned=case.out)
    return HearingCircumstances(policy=case.policy, today=case.today, involved=own, unreachable=case.not_there)


def _on(act: Act, copy: Kept) -> frozenset[str]:
    """Who was on the call: as the copy has it, for good, and as the register has it or had it, while that names anybody (P9)."""
    return were_on_any(act.store.recordings.all_of([copy.recording])).union(copy.operators)


def _make_room(vault: Vault, one: Opened, recording: int) -> None:
    copies = [copy for copy in one.known.audio if copy.recording == recording]
    if any(copy.parts for copy in copies):
        raise Refused("The audio of this call is kept already.", clause="P13", code="kept_already")
    for copy in copies:
        vault.rows.forget_audio(one.id, copy.name)
        one.known.audio.remove(copy)


def _kept(one: Opened, name: str) -> Kept:
    found = one.known.copy_named(name)
    if found is None:
        raise Refused(NONE, clause="P13", code="no_copy")
    return found


def _whole(one: Opened, name: str) -> Kept:
    copy = _kept(one, name)
    if not copy.parts:
        raise Refused(UNFINISHED, clause="P13", code="unfinished")
    return copy
