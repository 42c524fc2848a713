"""What people see of a draw, in every state; all its words for people stand here (P10)."""

from __future__ import annotations

from collections.abc import Iterable

from handlers.cards import Actions, Button, Card, Facts, Heading, Line, Part, Row, Said, Sign, Small, Title, When, Words
from handlers.random_review.review_cards import row as review_row
from handlers.random_review.view import View
from handlers.random_review.words import department_words, list_words, month_words
from handlers.rules.random_review import LINES
from handlers.words import counted
from storage.tables.draws import Draw

SIGNS = {
    "waiting": Sign.WAITING, "counted": Sign.WAITING, "drawn": Sign.APPROVED, "undrawn": Sign.ALARM, "nothing": Sign.ENDED,
    "restored": Sign.ALARM, "early": Sign.ALARM,
}  # fmt: skip
UNDONE = {
    "restored": "My database was restored from a copy while this draw waited for lines. Its number may be known, so nothing is drawn by it.",
    "early": "My clock was ahead when I froze these lists, which were not due yet. Nothing is drawn from them.",
}
"""Why a draw ended undrawn in whose place another one comes."""
MOST_ROWS, MOST_READ = 6, 15
WROTE, WRITTEN = "What reviewers wrote", "draw_written"
FOR_TRAINING = "What is heard is for training and quality. Using it against somebody takes an approval of its own (P9)."


def card(view: View, reader: int, *, head: bool = False, whole: bool = False) -> Card:
    """The card of a draw for one reader; `head` for whoever may have the month drawn again, `whole` as Details shows it."""
    return Card(
        (
            Title(SIGNS[view.draw.state], f"Random review of {month_words(view.draw.month)}", _state(view, reader)),
            *_beside(view),
            *_turn(view, reader),
            Facts(tuple(_facts(view))),
            *(_announced(view) if whole or view.draw.state != "drawn" else ()),
            *_mine(view, reader),
            *(_reviewed(view, reader) if whole and head else ()),
            *_buttons(view, reader, head=head, whole=whole),
            Small(_small(view, reader)),
        ),
        _summary(view, reader),
    )


def _state(view: View, reader: int) -> str:
    match view.draw.state:
        case "waiting" if view.asks(reader):
            return "waiting for your line"
        case "waiting":
            return "waiting for lines"
        case "counted":
            return "lines counted"
        case "drawn":
            return _drawn_state(view, reader)
        case "undrawn" | "restored" | "early":
            return stands(view.draw)
        case _:
            return "no calls"


def _drawn_state(view: View, reader: int) -> str:
    mine = [one for one in view.of(reader) if one.state == "waiting"]
    if mine:
        return f"{counted(len(mine), 'call')} for you to review"
    ended = view.draw.review_until is not None and view.draw.review_until <= view.now
    left = sum(one.state == "waiting" for one in view.reviews) + (0 if ended else view.unassigned)
    if left:
        return f"{counted(left, 'call')} to review"
    over = sum(one.state == "over" for one in view.reviews) + view.unassigned
    return f"over, {counted(over, 'call')} not reviewed" if over else "reviewed"


def _beside(view: View) -> tuple[Part, ...]:
    """A further draw shows beside the first, on the cards of both."""
    draw, parts = view.draw, list[Part]()
    if draw.again_of:
        who = view.people[draw.asked_by].name if draw.asked_by in view.people else ""
        told = f"{who} had this month drawn again." if who else "This one takes the place of another."
        parts.append(Line(f"{told} The draw before is {draw.again_of}."))
    if draw.why:
        parts.append(Said("Why" if draw.again_of else "Please note", draw.why))
    if view.again:
        parts.append(_after(draw, ", ".join(one.id for one in view.again)))
    return tuple(parts)


def _after(draw: Draw, later: str) -> Line:
    if draw.state in UNDONE:
        return Line(f"In its place: {later}.")
    return Line(f"This month was drawn again: {later}. The calls of this draw are reviewed as well.")


def _turn(view: View, reader: int) -> tuple[Part, ...]:
    """Why it came to this reader, and what happens next."""
    draw = view.draw
    if draw.state == "waiting":
        until = When(draw.due_at, now=view.now) if draw.due_at else "their time is over"
        asks = "As a reviewer, please type a line, whatever you like. " if view.asks(reader) else ""
        two = "The calls are drawn once two lines are in. They are taken until "
        return (
            Line((f"{asks}{two}", until, "; one alone counts then, and without any nothing is drawn.")),
            *_who_typed(view),
        )
    if draw.state == "counted":
        return (
            Line(f"These lines count: {_names(view)}. In five minutes I tell the number, and the calls are drawn."),
        )
    if draw.state == "undrawn":
        return (Line("Nobody typed a line in time, so nothing was drawn.", Sign.ALARM),)
    if draw.state in UNDONE:
        return (Line(UNDONE[draw.state], Sign.ALARM),)
    if draw.state == "nothing":
        return (Line("There were no calls to draw from."),)
    few = "" if len(view.lines) == LINES else " Only one line was there in time."
    until = When(draw.review_until, now=view.now) if draw.review_until else ""
    return (
        Line((f"Drawn with the lines of {_names(view)}.{few} The calls can be heard and reviewed until ", until, ".")),
    )


