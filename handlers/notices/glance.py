"""At a glance: this month's declines by line and operator, and recordings that should not be there (P4, P5)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time

from handlers.acting import Act
from handlers.cards import Row, Sign
from handlers.rules.access import company_day
from handlers.rules.declined_counts import Group, Said, grouped
from handlers.rules.local_time import moment_of
from handlers.words import counted, line_words

MOST_NAMED = 4


def declines(act: Act) -> Iterator[Row]:
    """One row for each line and operator: how many, how it was said, what became of them, and which they are."""
    zone = act.policy.lines[act.policy.company.home_line].time_zone
    since = moment_of(company_day(act.policy, act.now).replace(day=1), time(), zone)
    said = (Said(*one) for one in act.store.glance.said(since))
    found = grouped(said)
    people = act.store.people.with_keys({one.operator for one in found})
    for one in found:
        label = line_words(one.line, act.policy)[0] if one.line else "Line not known yet"
        who = people[one.operator].name if one.operator in people else one.operator or "operator not known yet"
        yield Row(f"{label} · {who} · {counted(len(one.ids), 'call')}", small=_beneath(one))


def astray(act: Act) -> Iterator[Row]:
    """Calls on no line of the policy, files that are no calls, and what was recorded of callers who declined."""
    for line, number in act.store.glance.out_of_scope():
        yield Row(
            f"{Sign.ALARM} {counted(number, 'call')} on {line or 'no line'}, which is no line of the policy", small="P4"
        )
    if number := act.store.unregistered.count():
        yield Row(f"{Sign.ALARM} {counted(number, 'file')} that could not be registered", small="P4")
    for one in act.store.glance.declined_still_there():
        yield Row(f"{Sign.ALARM} A caller declined, and what was recorded is still there", small=f"{one} · P5")


def _beneath(one: Group) -> str:
    parts = [f"{number} {words}" for words, number in (*one.how.items(), *one.became.items())]
    named = ", ".join(one.ids[:MOST_NAMED])
    more = f" and {len(one.ids) - MOST_NAMED} more" if len(one.ids) > MOST_NAMED else ""
    return f"{' · '.join(parts)} · {named}{more}"
