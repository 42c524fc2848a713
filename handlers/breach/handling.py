"""What those who handle a report do with it: acknowledge, ask, note, go through the process, close (P13)."""

from __future__ import annotations

from typing import Any

from handlers import colleagues
from handlers.acting import Act, Done
from handlers.breach import intents, messages
from handlers.breach.around import Rooms
from handlers.breach.as_logged import closed
from handlers.breach.evidence import as_reader, gathered
from handlers.breach.known import DECIDER, Accusation, Kind, Noted, Seated
from handlers.breach.seating import circumstances, seat
from handlers.breach.sessions import NONE, first_look, reading
from handlers.breach.showing import to_handler
from handlers.breach.vault import Opened, Vault
from handlers.breach.view import HandlerView
from handlers.rules import breach as rule
from handlers.rules.access import company_day
from handlers.rules.breach_clock import kept
from handlers.rules.refusal import Refused

LONGEST = 3000
UNOPENED = "Please press Details and read it first; then your acknowledgement counts."
DONE = "This report is closed. Nothing can be changed any more."


def read(act: Act, intent: intents.Read, rooms: Rooms) -> Done[HandlerView]:
    """Each opening is noted; the rule is asked before anything is shown."""
    vault = Vault(act)
    one = reading(act, vault, intent)
    me = seat_of(one)
    if first_look(vault, intent):
        vault.note(one, Noted(kind="opened", by=one.reader, at=act.now.isoformat()))
    if not me.opened:
        me.opened = True
        vault.save(one)
    return Done(to_handler(act, rooms, vault, one))


def acknowledge(act: Act, intent: intents.Acknowledge) -> Done[None]:
    """A person has read it and says so."""
    vault = Vault(act)
    return _acknowledged(act, vault, handled(act, vault, intent))


def acknowledge_pressed(act: Act, intent: intents.AcknowledgePressed) -> Done[None]:
    """The button on the card in chat; it counts only after opening."""
    vault = Vault(act)
    one = vault.for_reader(intent.report, act.me.email_key)
    if one is None or seat_of(one).role == DECIDER:
        raise Refused(NONE, clause="P13", code="no_report")
    if not seat_of(one).opened:
        raise Refused(UNOPENED, clause="P13", code="unopened")
    return _acknowledged(act, vault, one)


def ask(act: Act, intent: intents.Ask) -> Done[None]:
    """The reporter reads it with the receipt; who gave a name hears that there is something to read."""
    vault = Vault(act)
    one = handled(act, vault, intent)
    _note(act, vault, one, "question", words(intent.words))
    first = not one.known.answered_on
    one.known.answered_on = one.known.answered_on or company_day(act.policy, act.now).isoformat()
    vault.save(one)
    if first:
        messages.moved(vault, one)
    messages.news(act, vault, one)
    return Done(None)


def note(act: Act, intent: intents.Note) -> Done[None]:
    """Seen by those who handle it."""
    vault = Vault(act)
    _note(act, vault, handled(act, vault, intent), "note", words(intent.words))
    return Done(None)


def accuse(act: Act, intent: intents.Accuse) -> Done[None]:
    """Whoever is accused loses sight at once; what he or she had seen is noted."""
    vault = Vault(act)
    one = handled(act, vault, intent)
    [key] = colleagues.addresses(act, [intent.person], "person")
    counts = rule.accuse(circumstances(act, one.known), key, one.reader).put_out_by == one.reader
    one.known.accusations.append(Accusation(key=key, by=one.reader, put_out=counts))
    opened = " Had opened it." if any(who.email == key and who.opened for who in one.known.handlers) else ""
    _note(act, vault, one, "accused", f"{words(intent.words)}{opened}", key)
    vault.save(one, narrowed=True)
    seat(act, vault, one)
    return Done(None)


def take_step(act: Act, intent: intents.TakeStep) -> Done[None]:
    """A step of the Code of Conduct's process is ticked, or not after all."""
    vault = Vault(act)
    one = handled(act, vault, intent)
    steps = rule.checklist(act.policy, one.known.steps)
    if not 1 <= intent.number <= len(steps):
        raise Refused("There is no such step any more. Please look at the page again.", clause="P13")
    text, taken = steps[intent.number - 1]
    if intent.taken == taken:
        return Done(None)
    if intent.taken:
        one.known.steps[text] = one.reader
    else:
        del one.known.steps[text]
    _note(act, vault, one, "step", text, "taken" if intent.taken else "not taken")
    vault.save(one)
    return Done(None)


