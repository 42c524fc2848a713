"""What people do with customers' requests, in a line each; filed by Anna about Bram's call unless said otherwise (P8)."""

from __future__ import annotations

from itertools import count
from typing import Any

from handlers.acting import Act, Visitor
from handlers.customers.forms import PersonForm, WhichForm
from handlers.customers.intents.filing import File, Filed
from handlers.customers.view import View, load
from storage.customer_records import CustomerRequest
from storage.store import Store
from tests.handlers.builders import Company

_views = count(1)


def which(company: Company, **more: Any) -> WhichForm:
    """The first step as it is filled in: a customer wants a copy of the first call, and asked yesterday."""
    told = {
        "asker": "customer", "wants": "copy", "received_on": "2026-11-23", "received_at": "10:00",
        "recordings": [f"{company.calls[0]}"],
    }  # fmt: skip
    return WhichForm.read({**told, **more})


def who(**more: Any) -> PersonForm:
    """The second step as it is filled in: somebody who was called back, and whose mail goes to a place of their own."""
    address = more.pop("address", "mara.ellis@customer.example")
    told = {
        "person": "Mara Ellis", "check": "called_back", "seen_on": "2026-11-23", "address": address,
        "address_again": address,
    }  # fmt: skip
    return PersonForm.read({**told, **more})


WHICH = ("asker", "wants", "received_on", "received_at", "recordings", "late_reason")


async def filed(company: Company, by: Visitor | None = None, **more: Any) -> Filed:
    """Somebody files a request; fields of both steps are told by name."""
    first = {name: more.pop(name) for name in WHICH if name in more}
    intent = File(which(company, **first), who(**more), f"slack:V{next(_views)}")
    return await company.door.enter(intent, by or company.anna)


async def a_request(company: Company, by: Visitor | None = None, **more: Any) -> str:
    """The same; its id."""
    return (await filed(company, by, **more)).request


async def stored(company: Company, request: str) -> CustomerRequest:
    """A request as it stands."""
    found = await company.database.read(lambda store: store.customers.get(request))
    assert found is not None
    return found


async def viewed(company: Company, request: str) -> View:
    """A request with all that belongs to it."""

    def look(store: Store) -> View:
        return load(_act(company, store), request)

    return await company.database.read(look)


def _act(company: Company, store: Store) -> Act:
    return company.door.act(store, company.tara)
