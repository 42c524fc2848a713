"""What the Head decides on the card of erasures ahead, and decided to keep: calls on no line of the policy, and files without a call (P4)."""

from __future__ import annotations

from handlers.cards import Actions, Button, Heading, Line, Part, Row
from handlers.erasures_ahead.view import View, mark_of
from handlers.unregistered_words import file_line
from handlers.words import NO_LINE, call_and_reference, line_words, this_call
from storage.records import Recording
from storage.tables.erasures import UnregisteredFile

OUTSIDE = (
    "The policy does not name the lines of these calls, so they have no moment at which they go. They are out of reach for everybody, "
    "and listed each week until you decide."
)
UNREGISTERED = (
    "Nothing tells which calls these files are, so they have no moment at which they go. They are out of reach for everybody, and "
    "listed each week until they are mended or you decide. Their names may be somebody’s, so they don’t stand here. Whoever runs "
    "the bot finds each by its number with recording-steward purge --dry-run, and how to mend it with recording-steward check."
)
NOT_ERASABLE = "It has to be mended before it can be erased."
ONLY_MENDED = "Nobody knows what lies in it, so it can only be mended."
STAYS = "The audio of {what} stays in the recording system without an end, and is no longer listed as what waits for you. You can still erase it later, in Details."
YOURS = "You were on this call, so it is not for you to decide."
ALL = "ahead_all"
NOWHERE, STAYING = "On no recorded line", "Kept, as was decided"
KEPT = "You, or whoever was Head then, decided that these stay. Each stays until it is erased here."


def to_decide(view: View) -> list[Part]:
    """It stands above all else, and `kept` after it, since a platform that has no room leaves out what stands last."""
    parts: list[Part] = []
    if view.undecided or view.own:
        parts += [Heading(NOWHERE), Line(OUTSIDE)]
        parts += [part for call in view.outside for part in outside(view, call)]
        parts += more(view, "outside", view.undecided + view.own - len(view.outside))
    if view.unregistered:
        parts += [Heading(NO_LINE), Line(UNREGISTERED)]
        parts += [part for file in view.files for part in unregistered(view, file)]
        parts += more(view, "files", view.unregistered - len(view.files))
    return parts


def outside(view: View, call: Recording) -> tuple[Part, ...]:
    """A call on no line of the policy; no button on one that the reader may not decide."""
    if not view.may_decide(call):
        return (_call_row(view, call),)
    sure = STAYS.format(what=this_call(call, view.zone_for(call), view.now))
    keep = Button("outside_keep", "Keep", f"{view.card.id}:{call.id}", confirm=sure)
    return _call_row(view, call), Actions((_erase_call(view, call), keep))


def unregistered(view: View, file: UnregisteredFile) -> tuple[Part, ...]:
    """A file that could not be registered, with what can be decided of it."""
    value = f"{view.card.id}:{file.id}:{mark_of(file)}"
    zone = line_words(view.policy.company.home_line, view.policy)[1]
    buttons = (
        *((_erase_file(view, file),) if file.erasable else ()),
        Button("file_keep", "Keep", value, confirm=STAYS.format(what=f"file {file.id}")),
    )
    line = file_line(file, zone, view.now)
    if not file.stamp:
        return (Row(line, None, ONLY_MENDED),)
    return Row(line, None, None if file.erasable else NOT_ERASABLE), Actions(buttons)


def kept(view: View) -> list[Part]:
    """What was decided to stay, with Erase again: below all that waits."""
    if not view.stays.number:
        return []
    parts: list[Part] = [Heading(STAYING), Line(KEPT)]
    parts += [part for call in view.stays.calls for part in kept_call(view, call)]
    parts += [part for file in view.stays.files for part in kept_file(view, file)]
    return [*parts, *more(view, "stays", view.stays.number - len(view.stays.calls) - len(view.stays.files))]


def kept_call(view: View, call: Recording) -> tuple[Part, ...]:
    """A call of which it was decided that it stays, with Erase for whoever may decide of it."""
    row = _call_row(view, call)
    return (row, Actions((_erase_call(view, call),))) if view.may_decide(call) else (row,)


def kept_file(view: View, file: UnregisteredFile) -> tuple[Part, ...]:
    """The same of a file."""
    line = file_line(file, line_words(view.policy.company.home_line, view.policy)[1], view.now)
    return (Row(line), Actions((_erase_file(view, file),))) if file.erasable else (Row(line, None, NOT_ERASABLE),)


def _call_row(view: View, call: Recording) -> Row:
    return Row(call_and_reference(call, view.policy, view.now), None, None if view.may_decide(call) else YOURS)


def _erase_call(view: View, call: Recording) -> Button:
    sure = f"The audio of {this_call(call, view.zone_for(call), view.now)} is erased for good."
    return Button("outside_erase", "Erase", f"{view.card.id}:{call.id}", "danger", sure)


def _erase_file(view: View, file: UnregisteredFile) -> Button:
    sure = f"The audio of file {file.id} is erased for good."
    return Button("file_erase", "Erase", f"{view.card.id}:{file.id}:{mark_of(file)}", "danger", sure)


def more(view: View, name: str, number: int) -> list[Part]:
    """How many there are beside those that stand there, and the way to all of them, by the list's name."""
    return [Row(f"And {number:,} more.", Button(ALL, "Show all", f"{view.card.id}:{name}:0"))] if number > 0 else []
