"""What `recording-steward check` finds of whom the policy names and who can't be reached, by the rule of the daily check."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping
from datetime import datetime

from bot.commands.entered_absences import as_stored
from bot.commands.findings import Finding
from handlers.acting import counting
from handlers.policy import Policy
from handlers.reach_words import MEND, line
from handlers.rules.access import company_day
from handlers.rules.reach import How, Outcome, Problem, everybody, problems
from storage.database.store import Store
from storage.people import LIVING
from storage.records import Person


async def of_reach(url: str, policy: Policy | None, now: datetime) -> AsyncIterator[Finding]:
    """A note for each, by what is stored at `now` (aware); nothing where no database can be asked, which is told elsewhere."""
    found = await as_stored(url, lambda store: _told(store, policy, now)) if policy is not None else ""
    if isinstance(found, str):
        return
    for words in found:
        yield Finding("reach", True, words, note=True)
    if not found:
        yield Finding("reach", True, "nobody whom the policy names is known to be out of reach")


def _told(store: Store, policy: Policy, now: datetime) -> list[str]:
    day = company_day(policy, now)
    counted, seats = counting(store, policy, day), everybody(policy)
    people, there = store.people.with_keys(seats), store.people.there(seats)
    noted = {one.person_id: one.kind for one in store.reach.open() if one.person_id is not None}
    hows = {who: _how(people.get(who), there, noted) for who in seats}
    found = problems(counted, day, hows)
    out = {one.who for one in found if one.kind != "uncovered"}
    down = [
        Problem("platform", "", one.subject.partition(":")[2], one.why)
        for one in store.reach.open()
        if one.kind == "platform"
    ]
    names = {key: one.name for key, one in people.items()}
    return [f"{line(one, counted, day, names, out)} {MEND[one.kind]}" for one in (*found, *down)]


def _how(person: Person | None, there: Collection[str], noted: Mapping[int, str]) -> How:
    """Whoever was never met counts as the daily check found, which asked the platforms."""
    if person is None or person.checked_at is None:
        kind = noted.get(person.id, "") if person is not None else ""
        found: Outcome = "removed" if kind == "removed" else "gone" if kind in ("gone", "left") else "silent"
        return How(person.standing if person is not None else LIVING, found)
    lives: Outcome = "there" if person.email_key in there else "removed"
    return How(person.standing, lives if person.standing == LIVING else "gone")
