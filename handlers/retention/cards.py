"""What people see of paused erasures, in every state; all its words for people are here (P12)."""

from __future__ import annotations

from collections.abc import Iterator

from handlers.cards import Actions, Button, Card, Facts, Line, Part, Sign, Small, Title, When, Words
from handlers.matters.asking import told
from handlers.matters.case import came_as
from handlers.retention.guard import View
from handlers.words import counted, line_words

WHAT = "Erasures paused"
SIGNS = {"waiting": Sign.ALARM, "stuck": Sign.ALARM, "continued": Sign.APPROVED, "kept": Sign.NOTE, "over": Sign.ENDED}
CORRECT = "Calls open again once their start is corrected in the recording system."
SAID = {
    "continued": "said Continue: they are erased, or have been.",
    "kept": "said Keep: they aren't erased, and stay locked. Continue still erases them.",
}


def card(view: View, reader: int) -> Card:
    """The card of a pause for one reader."""
    return Card(
        (
            Title(SIGNS[view.pause.state], WHAT, _state(view, reader)),
            *(_why(view) if view.pause.is_open else _decided(view, reader)),
            *((Facts(_facts(view)),) if view.waiting.number else ()),
            *_turn(view, reader),
            Actions((*_buttons(view, reader), Button("details", "Details", view.pause.id))),
            Small(_small(view, reader)),
        ),
        _summary(view, reader),
    )


def _state(view: View, reader: int) -> str:
    match view.pause.state:
        case "waiting":
            return "waiting for you" if view.asks(reader) else "waiting for a decision"
        case "stuck":
            return "no one can decide"
        case "over":
            return "nothing is waiting"
        case state:
            return state


def _why(view: View) -> Iterator[Part]:
    """What made the guard stop: one line for each cause, and what happens meanwhile."""
    causes, months = view.pause.causes, view.policy.retention.months
    if "altered" in causes:
        words = "The database was changed by hand: what it says of a call isn't what my log says."
        yield Line(f"{words} Have your administrator run audit verify before you press Continue.", Sign.ALARM)
    if "restored" in causes and view.restored is not None:
        lost = "Holds and declines made after the backup are lost: set them again before you press Continue."
        yield Line(("My database was restored on ", When(view.restored, now=view.now), f". {lost}"), Sign.ALARM)
    if "seen_late" in causes and (number := view.waiting.seen_late):
        they = "it was" if number == 1 else "they were"
        words = f"I first saw {counted(number, 'call')} when {they} already more than {months} months old."
        yield Line(f"{words} A recorder's clock may be wrong, or this is an old archive. {CORRECT}", Sign.ALARM)
    if "many" in causes:
        more = f", and {view.pause.coming:,} later that day" if view.pause.coming else ""
        limit = f"More than {view.policy.retention.pause_above:,} would go in one day"
        yield Line(f"{limit}: {view.things} so far{more}. Continue lets all of them go.", Sign.ALARM)
    yield Line("Continue erases them for good. Until you decide they stay locked and keep their audio.")


def _decided(view: View, reader: int) -> tuple[Part, ...]:
    row = view.pause
    at = When(row.closed_at or view.now, now=view.now)
    if row.decided_by is None:
        return (Line(("Nothing has been waiting here since ", at, ".")),)
    who = "You" if row.decided_by == reader else view.people[row.decided_by].name
    correct = f" {CORRECT}" if row.state == "kept" else ""
    return (Line((at, f": {who} {SAID[row.state]}{correct}")),)


def _facts(view: View) -> tuple[tuple[str, Words], ...]:
    found, now = view.waiting, view.now
    lines = ((line_words(line, view.policy)[0], f"{number:,}") for line, number in found.lines.items())
    spans = (("Oldest", found.oldest), ("Newest", found.newest))
    began = ((f"{label} began", When(at, now=now)) for label, at in spans if at is not None)
    return (("Paused", view.things), *lines, *began)


def _turn(view: View, reader: int) -> tuple[Part, ...]:
    """Why it came to this reader, and who else knows where nobody can decide."""
    if view.pause.state == "stuck":
        return (Line(f"No one who may decide can be reached. {told(view)}".strip(), Sign.ALARM),)
    came = came_as(view, reader, "You're asked as") if view.pause.is_open and view.asks(reader) else ""
    return (Line(came.strip()),) if came else ()


def _buttons(view: View, reader: int) -> tuple[Button, ...]:
    if not view.asks(reader):
        return ()
    value = f"{view.pause.id}:{view.pause.revision}"
    sure = f"The audio of {view.things} is erased for good."
    go = Button("pause_continue", "Continue", value, "danger", sure)
    keep = (Button("pause_keep", "Keep", value),) if view.pause.is_open else ()
    return (go, *keep, Button("hold", "Set a hold", view.pause.id))


def _small(view: View, reader: int) -> str:
    others = [view.people[one].name for one in view.everybody() if one != reader]
    seen = f" · also seen by {', '.join(others)}" if others else ""
    return f"{view.pause.id} · P12{seen}"


def _summary(view: View, reader: int) -> str:
    if view.pause.is_open and view.asks(reader):
        return f"Erasures are paused: {view.things_wait} for you to say Continue or Keep."
    return f"{WHAT}: {_state(view, reader)}."