def _who_typed(view: View) -> tuple[Part, ...]:
    return (Line(f"{_names(view)} typed one already; nobody reads it before it counts."),) if view.lines else ()


def _names(view: View) -> str:
    return " and ".join(view.people[one.person_id].name for one in view.in_order)


def _facts(view: View) -> Iterable[tuple[str, Words]]:
    for one in view.lists:
        yield (
            department_words(view.policy, one.department),
            list_words(len(one.calls), one.wanted, one.left_out, drawn=view.draw.state == "drawn"),
        )


def _announced(view: View) -> tuple[Part, ...]:
    """The hashes that were fixed before anybody typed a line, and what they stood for once that may be known."""
    draw = view.draw
    if draw.state == "nothing":
        return ()
    parts: list[Part] = [Said("Fixed before any line (SHA-256)", hashes(view))]
    if draw.state in ("counted", "drawn"):
        parts.append(Said("Lines", "\n".join(f"{number}. {one.line}" for number, one in enumerate(view.in_order, 1))))
    if draw.number:
        parts.append(Said("Number", draw.number))
    return tuple(parts)


def hashes(view: View) -> str:
    """What is announced: the hash of the number, and that of each list, each under its name."""
    lists = (f"{department_words(view.policy, one.department)}:\n{one.list_hash}" for one in view.lists if one.calls)
    return "\n".join([f"The number:\n{view.draw.number_hash}", *lists])


def _mine(view: View, reader: int) -> tuple[Part, ...]:
    """The first calls of this reader; a platform has no room for many."""
    mine = sorted(view.of(reader), key=lambda one: one.state != "waiting")
    if not mine:
        return ()
    rows = [review_row(one, view.calls[one.recording_id], view.policy, view.now) for one in mine[:MOST_ROWS]]
    more = len(mine) - len(rows)
    rest = [Row(f"And {more} more.", Button("more", "Show all", "call_reviews:0"))] if more else []
    return (Line(FOR_TRAINING), *rows, *rest)


def _reviewed(view: View, reader: int) -> tuple[Part, ...]:
    """What reviewers wrote is for the Head to read."""
    rows = written_rows(view, reader)
    more = len(rows) - MOST_READ
    rest = [Row(f"And {more} more.", Button(WRITTEN, "Show all", f"{view.draw.id}:0"))] if more > 0 else []
    return (Heading(WROTE), *rows[:MOST_READ], *rest) if rows else ()


def written_rows(view: View, reader: int) -> list[Row]:
    """Each call that somebody else has reviewed."""
    done = [one for one in view.reviews if one.state == "reviewed" and one.reviewer != reader]
    return [review_row(one, view.calls[one.recording_id], view.policy, view.now) for one in done]


def _buttons(view: View, reader: int, *, head: bool, whole: bool) -> tuple[Part, ...]:
    draw, found = view.draw, list[Button]()
    if view.asks(reader):
        found.append(Button("draw_line", "Contribute", draw.id, "primary"))
    if draw.state == "drawn":
        found += [] if whole else [Button("details", "Details", draw.id)]
        found.append(Button("draw_files", "The files", draw.id))
    if head and draw.state in ("drawn", "undrawn", "nothing") and not view.again:
        found.append(Button("draw_again", "Draw again", draw.id))
    return (Actions(tuple(found)),) if found else ()


def _small(view: View, reader: int) -> str:
    others = [view.people[one].name for one in view.everybody() if one != reader]
    seen = f" · also seen by {', '.join(others)}" if others else ""
    return f"{view.draw.id} · P10{seen}"


def _summary(view: View, reader: int) -> str:
    month = month_words(view.draw.month)
    if view.asks(reader):
        return f"The random review of {month} waits for a line of yours."
    return f"Random review of {month}: {_state(view, reader)}."


def stands(draw: Draw) -> str:
    """How a draw stands, in a word, for a list."""
    return {
        "waiting": "waiting for lines", "counted": "lines counted", "drawn": "drawn", "undrawn": "nothing drawn", "nothing": "no calls",
        "restored": "ended by a restore", "early": "frozen too early",
    }[draw.state]  # fmt: skip
