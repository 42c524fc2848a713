"""What makes calls go before their time: callers who decline to be recorded (P5)."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from handlers.acting import CLOCK, Visitor
from handlers.declined import deciding, saying
from handlers.declined.deciding import KeepForm
from handlers.declined.state import Live
from handlers.door import Door, Repeated
from handlers.handling import Intent
from handlers.rules.refusal import Refused
from tests.handlers.builders import email
from tests.quarter.firm import DECIDERS, EVERYBODY
from tests.years.town import Call, Event

STAFF = {one.name: f"staff{number}" for number, one in enumerate(EVERYBODY[len(DECIDERS) :])}


async def early(door: Door, people: Mapping[str, Visitor], call: Call, event: Event) -> None:
    """Whoever is on the call says so, and whoever decides keeps it."""
    match event.kind:
        case "decline":
            await _declined(door, people[STAFF[call.operator]], call)
        case "keep":
            if found := await door.database.read(lambda store: store.declines.of_call("file", call.name)):
                await pressing(door, people["helena"], deciding.keep(found.id, KeepForm.read({"reason": "agreed"})))


async def pressing(door: Door, who: Visitor, wanted: Intent[Any]) -> None:
    """What is refused, or was done already, stays as it is."""
    with suppress(Refused, Repeated):  # it has lapsed, its moment has come, or it goes to somebody else
        await door.enter(wanted, who)


async def _declined(door: Door, operator: Visitor, call: Call) -> None:
    """While the call goes on, which ends a little later: the phone system knows of no other of this operator's."""
    await pressing(door, operator, saying.say())
    said = await door.database.read(lambda store: store.declines.under_way(operator.person_id or 0, call.started))
    if said is not None and not said.call_id:
        live = Live("file", call.name, call.line, "", door.policy.key(email(call.operator)), call.started, (call.name,))
        await pressing(door, CLOCK, saying.find(said.id, (live,)))
        await pressing(door, CLOCK, saying.over(said.id))
