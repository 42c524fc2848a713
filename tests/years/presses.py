"""A company of 500, and what its people press in the years: requests, decisions, holds, declined calls, and Continue; pressed twice it is done once."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from itertools import cycle
from typing import Any

from handlers.access import asking
from handlers.access import deciding as access_deciding
from handlers.acting import CLOCK, Actor, Intent
from handlers.declined import deciding, saying
from handlers.declined.deciding import KeepForm, Live
from handlers.door import Door, Repeated
from handlers.holds import steps
from handlers.holds.state import HoldForm, ReleaseForm
from handlers.retention import guard
from handlers.rules.refusal import Refused
from storage.database.store import Store
from storage.records import Request
from storage.tables.calls import Declined, Hold
from tests.handlers.builders import CLAIM, email, form
from tests.years.town import Call, Event

ZONES = ("Australia/Sydney", "Europe/London", "America/New_York", "Asia/Kolkata", "Pacific/Auckland", "Australia/Perth")


@dataclass(frozen=True, slots=True)
class Member:
    """One of the staff: the account in the chat, the name, and the zone (IANA) that the chat tells."""

    account: str
    name: str
    zone: str

    @property
    def email(self) -> str:
        return email(self.name)


DECIDERS = {
    "tara": Member("UTARA", "Tara Lindqvist", "Australia/Sydney"),
    "deven": Member("UDEVEN", "Deven Okafor", "Europe/London"),
    "helena": Member("UHELENA", "Helena Marsh", "Australia/Sydney"),
    "henrik": Member("UHENRIK", "Henrik Solberg", "Europe/Oslo"),
    "ruth": Member("URUTH", "Ruth Adeyemi", "Europe/London"),
    "miles": Member("UMILES", "Miles Fairweather", "America/New_York"),
}
"""The people with a role in the sample policy, by a short name."""
OPERATORS = tuple(
    Member(f"UQ{number:03}", f"Operator No{number:03}", zone)
    for number, zone in zip(range(494), cycle(ZONES), strict=False)
)
EVERYBODY = (*DECIDERS.values(), *OPERATORS)


CASE = {"case": "Claim 12", "reason": "The customer claims damages."}
HELD_FOR = timedelta(days=60)
STAFF = 400
"""So many of the staff ask for calls in a large company."""
People = Mapping[str, Actor]
BY_NAME = {one.name: f"staff{number}" for number, one in enumerate(OPERATORS)}


async def pressed(door: Door, people: People, call: Call | None, event: Event) -> None:
    """The people asked do it; what is refused, or was done already, stays as it is."""
    match event.kind:
        case "ask" | "claim":
            await _file(door, _asker(people, event), call, event)
        case "approve" | "deny":
            request = await door.database.read(lambda store: _request(store, _key(event)))
            wanted = (
                access_deciding.approve_request(request)
                if event.kind == "approve"
                else access_deciding.deny_request(request, "Not this one.")
            )
            await _either(door, people, wanted, bool(request))
        case "hold" | "hold_asked":
            await _hold(door, people, call, event)
        case "confirm" | "release":
            hold = await door.database.read(lambda store: store.matters.submitted(Hold, f"{_key(event)}H"))
            if hold is not None:
                words = ReleaseForm.read({"words": "The claim is settled."})
                await pressing(
                    door,
                    people["helena"],
                    steps.confirm_hold(hold.id) if event.kind == "confirm" else steps.release_hold(hold.id, words),
                )
        case "decline" | "keep" if call is not None:
            await _early(door, people, call, event)
        case "agree":
            pause = await door.database.read(lambda store: store.pauses.open())
            if pause is not None:
                await pressing(door, people["helena"], guard.continue_erasures(f"{pause.id}:{pause.revision}"))


def _asker(people: People, event: Event) -> Actor:
    """One of the staff, who is not on the call."""
    return people.get(f"staff{event.call % STAFF}", people["anna"])


def _key(event: Event) -> str:
    return f"slack:Y{event.call}"


def _request(store: Store, key: str) -> str:
    found = store.session.query(Request).filter(Request.key == key).first()
    return found.id if found else ""


async def _file(door: Door, who: Actor, call: Call | None, event: Event) -> None:
    if number := await _number(door, call):
        more = CLAIM if event.kind == "claim" else {}
        await pressing(door, who, asking.file_request(form([number], crm=f"CS-{event.call}", **more), _key(event)))


async def _hold(door: Door, people: People, call: Call | None, event: Event) -> None:
    if number := await _number(door, call):
        told: dict[str, str | list[str]] = {"recordings": [str(number)], **CASE}
        if event.kind == "hold":
            told |= {"until": (event.at + HELD_FOR).date().isoformat()}
        who = people["helena"] if event.kind == "hold" else _asker(people, event)
        await pressing(door, who, steps.ask_for_hold(HoldForm.read(told), f"{_key(event)}H"))


async def _either(door: Door, people: People, wanted: Intent[Any], there: bool) -> None:
    if there:
        for who in ("tara", "helena"):
            await pressing(door, people[who], wanted)


async def _number(door: Door, call: Call | None) -> int:
    """The register's number of a call that it knows by name still; 0 for any other."""
    if call is None:
        return 0
    rows = await door.database.read(lambda store: store.recordings.known("file", [call.name]))
    return rows[call.name].id if rows else 0


async def _early(door: Door, people: Mapping[str, Actor], call: Call, event: Event) -> None:
    """The operator on the call says so, and the Head keeps it."""
    match event.kind:
        case "decline":
            await _declined(door, people[BY_NAME[call.operator]], call)
        case "keep":
            if found := await door.database.read(lambda store: store.declines.of_call("file", call.name)):
                await pressing(
                    door, people["helena"], deciding.decide_to_keep(found.id, KeepForm.read({"reason": "agreed"}))
                )


async def pressing(door: Door, who: Actor, wanted: Intent[Any]) -> None:
    """What is refused, or was done already, stays as it is."""
    with suppress(Refused, Repeated):  # it has lapsed, its moment has come, or it goes to somebody else
        await door.enter(wanted, who)


async def _declined(door: Door, operator: Actor, call: Call) -> None:
    """While the call goes on, which ends a little later: the phone system knows of no other of this operator's."""
    await pressing(door, operator, saying.note_declined())
    said = await door.database.read(
        lambda store: store.first_row(
            Declined, Declined.said_by == operator.person_id, Declined.asked_at >= call.started
        )
    )
    if said is not None and not said.call_id:
        live = Live("file", call.name, call.line, "", operator.person_id, call.started, (call.name,))
        await pressing(door, CLOCK, saying.take_calls_found(said.id, (live,)))
        await pressing(door, CLOCK, saying.note_call_ended(said.id))
