"""What a card says to whoever has it only while somebody else is away: for whom, until when, and that it goes back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from handlers.acting import Act
from handlers.effects import Effect, Show
from handlers.matters.case import Case, party_of
from handlers.policy import Policy
from handlers.rules.access import company_day
from handlers.rules.returning import goes_back
from handlers.words import day_words, listed
from storage.database.store import Store
from storage.records import Party, Person


def for_whom(case: Case, reader: int) -> str:
    """Such as “while Tara Lindqvist is away until Fri 4 Dec. Then it goes back.”; empty where it is the reader's to keep."""
    party = party_of(case, reader)
    if party is None or party.because != "away":
        return ""
    found = goes_back(case.circumstances, case.people[reader].email_key)
    if found is None:
        return ""
    names = {one.email_key: one.name for one in case.people.values()}
    who = listed([names.get(one, one) for one in found.to], "and")
    until = day_words(found.last, case.circumstances.today)
    return f"while {who} {'is' if len(found.to) == 1 else 'are'} away until {until}. Then it goes back."


def redrawn(act: Act) -> tuple[Effect, ...]:
    """An absence has changed: whoever stands in for somebody reads the day of now."""
    mine = act.store.matters.standing_in()
    for matter in {matter.id: matter for _, matter in mine}.values():
        matter.revision += 1
    return tuple(Show(person, matter.id, matter.revision) for person, matter in mine)


def absent(store: Store, policy: Policy, now: datetime, parties: Iterable[Party]) -> dict[int, Person]:
    """Whoever is away, by id, where a matter is with somebody for that reason: the card names them."""
    if all(one.because != "away" for one in parties):
        return {}
    day = company_day(policy, now)
    away = (one for one in policy.roles.everybody() if policy.is_away(one, day))
    return {one.id: one for one in store.people.with_keys(away).values()}
