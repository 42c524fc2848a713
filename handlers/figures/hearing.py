"""Declines and listenings of a month (P5, P6, P11)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from handlers.figures.view import Gathering
from handlers.rules.declined_counts import HOW, Group, Said, grouped
from handlers.rules.figure_tables import Cell, Column, Table
from handlers.rules.reasons import reason_of
from handlers.words import AT_RANDOM, line_words

DECLINES = (
    Column("Line"), Column("Operator"), Column("While the call went on", drawn=True), Column("After the call", drawn=True),
    Column("Not known yet", drawn=True), Column("What became of them"), Column("Which"),
)  # fmt: skip
LISTENING = (Column("Why"), Column("People"), Column("Calls"), Column("Minutes heard", drawn=True))
NOT_KNOWN = "Operator not known yet"
BY_CUSTOMERS = "By customers: their own calls (P8)"
NO_REASON = "For another matter"
HEARD_NOTE = "A call counts once its audio left the house, whatever was heard of it. Minutes are what the player told."


def declines(of: Gathering) -> Table:
    """P5: by line and operator, as the list at home has them."""
    said = (Said(*one) for one in of.act.store.glance.said(of.month.since, of.month.until))
    found = grouped(one for one in said if of.knows(one.id))
    who = _names(of, {one.operator for one in found})
    rows = tuple(_declined(of, one, who) for one in found)
    return Table("declines", "Declined to be recorded", "P5", DECLINES, rows, "Nobody declined to be recorded.")


def listening(of: Gathering) -> Table:
    """P6, P11: who heard calls for what reason, as far as the reader may know of the matter."""
    store, since, until = of.act.store.figures.heard, of.month.since, of.month.until
    reasons: dict[str, list[tuple[int, int, float]]] = {}
    for one in store.by_staff(since, until):
        if of.knows(one.matter):
            label = _reason(of, one.reason, one.kind, longer=one.longer)
            reasons.setdefault(label, []).append((one.person, one.recording, one.seconds))
    rows = [_heard(label, len({one[0] for one in some}), some) for label, some in sorted(reasons.items())]
    had = [one for one in store.by_customers(since, until) if of.knows(one.matter)]
    if had:
        matters = len({one.matter for one in had})
        played = [(0, one.recording, one.seconds if one.kind == "played" else 0.0) for one in had]
        rows.append(_heard(BY_CUSTOMERS, matters, played))
    empty = "Nobody listened to a call."
    return Table("listening", "Listening, by reason", "P6 · P11", LISTENING, tuple(rows), empty, HEARD_NOTE)


def _declined(of: Gathering, one: Group, who: Mapping[str, str]) -> tuple[Cell, ...]:
    line = line_words(one.line, of.policy)[0] if one.line else "Line not known yet"
    numbers = (one.how.get(HOW[how], 0) for how in ("midway", "afterwards", ""))
    became = " · ".join(f"{number} {words}" for words, number in one.became.items())
    return (line, who.get(one.operator, NOT_KNOWN), *numbers, became, ", ".join(one.ids))


def _names(of: Gathering, operators: Iterable[str]) -> dict[str, str]:
    """How each operator is told: by name or address, or where nobody may be named by a number."""
    people = of.act.store.people.with_keys({one for one in operators if one})
    if of.named:
        return {one: people[one].name if one in people else one for one in operators if one}
    return {
        one: f"person:{people[one].id}" if one in people else "somebody without an account" for one in operators if one
    }


def _reason(of: Gathering, reason: str, kind: str, *, longer: bool) -> str:
    if reason:
        return reason_of(of.policy, reason, longer=longer).label
    return AT_RANDOM if kind == "call_review" else NO_REASON


def _heard(label: str, people: int, some: Sequence[tuple[int, int, float]]) -> tuple[Cell, ...]:
    calls, seconds = len({call for _, call, _ in some}), sum(seconds for _, _, seconds in some)
    return label, people, calls, round(seconds / 60, 1)
