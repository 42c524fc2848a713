"""Keeping the audio of a call for a report, and hearing it: all of it stands in the report, nothing at the call (P9, P13)."""

from __future__ import annotations

from datetime import timedelta

from handlers.acting import Act, Done
from handlers.breach import intents, messages
from handlers.breach.evidence import words_of
from handlers.breach.handling import handled
from handlers.breach.known import Hearing, Kept, Noted
from handlers.breach.seating import circumstances, seat
from handlers.breach.sessions import NONE, reading
from handlers.breach.vault import Opened, Vault
from handlers.ids import new_id
from handlers.policy.values import RoleName
from handlers.rules.absences import stand_in
from handlers.rules.refusal import Refused

CHAIN: tuple[RoleName, ...] = ("head_of_customer_success", "manager_human_resources", "breach_fallback")
NOBODY = "Nobody is there who may decide whether this call is heard. Please turn to whoever the policy names last."


def keep(act: Act, intent: intents.Keep) -> Done[str]:
    """A copy begins: nothing marks the call or its recorder, and the original goes at its moment like any other (P12)."""
    vault = Vault(act)
    one = handled(act, vault, intent)
    recording = act.store.recordings.get(intent.recording)
    if recording is None or intent.recording not in one.known.calls:
        raise Refused("I don’t know this call. Please gather it first.", clause="P13")
    if recording.state not in ("present", "out_of_scope") or recording.closed(act.now):
        raise Refused("This call’s time is over, so its audio can’t be kept any more.", clause="P12")
    name = new_id("A")
    one.known.audio.append(
        Kept(name=name, recording=recording.id, words=words_of(act, recording), media_type="", parts=0, size=0)
    )
    vault.save(one)
    return Done(name)


def keeping(act: Act, intent: intents.Keeping) -> Done[None]:
    """A part of it, sealed by the report's own key."""
    vault = Vault(act)
    one = handled(act, vault, intent)
    if _kept(one, intent.name).parts:
        raise Refused("This copy is whole already.", clause="P13")
    vault.keep_audio(one, intent.name, intent.part, intent.data)
    return Done(None)


def kept(act: Act, intent: intents.Kept) -> Done[None]:
    """The copy is whole, and stands in the report."""
    vault = Vault(act)
    one = handled(act, vault, intent)
    copy = _kept(one, intent.name)
    copy.parts, copy.size, copy.media_type = intent.parts, intent.size, intent.media_type
    vault.note(one, Noted(kind="audio_kept", by=one.reader, at=act.now.isoformat(), words=copy.words, about=copy.name))
    vault.save(one)
    return Done(None)


def ask_to_hear(act: Act, intent: intents.AskToHear) -> Done[None]:
    """P9: whoever decides investigations and is not out decides, never who asks."""
    vault = Vault(act)
    one = handled(act, vault, intent)
    copy = _kept(one, intent.name)
    if any(
        asked.name == copy.name and asked.by == one.reader and asked.state == "asked" for asked in one.known.hearings
    ):
        return Done(None)
    decider = _decider(act, one)
    one.known.hearings.append(Hearing(name=copy.name, recording=copy.recording, by=one.reader, decider=decider))
    vault.note(one, Noted(kind="asked_to_hear", by=one.reader, at=act.now.isoformat(), words=copy.words, about=decider))
    vault.save(one)
    seat(act, vault, one)
    reader = next(who for who in one.known.readers if who.email == decider)
    messages.alert(act, vault, one, reader, "hearing")
    return Done(None)


def decide_hearing(act: Act, intent: intents.DecideHearing) -> Done[None]:
    """Whoever was asked decides; what is allowed lasts as long as any access."""
    vault = Vault(act)
    one = reading(act, vault, intent)
    asked = next(
        (
            hearing
            for hearing in one.known.hearings
            if (hearing.name, hearing.by, hearing.decider, hearing.state)
            == (intent.name, intent.asker, one.reader, "asked")
        ),
        None,
    )
    if asked is None:
        raise Refused("This was decided already, or it is not for you to decide.", clause="P9", code="decided")
    asked.state = "granted" if intent.allowed else "refused"
    asked.until = (act.now + timedelta(days=act.policy.access.days)).isoformat() if intent.allowed else ""
    kind = "may_hear" if intent.allowed else "may_not_hear"
    vault.note(one, Noted(kind=kind, by=one.reader, at=act.now.isoformat(), about=asked.name))
    vault.save(one)
    seat(act, vault, one)
    return Done(None)


def hear(act: Act, intent: intents.Hear) -> Done[intents.Sound]:
    """A part of the copy, for whom it was allowed and as long as it is; each hearing from its beginning is noted."""
    vault = Vault(act)
    one = reading(act, vault, intent)
    copy = _kept(one, intent.name)
    allowed = (
        hearing.state == "granted" and act.now.isoformat() <= hearing.until
        for hearing in one.known.hearings
        if (hearing.name, hearing.by) == (copy.name, one.reader)
    )
    if not any(allowed):
        raise Refused("You have no access to this call. Please ask to hear it first.", clause="P9", code="not_granted")
    if intent.part == 0:
        vault.note(one, Noted(kind="heard", by=one.reader, at=act.now.isoformat(), words=copy.words, about=copy.name))
    return Done(intents.Sound(vault.audio(one, copy.name, intent.part), copy.size, copy.media_type))


def _decider(act: Act, one: Opened) -> str:
    """The first in the chain of investigations who is there, not out, and does not ask; raises `Refused` where nobody is."""
    case = circumstances(act, one.known)
    for name in CHAIN:
        holder = act.policy.role(name).holder
        if holder in case.out or holder == one.reader:
            continue
        if holder not in case.not_there and not case.policy.is_away(holder, case.today):
            return holder
        for deputy in stand_in(case.policy, name, case.today, case.out | case.not_there | {one.reader}):
            return deputy
    raise Refused(NOBODY, clause="P9", code="nobody_decides")


def _kept(one: Opened, name: str) -> Kept:
    found = next((copy for copy in one.known.audio if copy.name == name), None)
    if found is None:
        raise Refused(NONE, clause="P13", code="no_copy")
    return found
