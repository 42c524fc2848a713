"""What people see of a hold and of its calls, in every state; all its words for people are here (P12)."""

from datetime import datetime

from handlers import phrases
from handlers.cards import Actions, Button, Card, Facts, Line, Part, Row, Said, Sign, Small, Title, When, Words
from handlers.holds.state import FIRST, HoldCase
from handlers.matters.case import who_was_told
from handlers.policy import Policy
from storage.holds import HeldCall
from storage.records import Person, Recording

SIGNS = {
    "waiting": Sign.WAITING, "stuck": Sign.ALARM, "active": Sign.APPROVED, "let_go": Sign.WITHDRAWN,
    "released": Sign.WITHDRAWN, "ended": Sign.ENDED,
}  # fmt: skip

NO_PART = "You have no part in this hold, so you don’t see it here."


def hold_card(case: HoldCase, reader: int, *, whole: bool = False) -> Card:
    """Return the card of a hold for one reader; `whole` as Details shows it."""
    facts = Facts(_hold_facts(case, reader)), Said("Reason", case.matter.reason), *_call_parts(case)
    reason = phrases.one_line(case.matter.reason if case.matter.closed_at is None else case.matter.closing)
    return Card(
        (
            Title(SIGNS[case.matter.state], _title_words(case, reader), _hold_state(case, reader)),
            *_outcome_parts(case, reader, whole=whole),
            *(facts if whole else (*_first_call(case), *((Said("", reason),) if reason else ()))),
            *_turn_parts(case, reader, whole=whole),
            *_hold_buttons(case, reader),
            Small(case.small),
        ),
        _hold_summary(case, reader),
    )


def _title_words(case: HoldCase, reader: int) -> str:
    """Return who wants which calls kept: “Anna Quill asks to keep 12 calls for Claim 12”."""
    calls, name = phrases.quantity_words(case.number, "call"), case.matter.case_name
    if case.matter.state not in ("waiting", "stuck"):
        return f"{calls} held for {name}"
    who = "You asked" if reader == case.matter.asked_by else f"{case.asker.name} asks"
    return f"{who} to keep {calls} for {name}"


def bare_card(case: HoldCase) -> Card:
    """Return the card of a person who had a copy and no longer has a part in the hold."""
    parts = (Title(Sign.NOTE, "Hold", "no longer with you"), Line(NO_PART), Small(f"{case.matter.id} · P12"))
    return Card(parts, "This card is no longer for you.")


def hold_already_words(case: HoldCase, me: Person) -> str:
    """Tell a person why their press came too late."""
    hold = case.matter
    if hold.state == "active" and case.now < hold.ends_at:
        return f"This hold was already confirmed by {case.name_of(hold.set_by, me.id)}."
    when = phrases.moment_words(hold.closed_at or hold.ends_at, me.zone, case.now)
    if hold.state in ("let_go", "released"):
        who = case.name_of(hold.closed_by, me.id)
        return f"On {when}, {who} {'released this hold' if hold.state == 'released' else _decided_words(case)}."
    return f"This hold ended by itself on {when}. You can hold the calls again while they still exist."


def _decided_words(case: HoldCase) -> str:
    """Say what a person decided who didn't confirm the hold."""
    return f"decided not to keep {'this call' if case.number == 1 else 'these calls'}"


def erasure_warning(number: int) -> str:
    """Say how many calls are erased at once without the hold."""
    if not number:
        return "Each call is erased when its time is up, unless another hold keeps it."
    calls = phrases.quantity_words(number, "call")
    return f"Without the hold, {calls} will be erased for good within the hour. This can’t be undone."


def _hold_state(case: HoldCase, reader: int) -> str:
    """Say in a few words what state the hold is in, and who has to act; empty if the title and buttons tell it."""
    hold = case.matter
    match hold.state:
        case "waiting":
            return "" if case.asks(reader) else f"waiting for {case.asked_names}"
        case "stuck":
            return "no one may confirm it"
        case "active":
            how = "set" if hold.set_by == hold.asked_by else "confirmed"
            return f"{how} by {case.name_of(hold.set_by, reader)}"
        case "ended":
            return "has ended"
        case state:
            how = "released" if state == "released" else "ended"
            return f"{how} by {case.name_of(hold.closed_by, reader)}"


def _outcome_parts(case: HoldCase, reader: int, *, whole: bool) -> tuple[Part, ...]:
    """Say how the hold ended and who ended it; nothing while it keeps calls."""
    hold = case.matter
    if hold.closed_at is None:
        return ()
    when = When(hold.closed_at, now=case.now, brief=not whole)
    if hold.closed_by is None:
        why = "It ended by itself" if hold.set_at is not None else "No one confirmed it in time"
        return (Line((f"{why}, ", when, ". It no longer keeps any calls.")),)
    who = phrases.capitalise(case.name_of(hold.closed_by, reader))
    how = "released it" if hold.state == "released" else _decided_words(case)
    told = f"{who} {how}, ", when, "."
    return (
        (Line((*told, " The hold no longer keeps any calls.")), Said("Why", hold.closing)) if whole else (Line(told),)
    )


