"""What people see of a stopped run, in every state; all its words for people stand here (P12)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from handlers.cards import Actions, Button, Card, Facts, Line, Part, Sign, Small, Title, When, Words
from handlers.matters.alarming import told
from handlers.matters.case import came_as
from handlers.rules.breaker import USUAL_DAYS
from handlers.rules.holds import may_set
from handlers.stopped_runs.view import View
from handlers.words import counted, day_words, line_words
from storage.tables.erasures import StoppedRun

SIGNS = {"waiting": Sign.ALARM, "stuck": Sign.ALARM, "agreed": Sign.APPROVED, "over": Sign.ENDED}
WHAT = "Erasures stopped"
WHY = (
    "Unusually many calls come to their moment in one day, so none of them is erased. They are closed to everybody, and "
    "wait until two people agree."
)
RESTORED = (
    "My database was restored on ",
    ": holds and declines that were written down after the copy was made are lost. Set them again before you agree.",
)
UNTIL_THEN = "None of these calls is erased until two people agree; from their moment on they are closed to everybody."
NO_MORE = "What is erased can't come back. Once two people have agreed, erasures go on by themselves again, these and all later ones."
MORNINGS = (
    "If nobody answers, they stay closed and keep their audio, and whoever it waits for is reminded each working day."
)
OVER = "What had stopped was erased before, went by itself, or stopped anew. Nothing waits for anybody to agree since "
MOST_DAYS = 40


def card(view: View, reader: int) -> Card:
    """The card of a run for one reader."""
    return Card(
        (
            Title(SIGNS[view.run.state], WHAT, _state(view, reader)),
            *_agreed(view, reader),
            Facts(_facts(view)),
            *_why(view),
            *_turn(view, reader),
            *_buttons(view, reader),
            Small(_small(view, reader)),
        ),
        _summary(view, reader),
    )


def whole(card: Card, view: View, days: Sequence[tuple[str, str, int]]) -> Card:
    """The same with its calls by line and day; by month or year, where there are more than forty of these."""
    if not days:
        return card
    rows = _counted(view, days)
    return Card((*card.parts[:-1], Facts(rows), card.parts[-1]), card.summary)


def _counted(view: View, days: Sequence[tuple[str, str, int]]) -> tuple[tuple[str, Words], ...]:
    """By day (2026-11-24), else by month (2026-11), else by year: the first of these of which there are forty at most."""
    few = (found for length in (10, 7) if len(found := _sums(days, length)) <= MOST_DAYS)
    sums = next(few, None) or _sums(days, 4)
    shown = sorted(sums.items())[:MOST_DAYS]
    return tuple(
        (f"{_named(when)} · {line_words(line, view.policy)[0]}", counted(number, "call"))
        for (when, line), number in shown
    )


def _sums(days: Sequence[tuple[str, str, int]], length: int) -> dict[tuple[str, str], int]:
    """How many calls, by so many signs of the day, and by line."""
    sums: dict[tuple[str, str], int] = {}
    for line, day, number in days:
        sums[day[:length], line] = sums.get((day[:length], line), 0) + number
    return sums


def _named(when: str) -> str:
    if len(when) == 10:
        return day_words(date.fromisoformat(when), None)
    return f"{date.fromisoformat(f'{when}-01'):%B %Y}" if len(when) == 7 else when


def _state(view: View, reader: int) -> str:
    match view.run.state:
        case "agreed":
            return "two people agreed"
        case "over":
            return "nothing waits any more"
        case "stuck":
            return "nobody can agree"
        case _:
            if view.asks(reader):
                return "waiting for you"
            return "one more has to agree" if view.wanted == 1 else "two people have to agree"


def _agreed(view: View, reader: int) -> tuple[Part, ...]:
    run = view.run
    pairs = ((run.first_by, run.first_at), (run.second_by, run.closed_at))
    lines = [Line((f"{_by(view, who, reader)} agreed, ", When(at, now=view.now))) for who, at in pairs if who and at]
    if run.state == "over" and run.closed_at is not None:
        return (*lines, Line((OVER, When(run.closed_at, now=view.now), ".")))
    if lines and view.wanted:
        return (*lines, Line("One more has to agree."))
    if run.state == "agreed":
        return (*lines, Line(f"{counted(view.left, 'call')} still to go." if view.left else "Each goes at its moment."))
    return tuple(lines)


def _facts(view: View) -> tuple[tuple[str, Words], ...]:
    run = view.run
    before = (("Erased earlier that day", counted(run.before, "call")),) if run.before else ()
    return (
        ("Day", day_words(date.fromisoformat(run.day), None)),
        ("Calls", f"{run.number:,}"),
        *((line_words(line, view.policy)[0], f"{number:,}") for line, number in run.lines.items()),
        *before,
        *(_beside(run) if view.unusual else ()),
        ("Oldest call", When(run.oldest, now=view.now)),
        ("Newest call", When(run.newest, now=view.now)),
    )


def _beside(run: StoppedRun) -> tuple[tuple[str, Words], ...]:
    share = f"{100 * (run.number + run.before) / max(run.register, 1):.3g} in a hundred"
    return (
        ("Share of the register", f"{share} of {counted(run.register, 'call')}"),
        ("Usual", f"{run.usual:,g} a day, the median of {USUAL_DAYS} days"),
    )


def _why(view: View) -> tuple[Part, ...]:
    """After a restore it says what to do before anybody agrees, and where it was unusual as well, that too."""
    if not view.run.is_open:
        return ()
    if view.restored is None:
        return (Line(WHY),)
    began, then = RESTORED
    lost = Line((began, When(view.restored, now=view.now), then), Sign.ALARM)
    return (lost, *((Line(WHY),) if view.unusual else ()), Line(f"{'' if view.unusual else f'{UNTIL_THEN} '}{NO_MORE}"))


def _turn(view: View, reader: int) -> tuple[Part, ...]:
    """Why it came to this reader, and what happens if nobody answers."""
    if view.run.state == "stuck":
        hearer = told(view) if view.alarm is not None else ""
        return (Line(f"Nobody who could agree can be asked now. {hearer}".strip(), Sign.ALARM),)
    if not view.run.is_open:
        return ()
    few = view.wanted - len(view.asked)
    lacking = (Line("There are fewer people than that who can be asked now.", Sign.ALARM),) if few > 0 else ()
    return (*lacking, Line(f"{came_as(view, reader) if view.asks(reader) else ''}{MORNINGS}"))


def _buttons(view: View, reader: int) -> tuple[Part, ...]:
    details = Button("details", "Details", view.run.id)
    if view.run.state != "waiting" or not view.asks(reader):
        return (Actions((*_hold(view, reader), details)),)
    again = "" if view.restored is None else " Holds that were lost with the restore must be set again before."
    sure = f"The audio of {counted(view.run.number, 'call')} is erased for good once two people agree.{again}"
    return (Actions((Button("run_erase", "Erase", view.run.id, "danger", sure), *_hold(view, reader), details)),)


def _hold(view: View, reader: int) -> tuple[Button, ...]:
    """After a restore: what is to keep these calls is set again from here, since past their moment they are in no search."""
    able = view.restored is not None and view.run.is_open and reader in view.everybody()
    sets = able and may_set(view.policy, view.people[reader].email_key)
    return (Button("hold", "Set a hold", view.run.id),) if sets else ()


def _small(view: View, reader: int) -> str:
    others = [view.people[one].name for one in view.everybody() if one != reader]
    seen = f" · also seen by {', '.join(others)}" if others else ""
    return f"{view.run.id} · P12{seen}"


def _summary(view: View, reader: int) -> str:
    if view.run.state != "waiting" or not view.asks(reader):
        return f"{WHAT} {view.run.id}: {_state(view, reader)}."
    why = "Unusually many erasures stopped" if view.unusual else "Erasures stopped, since my database was restored"
    return f"{why}, and they wait for you to agree."


def _by(view: View, person_id: int, reader: int) -> str:
    return "You" if person_id == reader else view.people[person_id].name