def gather(act: Act, intent: intents.Gather, rooms: Rooms) -> Done[None]:
    """The calls that these words find, for the report: who listened to them, and by whose approval. The words are not kept."""
    vault = Vault(act)
    one = handled(act, vault, intent)
    calls = gathered(as_reader(act, one.reader), rooms, words(intent.words))
    one.known.calls = list(dict.fromkeys([*one.known.calls, *calls]))
    _note(act, vault, one, "gathered", about=" ".join(map(str, calls)))
    vault.save(one)
    return Done(None)


def outcome(act: Act, intent: intents.Outcome) -> Done[None]:
    """What came of it, with the process's reference."""
    vault = Vault(act)
    one = handled(act, vault, intent)
    one.known.reference, one.known.outcome = words(intent.reference, "reference"), words(intent.words)
    one.known.agreed = []  # to what was agreed before it said something else
    _note(act, vault, one, "outcome", one.known.outcome, one.known.reference)
    vault.save(one)
    return Done(None)


def close(act: Act, intent: intents.Close) -> Done[None]:
    """Both close it, or the Manager; where a handler accused the other, somebody of the fallback agrees."""
    vault = Vault(act)
    one = handled(act, vault, intent)
    if not one.known.outcome:
        raise Refused("Please write down the outcome first, with the reference of the process.", clause="P13")
    told = words(intent.words)
    if told != one.known.told:
        one.known.told, one.known.agreed = told, []
    one.known.agreed = list(dict.fromkeys([*one.known.agreed, one.reader]))
    if one.known.may_be_closed:
        _close(act, vault, one)
    else:
        _note(act, vault, one, "agreed", told)
        for other in one.known.handlers:
            if other.email not in one.known.agreed:
                messages.alert(act, vault, one, other, "agree")
    vault.save(one)
    return Done(None)


def seat_of(one: Opened) -> Seated:
    """As what the reader reads."""
    return next(reader for reader in one.known.readers if reader.email == one.reader)


def words(told: str, field: str = "words") -> str:
    """What somebody wrote, without the blanks around it; raises `Refused` at the field."""
    found = told.strip()
    if not found:
        raise Refused.at({field: "Please fill this in."}, clause="P13")
    if len(found) > LONGEST:
        raise Refused.at({field: f"This takes {LONGEST:,} characters; you wrote {len(found):,}. Please shorten it."})
    return found


def handled(act: Act, vault: Vault, intent: intents.Within[Any]) -> Opened:
    """The report, for one who handles it and not only decides whether a call is heard; raises `Refused`."""
    one = reading(act, vault, intent)
    if seat_of(one).role == DECIDER:
        raise Refused(NONE, clause="P13", code="no_report")
    if one.report.state != "open":
        raise Refused(DONE, clause="P13", code="closed")
    return one


def _acknowledged(act: Act, vault: Vault, one: Opened) -> Done[None]:
    if one.known.acknowledged_by or one.report.state != "open":
        return Done(None)
    one.known.acknowledged_by = one.reader
    _note(act, vault, one, "acknowledged")
    vault.save(one)
    messages.stale(vault, one)
    messages.moved(vault, one)
    messages.news(act, vault, one)
    return Done(None)


def _close(act: Act, vault: Vault, one: Opened) -> None:
    day = company_day(act.policy, act.now)
    one.report.state, one.report.closed_on = "closed", day
    ends = kept(act.policy, day)
    vault.rows.step(one.id, "remind", ends.remind)
    vault.rows.step(one.id, "destroy", ends.destroy)
    _note(act, vault, one, "closed", one.known.told, closed(one.report, vault.rows.steps(one.id)))
    messages.stale(vault, one)
    messages.moved(vault, one)
    messages.news(act, vault, one)


def _note(act: Act, vault: Vault, one: Opened, kind: Kind, told: str = "", about: str = "") -> None:
    vault.note(one, Noted(kind=kind, by=one.reader, at=act.now.isoformat(), words=told, about=about))
