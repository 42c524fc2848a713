"""A customer's request as it stands after its answer, sealed with its own key."""

from __future__ import annotations

from handlers.acting import CLOCK
from handlers.sealing import Seal
from storage.customer_records import CustomerMail, CustomerRequest
from storage.store import Store
from tests.handlers.builders import AU, NOW, Company

ADDRESS = "canary@customer.example"


async def a_customers_request(company: Company, name: str = "C-1") -> str:
    """Answered at `NOW`; what is known of it is an address."""

    def work(store: Store) -> None:
        act = company.door.act(store, CLOCK)
        Seal(act).begin(name)
        sealed = Seal(act).sealed(name, ADDRESS.encode(), "known")
        store.session.add(
            CustomerRequest(
                id=name, key=name, same=f"same-{name}", filed_by=company.anna.person_id or 0, asker="customer", wants="copy",
                received_at=NOW, asked_at=NOW, sealed=sealed, state="answered", answered_at=NOW, closed_at=NOW, line=AU,
            )
        )  # fmt: skip

    await company.database.write(work)
    return name


async def mailed(company: Company, request: str) -> str:
    """The mail that answered it."""

    def work(store: Store) -> None:
        sealed = Seal(company.door.act(store, CLOCK)).sealed(request, ADDRESS.encode(), "mail")
        mail = CustomerMail(
            id=f"M-{request}", matter_id=request, kind="copy", message_id=f"<{request}>", sealed=sealed, made_at=NOW,
            next_at=NOW, state="accepted",
        )  # fmt: skip
        store.session.add(mail)

    await company.database.write(work)
    return f"M-{request}"