def _hold_facts(case: HoldCase, reader: int) -> tuple[tuple[str, Words], ...]:
    """Return the facts for Details: case, who asked and confirmed, the end, the calls and whom it is about."""
    hold = case.matter
    by = ("Asked for by", "Asked") if hold.begun == "asked" else ("Set by", "Set")
    confirmed = hold.begun == "asked" and hold.set_by is not None
    return (
        ("Case", hold.case_name),
        (by[0], phrases.capitalise(case.name_of(hold.asked_by, reader))),
        (by[1], When(hold.asked_at, now=case.now)),
        *((("Confirmed by", phrases.capitalise(case.name_of(hold.set_by, reader))),) if confirmed else ()),
        *((("Until", When(hold.ends_at, now=case.now)),) if hold.keeps else ()),
        ("Calls", phrases.quantity_words(case.number, "call")),
        *_about_facts(case),
    )


def _about_facts(case: HoldCase) -> tuple[tuple[str, Words], ...]:
    """Name the people whom the case is about; nothing if there is none."""
    names = ", ".join(case.people[one].name for one in case.matter.concerned)
    return (("About", names),) if names else ()


def _call_parts(case: HoldCase) -> tuple[Part, ...]:
    """Return the first calls of the hold, and a button to the others."""
    lines = [held_call_line(case.policy, one, case.now) for one in case.calls]
    more = case.number - FIRST
    rest = (Row(f"And {more} more.", Button("hold_calls", "Show all", case.matter.id)),) if more > 0 else ()
    return (*lines, *rest)


def _first_call(case: HoldCase) -> tuple[Part, ...]:
    """Return the first call, by which a person decides whether to keep it, and how many more there are."""
    if not case.matter.is_open or not case.calls:
        return ()
    first = case.calls[0]
    erased = first.erasure.erased_at if first.erasure else None
    return (Line(phrases.call_line(first.recording, case.policy, case.now, erased, ("", case.number - 1))),)


def _turn_parts(case: HoldCase, reader: int, *, whole: bool) -> tuple[Part, ...]:
    """Say why it came to this reader, and what happens without an answer."""
    hold = case.matter
    if hold.closed_at is not None:
        return ()
    end = When(hold.ends_at, now=case.now, brief=not whole)
    ends = ("Unless confirmed, it ends ", end, ", and calls past their time are erased.")
    if hold.state == "stuck":
        return (Line((f"No one may confirm it at the moment. {who_was_told(case)}".strip(), " ", *ends), Sign.ALARM),)
    came = case.asked_as_words(reader) if whole and case.asks(reader) else ""
    if hold.state != "waiting":
        ends = ("It ends ", end, " unless it is renewed. Calls past their time are then erased.")
    return (Line((came, *ends) if came else ends),)


def _hold_buttons(case: HoldCase, reader: int) -> tuple[Part, ...]:
    """Return this reader's buttons: to confirm it or not, or to renew or release it; Details for everyone."""
    hold = case.matter
    more = Button("details", "Details", hold.id)
    if hold.state not in ("waiting", "active") or case.over or not case.asks(reader):
        return (Actions((more,)),)
    if hold.is_open:
        first, second = (
            Button("hold_confirm", "Confirm", hold.id, "primary"),
            Button("hold_let_go", "Don’t keep", hold.id),
        )
    else:
        first = Button("hold_renew", "Renew", hold.id)
        second = Button("hold_release", "Release hold", hold.id, "danger")
    return (Actions((first, second, more)),)


def _hold_summary(case: HoldCase, reader: int) -> str:
    """Return the card's one sentence for notifications and screen readers."""
    if case.matter.state != "waiting" or not case.asks(reader):
        return f"The hold on some calls: {_hold_state(case, reader)}."
    return f"{case.asker.name} is asking you to keep some calls."


TOO_LATE = "I had just asked the recording system to delete it, so the hold may have come too late."


def held_call_line(policy: Policy, held: HeldCall, now: datetime) -> Line:
    """Return a call of a hold, with what became of it."""
    one, erasure = held.recording, held.erasure
    _, zone = phrases.line_words(one.line, policy)
    if erasure is not None and erasure.erased_at is not None:
        words: Words = (*_start_words(one, zone, now), " · erased ", When(erasure.erased_at, zone, now))
        return Line(words, Sign.ENDED)
    if one.state == "gone":
        return Line((*_start_words(one, zone, now), " · no longer in the recording system"), Sign.ALARM)
    past = " · past its time, and locked" if one.closed(now) and held.keep.ended_at is None else ""
    late = f" · {TOO_LATE}" if erasure is not None and erasure.state == "asked" else ""
    return Line((*phrases.call_line(one, policy, now), f"{past}{late}"))


def _start_words(one: Recording, zone: str, now: datetime) -> tuple[str | When, ...]:
    """Return when a call began and who was on it."""
    return ("📞 ", When(one.started, zone, now), f" · with {one.operator_name}")
