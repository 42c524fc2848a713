"""What being asked in plain words brings to the house: two pages of one's own, how requests stand and who decides (P1, P7, P9)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from handlers.acting import Act
from handlers.cards import Button, Page, Row
from handlers.lists import brought
from handlers.plain_words import words
from handlers.room import Room, Shows
from handlers.rules.access import company_day
from handlers.rules.deciders import RequestCircumstances
from handlers.rules.foreseeing import foresee

SHOWN = ("mine", "customers")
MOST = 6


def mine(act: Act, rooms: Iterable[Room]) -> Page:
    """How the requests of whoever asks stand, and those of customers whose card he or she has."""
    lists = brought(act, rooms)
    shown = [lists[name] for name in SHOWN if name in lists]
    return words.mine([row for one in shown for row in one.rows(MOST, 0)], sum(one.number for one in shown))


def who_decides(act: Act) -> Page:
    """Who has the open requests of whoever asks, and to whom a new one would go as things stand; nobody is asked."""
    return words.who_decides(
        act.policy, _would_decide(act, "staff"), _would_decide(act, "investigation"), list(_with(act))
    )


def _would_decide(act: Act, route: str) -> list[str]:
    """The names of who would be asked for a request by this route; none where nobody may decide it."""
    reason = next((key for key, one in act.policy.reasons.items() if one.route == route), None)
    if reason is None:
        return []
    case = RequestCircumstances(
        policy=act.policy, today=company_day(act.policy, act.now), requester=act.me.email_key, operators=frozenset(),
        reason=reason, concerned=frozenset(), also=act.store.people.aliases([act.me.email_key]),
        unreachable=act.store.people.out_of_reach(act.policy.roles.everybody()),
    )  # fmt: skip
    asked = [one.email for one in foresee(case, act.now).where.approvers]
    known = act.store.people.with_keys(set(asked))
    return [known[one].name if one in known else one for one in asked]


def _with(act: Act) -> Iterator[Row]:
    requests = [one for one in act.store.requests.asked_by(act.me.id, act.now - words.SINCE) if one.state == "waiting"]
    parties = act.store.matters.all_parties(one.id for one in requests)
    asked = {
        one.id: [
            party.person_id for party in parties.get(one.id, ()) if party.part == "approver" and not party.unreachable
        ]
        for one in requests
    }
    people = act.store.people.named({person for those in asked.values() for person in those})
    for one in requests[:MOST]:
        names = ", ".join(people[person].name for person in asked[one.id])
        yield Row(words.with_whom(one.id, names), Button("details", "Details", one.id))


def room(rooms: Iterable[Room]) -> Room:
    """It shows the lists that these rooms bring."""
    return Room(
        "plain_words",
        buttons={
            words.MINE: Shows(lambda act, _: mine(act, rooms), words.WHERE.label, turns=True),
            words.ROUTE: Shows(lambda act, _: who_decides(act), words.DECIDES.label, turns=True),
        },
    )
