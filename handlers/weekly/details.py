"""The details of a weekly card: each thing by itself where there are forty at most, and else by kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from handlers.cards import Actions, Button, Card, Facts, Heading, Line, Part, Row
from handlers.late_words import BY, trouble
from handlers.weekly.facts import Kept, Late, Waits
from handlers.weekly.gathering import EXCEPTIONS
from handlers.weekly.view import View
from handlers.weekly.words import asked_words, moment_of_day, reach_words
from handlers.words import call_line, capital, counted, day_words
from storage.records import Recording

MOST = 40
"""So many things of a kind stand one by one."""
OVER = " · over by now"
Calls = Mapping[int, Recording]


def wanted(view: View) -> set[int]:
    """The calls that stand one by one, by number."""
    facts, found = view.facts, set[int]()
    late = {one for row in facts["late"] for one in row["recordings"]}
    kept = {one for row in facts["kept"] for one in row["recordings"]}
    for some in (late, kept, {*facts["outside"]}, {*facts["vanished"]}):
        found |= some if len(some) <= MOST else set()
    return found


def whole(drawn: Card, view: View, calls: Calls, opens: Callable[[str], bool]) -> Card:
    """The same with all of it; `opens` says whether this reader may look at a matter."""
    parts: list[Part] = [*drawn.parts[:-2]]
    parts += _section("Late erasures, and why", _late(view, calls))
    parts += _section("Overdue", _waits(view, view.facts["overdue"], opens))
    parts += _section("Waits for an answer", _waits(view, view.facts["waiting"], opens))
    parts += _section("Kept past its moment, and by what", _kept(view, calls, opens))
    parts += _section("Out of the ordinary", _exceptions(view, opens))
    parts += _section("On no recorded line, and files without a call", _outside(view, calls))
    parts += _section("Vanished before its moment", _calls(view, calls, view.facts["vanished"]))
    parts += _section("People out of reach", _unreached(view))
    parts += _section("Earlier cards that nobody had seen", _unseen(view))
    return Card((*parts, *_buttons(drawn), *drawn.parts[-1:]), drawn.summary)


def _buttons(drawn: Card) -> list[Part]:
    """Those of the card, without the one that led here."""
    found = [
        one for part in drawn.parts if isinstance(part, Actions) for one in part.buttons if one.action != "details"
    ]
    return [Actions(tuple(found))] if found else []


def _section(heading: str, parts: Iterable[Part]) -> list[Part]:
    found = list(parts)
    return [Heading(heading), *found] if found else []


def _late(view: View, calls: Calls) -> Iterator[Part]:
    for row in view.facts["late"]:
        yield Line(_why_late(row))
        yield from _calls(view, calls, row["recordings"])
    files = sorted({one for row in view.facts["late"] for one in row["files"]})
    if files:
        yield Line(f"{counted(len(files), 'file')} without a call: {_few(files)}.")


def _why_late(row: Late) -> str:
    number = len(row["recordings"]) + len(row["files"])
    if row["pause"]:
        return f"{counted(number, 'erasure')} in {row['pause']}: paused until somebody says Continue."
    return f"{counted(number, 'erasure')}: {trouble(row['why'], number)}."


def _waits(view: View, rows: Sequence[Waits], opens: Callable[[str], bool]) -> Iterator[Part]:
    if len(rows) > MOST:
        kinds = Counter(view.whats[one["matter"]].rpartition(" ")[0] for one in rows)
        yield Facts(tuple((capital(kind), f"{number:,}") for kind, number in sorted(kinds.items())))
        return
    for one in rows:
        matter = one["matter"]
        due = f"was due {day_words(moment_of_day(one['due'], view.policy), None)}, " if one["due"] else ""
        over = OVER if matter in view.since.matters else ""
        since = f"since {day_words(moment_of_day(one['since'], view.policy), None)}"
        what = view.whats[matter]
        words = (capital(what), *view.abouts[matter])
        yield Row(words, _details(matter, opens), f"{due}{asked_words(view, one)} · {since}{over}")


def _details(matter: str, opens: Callable[[str], bool]) -> Button | None:
    return Button("details", "Details", matter) if opens(matter) else None


def _kept(view: View, calls: Calls, opens: Callable[[str], bool]) -> Iterator[Part]:
    rows: list[Kept] = view.facts["kept"]
    each = len({one for row in rows for one in row["recordings"]}) <= MOST
    if len(rows) > MOST:
        by = Counter(dict.fromkeys(BY, 0))
        for row in rows:
            by[row["why"]] += len(row["recordings"])
        yield Facts(tuple((capital(BY[why]), f"{number:,}") for why, number in by.items() if number))
        return
    for row in rows:
        until = day_words(moment_of_day(row["until"], view.policy), None)
        words = f"{counted(len(row['recordings']), 'call')} {BY[row['why']]}, until {until}"
        yield Row(words, _details(row["matter"], opens), row["matter"])
        yield from _calls(view, calls, row["recordings"]) if each else ()


def _calls(view: View, calls: Calls, which: Collection[int]) -> Iterator[Part]:
    for number in which:
        if number in calls:
            one = calls[number]
            over = (OVER,) if number in view.since.calls else ()
            yield Row((*call_line(one, view.policy, view.now), *over))


def _exceptions(view: View, opens: Callable[[str], bool]) -> Iterator[Part]:
    found = view.facts["exceptions"]
    if len(found) > MOST:
        kinds = Counter(EXCEPTIONS[one["action"]] for one in found)
        yield Facts(tuple((capital(words), f"{number:,}") for words, number in kinds.items()))
        return
    for one in found:
        words = EXCEPTIONS[one["action"]]
        yield Row(capital(words), _details(one["subject"], opens), f"entry {one['entry']:,} of the log")


def _outside(view: View, calls: Calls) -> Iterator[Part]:
    yield from _calls(view, calls, view.facts["outside"])
    if files := view.facts["files"]:
        yield Line(f"{counted(len(files), 'file')} without a call: {_few(files)}.")


def _few(numbers: Sequence[int]) -> str:
    told = ", ".join(f"file {one}" for one in numbers[:MOST])
    return told if len(numbers) <= MOST else f"{told} and {len(numbers) - MOST:,} more"


def _unreached(view: View) -> Iterator[Part]:
    for one in view.facts["unreached"][:MOST]:
        yield Line(f"{reach_words(view, one)}{' Mended by now.' if one['subject'] in view.since.subjects else ''}")
    if silent := [view.others[one].name for one in view.facts["untried"] if one in view.others]:
        yield Line(f"Could not be tried, since a platform did not answer: {', '.join(silent[:MOST])}.")


def _unseen(view: View) -> Iterator[Part]:
    for one in view.facts["unseen"][:MOST]:
        yield Row(one, None, "seen by now" if one in view.since.cards else "still to be seen")
