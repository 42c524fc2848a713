"""What makes calls go before their time: callers who decline to be recorded (P5), and customers who ask for it (P8)."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from handlers.acting import CLOCK, DELIVERY, Intent, Visitor
from handlers.customers.deciding_forms import EraseForm
from handlers.customers.forms import WhichForm
from handlers.customers.intents.deciding import Release
from handlers.customers.intents.filing import File
from handlers.customers.intents.mailing import CollectLetter, LetterAccepted
from handlers.customers.steps import for_asker
from handlers.customers.view import load
from handlers.declined.forms import KeepForm
from handlers.declined.intents import Find, Keep, Live, Over, Say
from handlers.door import Door, Repeated
from handlers.ids import hashed
from handlers.rules.refusal import Refused
from storage.database.store import Store
from tests.handlers.builders import AU, email
from tests.quarter.firm import DECIDERS, EVERYBODY
from tests.years.town import Call, Event

ZONES = {True: ZoneInfo("Australia/Sydney"), False: ZoneInfo("Europe/London")}
STAFF = {one.name: f"staff{number}" for number, one in enumerate(EVERYBODY[len(DECIDERS) :])}
ADDRESS = "mara.ellis@customer.example"
WHO = {
    "person": "Mara Ellis", "check": "called_back", "address": ADDRESS, "address_again": ADDRESS,
}  # fmt: skip


async def early(door: Door, people: Mapping[str, Visitor], call: Call, event: Event, number: int) -> None:
    """Whoever is on the call, whoever keeps it, whoever files the customer's wish, and the Head who grants it; `number` is the register's."""
    match event.kind:
        case "decline":
            await _declined(door, people[STAFF[call.operator]], call)
        case "keep":
            if found := await door.database.read(lambda store: store.declines.of_call("file", call.name)):
                await pressing(door, people["helena"], Keep(found.id, KeepForm.read({"reason": "agreed"})))
        case "wish" if number:
            await _wished(door, people[f"staff{(call.number + 1) % len(STAFF)}"], call, event, number)
        case "grant_wish":
            await _granted(door, people["helena"], event)


async def pressing(door: Door, who: Visitor, wanted: Intent[Any]) -> None:
    """What is refused, or was done already, stays as it is."""
    with suppress(Refused, Repeated):  # it has lapsed, its moment has come, or it goes to somebody else
        await door.enter(wanted, who)


async def _declined(door: Door, operator: Visitor, call: Call) -> None:
    """While the call goes on, which ends a little later: the phone system knows of no other of this operator's."""
    await pressing(door, operator, Say())
    said = await door.database.read(lambda store: store.declines.under_way(operator.person_id or 0, call.started))
    if said is not None and not said.call_id:
        live = Live("file", call.name, call.line, "", door.policy.key(email(call.operator)), call.started, (call.name,))
        await pressing(door, CLOCK, Find(said.id, (live,)))
        await pressing(door, CLOCK, Over(said.id))


async def _wished(door: Door, who: Visitor, call: Call, event: Event, number: int) -> None:
    """A customer who was called back asked for it an hour ago."""
    local = (event.at - timedelta(hours=1)).astimezone(ZONES[call.line == AU])
    day = local.date().isoformat()
    told: dict[str, str | list[str]] = {
        "reason": "customer", "asker": "customer", "wants": "erasure", "received_on": day, "received_at": f"{local:%H:%M}",
        "recordings": [str(number)],
    }  # fmt: skip
    form = for_asker("customer").read({**WHO, "seen_on": day})
    await pressing(door, who, File(WhichForm.read(told), form, _key(event)))


async def _granted(door: Door, head: Visitor, event: Event) -> None:
    """And the mail server takes the letter that says so."""
    about = await door.database.read(lambda store: _as_shown(door, store, head, _key(event)))
    if about:
        form = EraseForm.read({"words": "Nothing else needs it."})
        await pressing(door, head, Release.of(about, form))
    with suppress(Refused, Repeated):
        while (letter := await door.enter(CollectLetter(), DELIVERY)) is not None:
            await door.enter(LetterAccepted(letter.mail, "250 2.0.0 queued"), DELIVERY)


def _as_shown(door: Door, store: Store, head: Visitor, key: str) -> str:
    found = store.customers.filed_by_key(hashed(key))
    return f"{found.id}:{load(door.act(store, head), found.id).shown_mark}" if found else ""


def _key(event: Event) -> str:
    return f"slack:Y{event.call}C"
