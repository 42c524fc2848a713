"""At a glance: this month's declines by line and operator, and recordings that should not be there (P4, P5)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time
from itertools import groupby

from handlers.acting import Act
from handlers.cards import Row, Sign
from handlers.rules.access import company_day
from handlers.rules.local_time import moment_of
from handlers.words import counted, line_words
from storage.declined_records import Declined

HOW = {"midway": "while the call went on", "afterwards": "after the call", "": "of a call that is not known yet"}
BECAME = {
    "kept": "kept",
    "going": "erased or going",
    "waiting": "waits for a decision",
    "stuck": "waits for a decision",
}
MOST_NAMED = 4


def declines(act: Act) -> Iterator[Row]:
    """One row for each line and operator: how many, how it was said, what became of them, and which they are."""
    zone = act.policy.lines[act.policy.company.home_line].time_zone
    since = moment_of(company_day(act.policy, act.now).replace(day=1), time(), zone)
    found = act.store.glance.declines(since)
    people = act.store.people.with_keys({one.operator_key for one in found})
    for (line, operator), each in groupby(found, key=lambda one: (one.line, one.operator_key)):
        some = list(each)
        label = line_words(line, act.policy)[0] if line else "Line not known yet"
        who = people[operator].name if operator in people else operator or "operator not known yet"
        yield Row(f"{label} · {who} · {counted(len(some), 'call')}", small=_beneath(some))


def astray(act: Act) -> Iterator[Row]:
    """Calls on no line of the policy, files that are no calls, and what was recorded of callers who declined."""
    for line, number in act.store.glance.out_of_scope():
        yield Row(
            f"{Sign.ALARM} {counted(number, 'call')} on {line or 'no line'}, which is no line of the policy", small="P4"
        )
    number, _ = act.store.unregistered.undecided(0)
    if number:
        yield Row(f"{Sign.ALARM} {counted(number, 'file')} that could not be registered", small="P4")
    for one in act.store.glance.declined_still_there():
        yield Row(f"{Sign.ALARM} A caller declined, and what was recorded is still there", small=f"{one} · P5")


def _beneath(some: list[Declined]) -> str:
    parts = [*_each([HOW.get(one.how, "") for one in some]), *_each([BECAME.get(one.state, one.state) for one in some])]
    named = ", ".join(one.id for one in some[:MOST_NAMED])
    more = f" and {len(some) - MOST_NAMED} more" if len(some) > MOST_NAMED else ""
    return f"{' · '.join(parts)} · {named}{more}"


def _each(words: list[str]) -> list[str]:
    counts = {one: words.count(one) for one in dict.fromkeys(words)}
    return [f"{number} {one}" for one, number in counts.items() if one]
