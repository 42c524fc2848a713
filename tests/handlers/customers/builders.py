"""A customer's request whose link was sent, stored as the room stores a release, and the customer's browser."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from handlers.acting import WEB, Actor, Context, Intent
from handlers.customers import letters, links
from handlers.customers.links import Admitted
from handlers.customers.serving import Serving, serve_session
from handlers.customers.state import Details, Receipt, save_details
from handlers.rules import Refused
from handlers.sealing import Seal
from storage.audit import Entry
from storage.database.store import Store
from storage.erasures import COPY
from storage.records import Listening, Party
from storage.tables.calls import Keep
from storage.tables.customers import CustomerLetter, CustomerRequest
from tests.handlers.builders import AU, Company, ledger, refusal, seeded
from tests.handlers.reading import looking

NAME, ADDRESS = "Mrs Pemberly CANARY", "canary.pemberly@example.org"


@dataclass
class Sent:
    """A link as sent, and the passcode read out; `secret` is that of a browser it let in."""

    company: Company
    request: str
    link: str
    code: str = field(repr=False)
    passcode: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)

    @property
    def names(self) -> tuple[str, str]:
        return self.link, self.secret

    def session_mark(self, secret: str) -> str:
        """Return what is stored of a session."""
        return self.company.door.keys.mark_of_pass("customer", secret, self.link, self.request)

    async def opened(self, code: str = "", passcode: str = "") -> Admitted:
        wanted = links.open_link(code or self.code, passcode or self.passcode)
        return await self.company.door.enter(wanted, WEB)

    async def let_in(self) -> Sent:
        """Give a browser a session."""
        self.secret = (await self.opened()).secret
        assert self.secret
        return self

    async def row(self) -> CustomerLetter:
        found = await self.company.database.read(lambda store: store.row(CustomerLetter, self.link))
        assert found is not None
        return found

    async def had(self) -> list[Listening]:
        return await self.company.database.read(lambda store: store.customers.correspondence(self.request)[1])

    async def serving(self) -> Serving:
        return await looking(self.company, WEB, lambda ctx: serve_session(ctx, *self.names))

    async def new_passcode(self) -> str:
        """Do it as the button does."""

        def work(store: Store) -> str:
            link = store.row(CustomerLetter, self.link)
            assert link is not None
            passcode = links.new_passcode(self.company.door.context(store, self.company.tara), link)
            seeded(store)
            return passcode

        return await self.company.database.write(work)

    async def change(self, what: Any, **values: Any) -> None:
        """Change rows behind the door's back: `what` is a row's class and its key."""
        await self.company.database.write(lambda store: _set(store, what, values))

    async def become(self, what: Any, **values: Any) -> None:
        """Change rows as the bot does, in an entry that vouches for them."""
        door = self.company.door

        def work(store: Store) -> None:
            _set(store, what, values)
            store.audit.append(Entry("clock", "test.change", str(what[1])), door.now(), door.keys.log_seal)

        await self.company.database.write(work)

    async def to_state(self, state: str) -> None:
        """End it, as the room does with a link that is over."""

        def work(store: Store) -> None:
            link = store.row(CustomerLetter, self.link)
            assert link is not None
            links.end_link(link, state)

        await self.company.database.write(work)

    async def destroy_key(self) -> None:
        await self.company.database.write(
            lambda store: setattr(store.session.get_one(CustomerRequest, self.request), "wrap", None)
        )

    async def keep(self, recording: int, **more: Any) -> None:
        """Keep the call for what was sent, as the room does."""
        told = {"why": COPY, "since": self.company.clock.now, "ends_at": self.company.clock.now + timedelta(days=20)}
        row = Keep(recording_id=recording, matter_id=self.request, **{**told, **more})
        await self.company.database.write(lambda store: store.insert(row))

    async def redrawn(self) -> int:
        """Return how many cards are to be redrawn."""
        return len([one for one in await ledger(self.company) if one.kind == "show"])


async def sent(
    company: Company, *, gives: str = "copy", calls: Iterable[int] = (), state: str = "answered", passcode: bool = True,
    request: str = "C-7F3KQ2XM",
) -> Sent:  # fmt: skip
    """Return a link that is on its way: Anna filed the request, Tara released it and read out a passcode."""
    numbers = list(calls) or company.calls[:2]

    def work(store: Store) -> Sent:
        ctx = company.door.context(store, company.tara)
        row = _stored(ctx, request, state, numbers, company.anna)
        link = letters.new_letter(ctx, row)
        code = links.make_link(ctx, link, gives)
        letters.put_letter(ctx, row, link, ADDRESS, letters.copy_letter(ctx.policy, _known(ctx, 0), 1, gives=gives))
        store.session.flush()
        digits = links.new_passcode(ctx, link) if passcode else ""
        store.audit.append(Entry(ctx.who.actor, "customer.release", row.id, "done", "P8"), ctx.now, ctx.keys.log_seal)
        return Sent(company, row.id, link.id, code, digits)

    return await company.database.write(work)


def _stored(ctx: Context, name: str, state: str, calls: list[int], filer: Actor) -> CustomerRequest:
    row = CustomerRequest(
        id=name, key=f"key-{name}", same=f"same-{name}", filed_by=filer.person_id or 0, asker="customer",
        received_at=ctx.now, sealed=b"", state=state, line=AU, asked_at=ctx.now, outcome="released",
        decided_by=ctx.who.person_id, decided_as="team_leader", decided_at=ctx.now,
    )  # fmt: skip
    releaser = Party(
        matter_id=name, person_id=ctx.who.person_id or 0, part="approver", role="team_leader", since=ctx.now
    )
    ctx.store.insert(row, releaser)
    for place, call in enumerate(calls):
        ctx.store.matters.name_call(row.id, call, place)
    Seal(ctx).begin(row)
    save_details(ctx, row, _known(ctx, filer.person_id or 0))
    return row


def _known(ctx: Context, by: int) -> Details:
    return Details(name=NAME, address=ADDRESS, receipts=[Receipt(at=ctx.now, told_at=ctx.now, by=by)])


async def refused(one: Sent, link: str = "", secret: str | None = None) -> str:
    names = link or one.link, one.secret if secret is None else secret
    with pytest.raises(Refused) as told:
        await looking(one.company, WEB, lambda ctx: serve_session(ctx, *names))
    return told.value.code


async def states(one: Sent) -> list[str]:
    """Return the state of each call."""
    return [why or "there" for _, why in (await one.serving()).calls]


async def do(one: Sent, kind: Any, *about: Any, **more: Any) -> None:
    wanted: Intent[None] = kind(*one.names, *about, **more)
    await one.company.door.enter(wanted, WEB)


async def why(one: Sent, kind: Any, *about: Any) -> tuple[str, str]:
    told = await refusal(one.company, kind(*one.names, *about), WEB)
    return str(told), told.code


def _set(store: Store, what: Any, values: dict[str, Any]) -> None:
    row = store.session.get_one(*what)
    for name, value in values.items():
        setattr(row, name, value)
