"""What people see of erasures ahead; all its words for people stand here (P12)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from handlers.cards import Actions, Button, Card, Facts, Heading, Line, Part, Row, Sign, Small, Title, When, Words
from handlers.erasures_ahead.deciding_cards import NOWHERE, kept, more, to_decide
from handlers.erasures_ahead.view import View
from handlers.late_words import BY, trouble
from handlers.matters.case import came_as
from handlers.policy import Policy
from handlers.rules.ahead import MOST_CALLS
from handlers.words import NO_LINE, call_and_reference, calls_and_files, counted, day_words, line_words
from storage.records import Recording
from storage.tables.erasures import Keep

WHAT = "Erasures ahead"
KEPT = {"request": "Kept for an open request", "hold": "Kept by a hold", "copy": "Kept for a customer’s copy"}
BY_ITSELF = "Nothing has to be done for that: each is closed to everybody at its moment, and erased within {late}."
OR_DECIDED = "Each call is closed to everybody at its moment, and erased within {late}. What waits for a decision stays until it is made."
HELD, KEPT_PAST = "Stays past its moment, by a hold", "Kept past its moment"
OVER = "There is a newer card by now."


def card(view: View, reader: int, *, hold: bool) -> Card:
    """The card for one reader; `hold` where there is such a button."""
    if view.card.state != "current":
        return Card(
            (Title(Sign.ENDED, WHAT, _week(view)), Line(OVER), Small(f"{view.card.id} · P12")), f"{WHAT}: {OVER}"
        )
    actions = (Button("details", "Details", view.card.id), *((Button("hold", "Set a hold", ""),) if hold else ()))
    return Card(
        (
            Title(Sign.ALARM if view.paused or view.late else Sign.NOTE, WHAT, _week(view)),
            Facts(_facts(view, "in Details")),
            *_late(view),
            Line(
                came_as(view, reader, "It comes to you as")
                + (OR_DECIDED if _waits(view) else BY_ITSELF).format(
                    late=counted(view.policy.retention.most_minutes_late, "minute")
                )
            ),
            Actions(actions),
            Small(_small(view, reader)),
        ),
        f"{WHAT}: {_soon(view)}.",
    )


def whole(drawn: Card, view: View, calls: Sequence[Recording], moments: Sequence[tuple[str, datetime]]) -> Card:
    """The same with what is to be decided, or was and may still be erased; each call, where there are forty at most, else by line and day; and what keeps calls until when."""
    above = (Facts(_facts(view, "below")) if isinstance(one, Facts) else one for one in drawn.parts[:-2])
    parts: list[Part] = [*above, *to_decide(view), *kept(view)]
    if moments:
        parts.append(Heading("What goes, and when"))
        parts += _each(view, calls) if len(moments) <= MOST_CALLS else [Facts(by_day(view.policy, moments))]
    if view.held:
        parts += [
            Heading(HELD),
            *(held_row(view, *one) for one in view.held[:MOST_CALLS]),
        ]
        parts += more(view, "held", len(view.held) - MOST_CALLS)
    if view.kept:
        parts.append(Heading(KEPT_PAST))
        parts += [kept_row(view, keep, call) for keep, call in view.kept[:MOST_CALLS]]
        parts += more(view, "kept", len(view.kept) - MOST_CALLS)
    return Card((*parts, *drawn.parts[-1:]), drawn.summary)


def by_day(policy: Policy, moments: Sequence[tuple[str, datetime]]) -> tuple[tuple[str, Words], ...]:
    """How many go on each day of their line, by line."""
    days: dict[date, dict[str, int]] = {}
    for line, moment in moments:
        label, zone = line_words(line, policy)
        lines = days.setdefault(moment.astimezone(ZoneInfo(zone)).date(), {})
        lines[label] = lines.get(label, 0) + 1
    return tuple((day_words(day, None), _by_line(lines)) for day, lines in sorted(days.items()))


def _each(view: View, calls: Sequence[Recording]) -> list[Part]:
    return [
        Row(call_and_reference(one, view.policy, view.now), None, ("goes ", _at(view, one, one.erase_at)))
        for one in calls
        if one.erase_at is not None
    ]


def kept_row(view: View, keep: Keep, call: Recording) -> Row:
    """A call that is kept past its moment: by what, and until when."""
    what = BY[keep.why]
    button = Button("details", "Details", keep.matter_id)
    return Row(
        call_and_reference(call, view.policy, view.now),
        button,
        (f"{what} · {keep.matter_id} · until ", _at(view, call, keep.ends_at)),
    )


def held_row(view: View, keep: Keep, call: Recording) -> Row:
    """A call that stays past its moment: by which hold, and until when."""
    button = Button("details", "Details", keep.matter_id)
    small = (
        f"{keep.matter_id} · its moment is ",
        _at(view, call, call.erase_at),
        ", held until ",
        _at(view, call, keep.ends_at),
    )
    return Row(call_and_reference(call, view.policy, view.now), button, small)


def _at(view: View, call: Recording, moment: datetime | None) -> When:
    return When(moment or view.now, line_words(call.line, view.policy)[1], view.now)


def _week(view: View) -> str:
    return f"week of {day_words(date.fromisoformat(view.card.week), None)}"


def _facts(view: View, where: str) -> tuple[tuple[str, Words], ...]:
    rows: list[tuple[str, Words]] = [
        (f"Within {counted(days, 'day')}", _by_line({line_words(line, view.policy)[0]: n for line, n in lines.items()}))
        for days, lines in view.ahead.items()
    ]
    if held := len({keep.recording_id for keep, _ in view.held}):
        rows.append(("Held past its moment", f"{counted(held, 'call')}, not counted above"))
    for why, what in KEPT.items():
        if number := len({keep.recording_id for keep, _ in view.kept if keep.why == why}):
            rows.append((what, counted(number, "call")))
    if view.undecided or view.own:
        waits = f"{counted(view.undecided, 'call')}, for you to decide {where}" if view.undecided else ""
        own = f"{counted(view.own, 'call')} that you were on, not for you to decide" if view.own else ""
        rows.append((NOWHERE, " · ".join(filter(None, (waits, own)))))
    if view.unregistered:
        rows.append((NO_LINE, f"{counted(view.unregistered, 'file')}, for you to decide {where}"))
    return tuple(rows)


def _by_line(lines: Mapping[str, int]) -> str:
    return " · ".join(f"{label}: {number:,}" for label, number in lines.items()) or "none"


def _late(view: View) -> tuple[Part, ...]:
    """What is late, and why; it is closed to everybody all the same."""
    paused = (
        f"{counted(number, 'erasure')} wait{'s' if number == 1 else ''}: paused until somebody says Continue ({pause})."
        for pause, number in view.paused.items()
    )
    failed = (
        f"{counted(number, 'erasure is later than it', 'erasures are later than they')} should be: {trouble(why, number)}. Closed to everybody, and tried again."
        for why, number in view.late.items()
    )
    return tuple(Line(words, Sign.ALARM) for words in (*paused, *failed))


def _waits(view: View) -> bool:
    """Whether this reader, or somebody else, has to decide something."""
    return bool(view.undecided or view.unregistered or view.paused)


def _soon(view: View) -> str:
    """What a notification says: first what waits for this reader."""
    days, lines = next(iter(view.ahead.items()), (0, {}))
    goes = f"{counted(sum(lines.values()), 'call')} within {counted(days, 'day')}"
    waiting = waits_words(view.undecided, view.unregistered)
    return f"{waiting}, and {goes}" if waiting else goes


def waits_words(calls: int, files: int) -> str:
    """What waits for the Head's decision, such as “2 calls and 1 file for you to decide”; nothing where there is none."""
    return f"{calls_and_files(calls, files)} for you to decide" if calls or files else ""


def _small(view: View, reader: int) -> str:
    others = [view.people[one].name for one in view.everybody() if one != reader]
    seen = f" · also seen by {', '.join(others)}" if others else ""
    return f"{view.card.id} · P12{seen}"
