"""What those who handle a report do with it: acknowledge, ask, note, go through the process, close (P13)."""

from __future__ import annotations

from handlers import colleagues
from handlers.acting import Act, Done
from handlers.breach import messages
from handlers.breach.known import DECIDER, Accusation, HandlerView, Kind, Noted, Seated
from handlers.breach.readers import NONE, everywhere, first_look, reading, seat
from handlers.breach.reporting import LONGEST
from handlers.breach.showing import Rooms, as_reader, gathered, to_handler
from handlers.breach.vault import Opened, Vault
from handlers.handling import handler
from handlers.rules.access import company_day
from handlers.rules.breach import HANDLERS, checklist, kept
from handlers.rules.refusal import Refused

UNOPENED = "Please press Details and read it first; then your acknowledgement counts."
DONE = "This report is closed. Nothing can be changed any more."


def read(act: Act, report: str, session: str, rooms: Rooms) -> Done[HandlerView]:
    """Each opening is noted; the rule is asked before anything is shown."""
    vault = Vault(act)
    one = reading(act, vault, report, session)
    if first_look(vault, session):
        seat_of(one).opened = True
        _save(act, vault, one, "opened")
    return Done(to_handler(act, rooms, one))


@handler("breach.acknowledge", clause="P13", about="report", private=True)
def acknowledge(act: Act, report: str, session: str) -> Done[None]:
    """A person has read it and says so."""
    vault = Vault(act)
    return _acknowledged(act, vault, handled(act, vault, report, session))


@handler("breach.acknowledge_pressed", clause="P13", about="report", private=True)
def acknowledge_pressed(act: Act, report: str) -> Done[None]:
    """The button on the card in chat; it counts only after opening."""
    vault = Vault(act)
    one = vault.for_reader(report, act.me.email_key)
    if one is None or seat_of(one).role == DECIDER:
        raise Refused(NONE, clause="P13", code="no_report")
    if not seat_of(one).opened:
        raise Refused(UNOPENED, clause="P13", code="unopened")
    return _acknowledged(act, vault, one)


@handler("breach.ask", clause="P13", about="report", private=True)
def ask(act: Act, report: str, session: str, typed: str) -> Done[None]:
    """The reporter reads it with the receipt; who gave a name hears that there is something to read."""
    vault = Vault(act)
    one, told = handled(act, vault, report, session), words(typed)
    late = one.known.overdue(act.now)
    one.known.answered_on = one.known.answered_on or company_day(act.policy, act.now)
    _save(act, vault, one, "question", told)
    if late:
        messages.redraw(vault, one)
    messages.tell_reporter(act, vault, one)
    return Done(None)


@handler("breach.note", clause="P13", about="report", private=True)
def note(act: Act, report: str, session: str, typed: str) -> Done[None]:
    """Seen by those who handle it."""
    vault = Vault(act)
    _save(act, vault, handled(act, vault, report, session), "note", words(typed))
    return Done(None)


@handler("breach.accuse", clause="P13", about="report", private=True)
def accuse(act: Act, report: str, session: str, person: str, typed: str) -> Done[None]:
    """Whoever is accused loses sight at once; what he or she had seen is noted. Where that puts out the other handler, the fallback comes in."""
    vault = Vault(act)
    one, told = handled(act, vault, report, session), words(typed)
    [key] = colleagues.addresses(act, [person], "person")
    accused = everywhere(act, [key])
    if one.reader not in accused and accused.isdisjoint(everywhere(act, one.known.out)):
        handlers = {one.email for one in one.known.handlers} | {act.policy.role(name).holder for name in HANDLERS}
        one.known.let_in = one.known.let_in or not accused.isdisjoint(handlers)
    one.known.accusations.append(Accusation(key=key, by=one.reader))
    opened = " Had opened it." if any(who.email in accused and who.opened for who in one.known.handlers) else ""
    entry = Noted(kind="accused", by=one.reader, at=act.now.isoformat(), words=f"{told}{opened}", about=key)
    vault.save(one, entry, narrowed=True)
    seat(act, vault, one)
    return Done(None)


@handler("breach.step", clause="P13", about="report", private=True)
def take_step(act: Act, report: str, session: str, number: int, *, done: bool) -> Done[None]:
    """A step of the Code of Conduct's process is ticked, or not after all."""
    vault = Vault(act)
    one = handled(act, vault, report, session)
    steps = checklist(act.policy, one.known.steps)
    if not 1 <= number <= len(steps):
        raise Refused("There is no such step any more. Please look at the page again.", clause="P13")
    text, taken = steps[number - 1]
    if done == taken:
        return Done(None)
    if done:
        one.known.steps[text] = one.reader
    else:
        del one.known.steps[text]
    _save(act, vault, one, "step", text, "taken" if done else "not taken")
    return Done(None)


def gather(act: Act, report: str, session: str, typed: str, rooms: Rooms) -> Done[None]:
    """The calls that these words find, for the report: who listened to them, and by whose approval. The words are not kept."""
    vault = Vault(act)
    one = handled(act, vault, report, session)
    calls = gathered(as_reader(act, one.reader), rooms, words(typed))
    one.known.calls = list(dict.fromkeys([*one.known.calls, *calls]))
    _save(act, vault, one, "gathered", about=" ".join(map(str, calls)))
    return Done(None)


@handler("breach.outcome", clause="P13", about="report", private=True)
def outcome(act: Act, report: str, session: str, reference: str, typed: str) -> Done[None]:
    """What came of it, with the process's reference."""
    vault = Vault(act)
    one = handled(act, vault, report, session)
    one.known.reference, one.known.outcome = words(reference, "reference"), words(typed)
    one.known.agreed = []  # to what was agreed before it said something else
    _save(act, vault, one, "outcome", one.known.outcome, one.known.reference)
    return Done(None)


@handler("breach.close", clause="P13", about="report", private=True)
def close(act: Act, report: str, session: str, typed: str) -> Done[None]:
    """Everybody who handles it closes it, or the Manager."""
    vault = Vault(act)
    one = handled(act, vault, report, session)
    if not one.known.outcome:
        raise Refused("Please write down the outcome first, with the reference of the process.", clause="P13")
    told = words(typed)
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


def handled(act: Act, vault: Vault, report: str, session: str) -> Opened:
    """The report, for one who handles it and not only decides whether a call is heard; raises `Refused`."""
    one = reading(act, vault, report, session)
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
