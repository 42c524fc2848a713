"""What people see of paused erasures, in every state; all its words for people are here (P12)."""

from collections.abc import Iterator

from handlers.cards import Actions, Button, Card, Facts, Line, Part, Sign, Small, Title, When, Words
from handlers.matters.case import who_was_told
from handlers.phrases import line_words, quantity_words
from handlers.retention.guard import PauseCase

WHAT = "Erasures paused"
SIGNS = {"waiting": Sign.ALARM, "stuck": Sign.ALARM, "continued": Sign.APPROVED, "kept": Sign.NOTE, "over": Sign.ENDED}
CORRECT = "Calls open again once their start is corrected in the recording system."
SAID = {
    "continued": ("Continue", "The erasure continues."),
    "kept": ("Keep", "The calls stay locked. Continue still erases them."),
}


def pause_card(case: PauseCase, reader: int, *, whole: bool = False) -> Card:
    """Return the card of a pause for one reader; `whole` as Details shows it."""
    return Card(
        (
            Title(SIGNS[case.matter.state], _title_words(case), _pause_state(case, reader)),
            *(_cause_lines(case, whole=whole) if case.matter.is_open else _decision_parts(case, reader)),
            *((Facts(_waiting_facts(case)),) if whole and case.waiting.number else ()),
            *_turn_parts(case, reader, whole=whole),
            Actions((*_pause_buttons(case, reader), Button("details", "Details", case.matter.id))),
            Small(case.small),
        ),
        _pause_summary(case, reader),
    )


def _title_words(case: PauseCase) -> str:
    """Return the title: how many calls are paused, while any are."""
    return f"Paused erasure of {case.things}" if case.waiting.number else WHAT


def _pause_state(case: PauseCase, reader: int) -> str:
    """Return the pause's state in a few words, as this reader should read it."""
    match case.matter.state:
        case "waiting":
            return "waiting for you" if case.asks(reader) else "waiting for a decision"
        case "stuck":
            return "no one can decide"
        case "over":
            return "nothing is waiting"
        case state:
            return state


def _cause_lines(case: PauseCase, *, whole: bool) -> Iterator[Part]:
    """Yield what made the guard stop: one line for each cause, and what happens meanwhile."""
    causes, months = case.matter.causes, case.policy.retention.months
    if "altered" in causes:
        words = "The database was changed by hand: it doesn’t match my log."
        yield Line(f"{words} Ask the bot’s administrator to run audit verify before you press Continue.", Sign.ALARM)
    if "restored" in causes and case.restored is not None:
        lost = "Later holds and declines are lost: set them again before you press Continue."
        yield Line(("My database was restored ", When(case.restored, now=case.now), f". {lost}"), Sign.ALARM)
    if "seen_late" in causes and (number := case.waiting.seen_late):
        they = "it was" if number == 1 else "they were"
        words = f"{quantity_words(number, 'call')} arrived when {they} already over {months} months old."
        why = f" A recorder’s clock may be wrong, or this is an old archive. {CORRECT}" if whole else ""
        yield Line(f"{words}{why}", Sign.ALARM)
    if "many" in causes:
        more = f", and {case.matter.coming:,} later that day" if case.matter.coming else ""
        limit = f"More than {case.policy.retention.pause_above:,} would be erased in one day"
        yield Line(f"{limit}: {case.things} so far{more}.", Sign.ALARM)
    them, they = ("it", "it stays") if case.waiting.number == 1 else ("them", "they stay")
    yield Line(f"Continue erases {them} for good. Until then {they} locked.")


def _decision_parts(case: PauseCase, reader: int) -> tuple[Part, ...]:
    """Say who decided and what that means, or since when nothing has been waiting."""
    row = case.matter
    at = When(row.closed_at or case.now, now=case.now)
    if row.decided_by is None:
        return (Line(("No erasures have been waiting since ", at, ".")),)
    who = "You" if row.decided_by == reader else case.people[row.decided_by].name
    correct = f" {CORRECT}" if row.state == "kept" else ""
    button, then = SAID[row.state]
    return (Line((f"{who} pressed {button}, ", at, f". {then}{correct}")),)


def _waiting_facts(case: PauseCase) -> tuple[tuple[str, Words], ...]:
    """List how many calls are paused, on which lines, and how old they are."""
    found, now = case.waiting, case.now
    lines = ((line_words(line, case.policy)[0], f"{number:,}") for line, number in found.lines.items())
    both = (("Oldest began", found.oldest), ("Newest began", found.newest))
    spans = both if found.number > 1 else (("Began", found.oldest),)
    began = ((label, When(at, now=now)) for label, at in spans if at is not None)
    return (("Paused", case.things), *lines, *began)


def _turn_parts(case: PauseCase, reader: int, *, whole: bool) -> tuple[Part, ...]:
    """Say why the pause came to this reader, or who was told if no one can decide."""
    if case.matter.state == "stuck":
        return (Line(f"I can’t reach anyone who may decide. {who_was_told(case)}".strip(), Sign.ALARM),)
    came = case.asked_as_words(reader) if whole and case.matter.is_open and case.asks(reader) else ""
    return (Line(came.strip()),) if came else ()


def _pause_buttons(case: PauseCase, reader: int) -> tuple[Button, ...]:
    """Return the buttons of a person who may decide; Continue also remains after Keep."""
    if not case.asks(reader):
        return ()
    value = f"{case.matter.id}:{case.matter.revision}"
    sure = f"This erases the audio of {case.things} for good."
    go = Button("pause_continue", "Continue", value, "danger", sure)
    keep = (Button("pause_keep", "Keep", value),) if case.matter.is_open else ()
    return (go, *keep, Button("hold", "Hold", case.matter.id))


def _pause_summary(case: PauseCase, reader: int) -> str:
    """Return the card's one sentence for notifications and screen readers."""
    if case.matter.is_open and case.asks(reader):
        return f"Erasing {case.things} is paused. Press Continue or Keep."
    return f"{WHAT}: {_pause_state(case, reader)}."
