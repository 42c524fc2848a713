"""What people do with customers' requests, one line each; filed by Anna about Bram's call unless said otherwise (P8)."""

from datetime import datetime
from itertools import count
from typing import Any

from handlers import form_introduction
from handlers.acting import Actor, Context, Intent
from handlers.customers import steps
from handlers.customers.filing import Filed, file_customer_request
from handlers.customers.forms import AddressForm, FilingForm, IdentityForm, WithdrawForm, filing_form
from handlers.customers.state import CustomerCase, Details
from handlers.room import Given
from storage.database.store import Store
from storage.tables.customers import CustomerRequest
from tests.handlers.builders import Company
from tests.handlers.reading import looking

_views = count(1)


def form(company: Company, **more: Any) -> FilingForm:
    """Return the form, filled in: a customer who was called back asks for the first call now, to be mailed to their own
    address.
    """
    told: dict[str, str | list[str]] = {
        "reason": "customer", "asker": "customer", "recordings": [f"{company.calls[0]}"], "person": "Mara Ellis",
        "address": "mara.ellis@customer.example", "check": "called_back", "authority": "Power of attorney of 3 November 2026",
    }  # fmt: skip
    answers = {**told, **more}
    return filing_form(Given(company.door.policy, company.clock.now, "", answers)).read(answers)


async def filed(company: Company, by: Actor | None = None, **more: Any) -> Filed:
    """File a request; fields of the form are given by name."""
    return await company.door.enter(
        file_customer_request(form(company, **more), f"slack:V{next(_views)}"), by or company.anna
    )


async def a_request(company: Company, by: Actor | None = None, **more: Any) -> str:
    """The same; return its id."""
    return (await filed(company, by, **more)).request


async def stored(company: Company, request: str) -> CustomerRequest:
    """Return a request as it is stored."""
    found = await company.database.read(lambda store: store.matters.of_kind(CustomerRequest, request))
    assert found is not None
    return found


async def viewed(company: Company, request: str) -> CustomerCase:
    """Return a request with all that belongs to it."""

    def look(store: Store) -> CustomerCase:
        return CustomerCase.load(_act(company, store), request)

    return await company.database.read(look)


def _act(company: Company, store: Store) -> Context:
    return company.door.context(store, company.tara)


async def identify(company: Company, request: str, by: Actor, **more: Any) -> None:
    """Write down how the requester's identity was checked."""
    await company.door.enter(steps.identify_customer(request, IdentityForm.read({"check": "document", **more})), by)


def addressing(request: str, address: str) -> Intent[None]:
    """Enter another address."""
    return steps.change_address(request, AddressForm.read({"address": address}))


def withdrawing(request: str, day: str = "2026-11-24", words: str = "By telephone.") -> Intent[None]:
    """Withdraw it for the customer."""
    return steps.withdraw_request(request, WithdrawForm.read({"on_day": day, "words": words}))


async def stands(company: Company, request: str, **more: Any) -> None:
    """Change the row by hand."""

    def work(store: Store) -> None:
        row = store.matters.of_kind(CustomerRequest, request)
        for name, value in more.items():
            setattr(row, name, value)

    await company.database.write(work)


async def known_of(company: Company, request: str) -> Details:
    """Return what is known of it."""
    known = (await viewed(company, request)).known
    assert known is not None
    return known


async def comes(company: Company, kind: str, request: str) -> datetime | None:
    """Return when the clock does this next; None if it isn't asked to."""
    return await company.database.read(lambda store: store.deadlines.coming(kind, request))


async def opened(company: Company, form: str, request: str, who: Actor) -> str:
    """Return what is above a form; raises `Refused`."""
    return await looking(company, who, lambda ctx: form_introduction(ctx, form, request))
