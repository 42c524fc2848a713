"""What people press in the years: requests, decisions and holds; pressed twice it is done once."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any

from handlers.access import asking, deciding
from handlers.acting import Actor, Intent
from handlers.door import Door, Repeated
from handlers.holds import steps
from handlers.holds.state import HoldForm, ReleaseForm
from handlers.rules import Refused
from storage.records import Request
from storage.tables.calls import Hold
from tests.handlers.builders import CLAIM, form
from tests.years.town import Call, Event

CASE = {"case": "Claim 12", "reason": "The customer claims damages."}
HELD_FOR = timedelta(days=60)


async def pressed(door: Door, people: Mapping[str, Actor], call: Call, event: Event) -> None:
    """Have the people asked do it; what is refused, or was done already, stays as it is."""
    key = f"slack:Y{event.call}"
    match event.kind:
        case "ask" | "claim":
            if number := await _number(door, call):
                more = CLAIM if event.kind == "claim" else {}
                wanted = asking.file_request(form([number], crm=f"CS-{event.call}", **more), key)
                await pressing(door, people["anna"], wanted)
        case "approve" | "deny":
            await _decide(door, people, key, approved=event.kind == "approve")
        case "hold" | "hold_asked":
            if number := await _number(door, call):
                told: dict[str, str | list[str]] = {"recordings": [str(number)], **CASE}
                told |= {"until": f"{(event.at + HELD_FOR).date()}"} if event.kind == "hold" else {}
                who = people["helena" if event.kind == "hold" else "anna"]
                await pressing(door, who, steps.ask_for_hold(HoldForm.read(told), f"{key}H"))
        case "confirm" | "release":
            hold = await door.database.read(lambda store: store.matters.submitted(Hold, f"{key}H"))
            if hold is not None:
                words = ReleaseForm.read({"words": "The claim is settled."})
                confirm, release = steps.confirm_hold(hold.id), steps.release_hold(hold.id, words)
                await pressing(door, people["helena"], confirm if event.kind == "confirm" else release)


async def _decide(door: Door, people: Mapping[str, Actor], key: str, *, approved: bool) -> None:
    """Have one of the two who may decide it."""
    found = await door.database.read(lambda store: store.first_row(Request, Request.key == key))
    if found is not None:
        approve, deny = deciding.approve_request(found.id), deciding.deny_request(found.id, "Not this one.")
        for who in ("tara", "helena"):
            await pressing(door, people[who], approve if approved else deny)


async def _number(door: Door, call: Call) -> int:
    """Return the register's number of a call that it still knows by name; 0 for any other."""
    rows = await door.database.read(lambda store: store.recordings.known("file", [call.name]))
    return rows[call.name].id if rows else 0


async def pressing(door: Door, who: Actor, wanted: Intent[Any]) -> None:
    """Press; what is refused, or was done already, stays as it is."""
    with suppress(Refused, Repeated):  # it has lapsed, or its moment has come
        await door.enter(wanted, who)
