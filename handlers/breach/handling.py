"""What those who handle a report do with it: acknowledge, ask, note, go through the process, close (P13)."""

from __future__ import annotations

from typing import Any

from handlers import colleagues
from handlers.acting import Act, Done
from handlers.breach import intents, messages
from handlers.breach.forms import LONGEST
from handlers.breach.known import DECIDER, Accusation, Kind, Noted, Seated
from handlers.breach.seating import seat
from handlers.breach.sessions import NONE, first_look, reading
from handlers.breach.showing import Rooms, as_reader, gathered, to_handler
from handlers.breach.vault import Opened, Vault
from handlers.breach.view import HandlerView
from handlers.rules.access import company_day
from handlers.rules.breach import HANDLERS, checklist
from handlers.rules.breach_clock import kept
from handlers.rules.refusal import Refused

UNOPENED = "Please press Details and read it first; then your acknowledgement counts."
DONE = "This report is closed. Nothing can be changed any more."


def read(act: Act, intent: intents.Read, rooms: Rooms) -> Done[HandlerView]:
    """Each opening is noted; the rule is asked before anything is shown."""
    vault = Vault(act)
    one = reading(act, vault, intent)
    if first_look(vault, intent):
        seat_of(one).opened = True
        _save(act, vault, one, "opened")
    return Done(to_handler(act, rooms, one))


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
    one, told = handled(act, vault, intent), words(intent.words)
    late = one.known.overdue(act.now)
    one.known.answered_on = one.known.answered_on or company_day(act.policy, act.now)
    _save(act, vault, one, "question", told)
    if late:
        messages.redraw(vault, one)
    messages.tell_reporter(act, vault, one)
    return Done(None)


def note(act: Act, intent: intents.Note) -> Done[None]:
    """Seen by those who handle it."""
    vault = Vault(act)
    _save(act, vault, handled(act, vault, intent), "note", words(intent.words))
    return Done(None)


def accuse(act: Act, intent: intents.Accuse) -> Done[None]:
    """Whoever is accused loses sight at once; what he or she had seen is noted. Where that puts out the other handler, the fallback comes in."""
    vault = Vault(act)
    one, told = handled(act, vault, intent), words(intent.words)
    [key] = colleagues.addresses(act, [intent.person], "person")
    if key not in (one.reader, *one.known.out):
        handlers = {one.email for one in one.known.handlers} | {act.policy.role(name).holder for name in HANDLERS}
        one.known.let_in = one.known.let_in or key in handlers
    one.known.accusations.append(Accusation(key=key, by=one.reader))
    opened = " Had opened it." if any(who.email == key and who.opened for who in one.known.handlers) else ""
    entry = Noted(kind="accused", by=one.reader, at=act.now.isoformat(), words=f"{told}{opened}", about=key)
    vault.save(one, entry, narrowed=True)
    seat(act, vault, one)
    return Done(None)


def take_step(act: Act, intent: intents.TakeStep) -> Done[None]:
    """A step of the Code of Conduct's process is ticked, or not after all."""
    vault = Vault(act)
    one = handled(act, vault, intent)
    steps = checklist(act.policy, one.known.steps)
    if not 1 <= intent.number <= len(steps):
        raise Refused("There is no such step any more. Please look at the page again.", clause="P13")
    text, taken = steps[intent.number - 1]
    if intent.taken == taken:
        return Done(None)
    if intent.taken:
        one.known.steps[text] = one.reader
    else:
        del one.known.steps[text]
    _save(act, vault, one, "step", text, "taken" if intent.taken else "not taken")
    return Done(None)


def gather(act: Act, intent: intents.Gather, rooms: Rooms) -> Done[None]:
    """The calls that these words find, for the report: who listened to them, and by whose approval. The words are not kept."""
    vault = Vault(act)
    one = handled(act, vault, intent)
    calls = gathered(as_reader(act, one.reader), rooms, words(intent.words))
    one.known.calls = list(dict.fromkeys([*one.known.calls, *calls]))
    _save(act, vault, one, "gathered", about=" ".join(map(str, calls)))
    return Done(None)


def outcome(act: Act, intent: intents.Outcome) -> Done[None]:
    """What came of it, with the process's reference."""
    vault = Vault(act)
    one = handled(act, vault, intent)
    one.known.reference, one.known.outcome = words(intent.reference, "reference"), words(intent.words)
    one.known.agreed = []  # to what was agreed before it said something else
    _save(act, vault, one, "outcome", one.known.outcome, one.known.reference)
    return Done(None)


def close(act: Act, intent: intents.Close) -> Done[None]:
    """Everybody who handles it closes it, or the Manager."""
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
        return Done(None)
    _save(act, vault, one, "agreed", told)
    for other in one.known.handlers:
        if other.email not in one.known.agreed:
            messages.tell(act, vault, one, other.email, "agree")
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
    if not one.known.open:
        raise Refused(DONE, clause="P13", code="closed")
    return one


def _acknowledged(act: Act, vault: Vault, one: Opened) -> Done[None]:
    if one.known.acknowledged_by or not one.known.open:
        return Done(None)
    one.known.acknowledged_by = one.reader
    _save(act, vault, one, "acknowledged")
    messages.redraw(vault, one)
    messages.tell_reporter(act, vault, one)
    return Done(None)


def _close(act: Act, vault: Vault, one: Opened) -> None:
    day = company_day(act.policy, act.now)
    one.known.closed_on, one.known.ends = day, kept(act.policy, day)
    _save(act, vault, one, "closed", one.known.told)
    messages.redraw(vault, one)
    messages.tell_reporter(act, vault, one)


def _save(act: Act, vault: Vault, one: Opened, kind: Kind, told: str = "", about: str = "") -> None:
    vault.save(one, Noted(kind=kind, by=one.reader, at=act.now.isoformat(), words=told, about=about))
