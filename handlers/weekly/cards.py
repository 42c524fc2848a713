"""What people see of a weekly card: numbers first, and how far the log was verified."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from handlers.cards import Actions, Button, Card, Facts, Line, Part, Sign, Small, Title, When, Words
from handlers.matters.alarming import told
from handlers.matters.case import approvers
from handlers.weekly.view import View
from handlers.weekly.words import (
    BROKEN,
    HOW,
    NONE,
    UNCOMPARED,
    UNVERIFIED,
    calls_words,
    log_words,
    number_words,
    week_words,
)
from handlers.words import counted, listed

SIGNS = {"waiting": Sign.WAITING, "stuck": Sign.ALARM, "seen": Sign.APPROVED}


def card(view: View, reader: int) -> Card:
    """The card for one reader."""
    what = week_words(view.card.week)
    return Card(
        (
            Title(SIGNS[view.card.state], what, _state(view, reader)),
            *_told(view),
            *_log(view),
            *_passed(view),
            Line(("As of ", When(view.card.asked_at, now=view.now), f". {HOW}")),
            *_stuck(view),
            _buttons(view, reader),
            Small(_small(view, reader)),
        ),
        f"{what}: {_state(view, reader)}.",
    )


def _state(view: View, reader: int) -> str:
    if view.card.state == "seen":
        return f"seen by {_who(view, view.card.seen_by, reader)}"
    if view.asks(reader):
        return "to be seen by you"
    return "nobody can see it" if view.card.state == "stuck" else f"to be seen by {_asked(view)}"


def _asked(view: View) -> str:
    return listed([view.people[one.person_id].name for one in approvers(view)], "or") or "nobody"


def _who(view: View, person: int | None, reader: int) -> str:
    return "you" if person == reader else view.people[person].name if person in view.people else "somebody"


def numbers(rows: Iterable[Collection[int]]) -> set[int]:
    """Calls, or files, of several rows, each once."""
    return {one for row in rows for one in row}


def _told(view: View) -> tuple[Part, ...]:
    """What there is stands in numbers; what there is not, in one line."""
    rows = _facts(view)
    none = [label for label, words in rows if words == NONE]
    there = Facts(tuple((label, words) for label, words in rows if words != NONE))
    return (there, Line(f"None of these: {', '.join(_small_first(one) for one in none)}.")) if none else (there,)


def _small_first(label: str) -> str:
    return label[:1].lower() + label[1:]


def _facts(view: View) -> tuple[tuple[str, Words], ...]:
    facts, since = view.facts, view.since
    late, files = (numbers(one[what] for one in facts["late"]) for what in ("recordings", "files"))
    kept = numbers(one["recordings"] for one in facts["kept"])
    overdue, waiting = ({one["matter"] for one in rows} for rows in (facts["overdue"], facts["waiting"]))
    subjects = {one["subject"] for one in facts["unreached"]}
    outside = calls_words(
        len(facts["outside"]),
        len(facts["files"]),
        len(since.calls & {*facts["outside"]}) + len(since.files & {*facts["files"]}),
    )
    rows: list[tuple[str, Words]] = [
        ("Late erasures", calls_words(len(late), len(files), len(since.calls & late) + len(since.files & files))),
        ("Overdue", number_words(len(overdue), "matter", len(since.matters & overdue))),
        ("Waits for an answer", number_words(len(waiting), "matter", len(since.matters & waiting))),
        ("Kept past its moment", number_words(len(kept), "call", len(since.calls & kept))),
        ("Out of the ordinary", number_words(len(facts["exceptions"]), "thing", 0)),
        ("On no recorded line", outside),
        ("Vanished", number_words(len(facts["vanished"]), "call", 0)),
        ("People out of reach", number_words(len(subjects), "problem", len(since.subjects & subjects))),
        ("The log", log_words(facts["log"])),
    ]
    if facts["unseen"]:
        rows.insert(8, ("Earlier cards not seen", number_words(len(facts["unseen"]), "card", len(since.cards))))
    return tuple(rows)


def _log(view: View) -> tuple[Part, ...]:
    log = view.facts["log"]
    if not log["at"]:
        return (Line(UNVERIFIED, Sign.ALARM),)
    if not log["faults"]:
        return () if log.get("compared", True) else (Line(UNCOMPARED, Sign.ALARM),)
    head, other = (view.policy.role(name).title for name in ("head_of_customer_success", "manager_human_resources"))
    things = counted(log["faults"], "thing")
    do = "does" if log["faults"] == 1 else "do"
    return (Line(BROKEN.format(things=things.capitalize(), do=do, head=head, hr=other), Sign.ALARM),)


def _passed(view: View) -> tuple[Part, ...]:
    if view.card.passed_at is None or not view.card.is_open:
        return ()
    days = counted(view.policy.weekly.seen_working_days, "working day")
    return (Line(f"Passed on: nobody had seen it after {days}, so it waits for {_asked(view)}."),)


def _stuck(view: View) -> tuple[Part, ...]:
    return (
        (Line(" ".join(filter(None, ("Nobody can see it as things are.", told(view)))), Sign.ALARM),)
        if view.card.state == "stuck"
        else ()
    )


def _buttons(view: View, reader: int) -> Actions:
    details = Button("details", "Details", view.card.id)
    return Actions(
        (Button("weekly_see", "Seen", view.card.id, "primary"), details) if view.asks(reader) else (details,)
    )


def _small(view: View, reader: int) -> Words:
    others = [view.people[one].name for one in view.everybody() if one != reader]
    also = f" · also with {', '.join(others)}" if others else ""
    seen = (" · seen ", When(view.card.closed_at, now=view.now)) if view.card.closed_at is not None else ()
    return (f"{view.card.id}{also} · {view.card.digest[:12]}", *seen)
