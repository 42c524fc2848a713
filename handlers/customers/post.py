"""Letters that wait to be sent: to whom and in which words, sealed with the request's own key (P8)."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import ValidationError

from handlers import commitments
from handlers.acting import Act
from handlers.ids import new_id, new_secret
from handlers.keys import Unopened
from handlers.letters import Written
from handlers.sealing import Seal
from handlers.unseen import Unseen
from storage.tables.customers import CustomerMail, CustomerRequest


class Envelope(Unseen):
    """A letter with the address to which it goes."""

    to: str
    written: Written


def put(act: Act, request: CustomerRequest, kind: str, letter: Envelope, link: str | None = None) -> CustomerMail:
    """The letter goes out as soon as the delivery takes it; its Message-ID stays the same however often it is sent."""
    mail_id = new_id("M")
    sealed = Seal(act).sealed(request.id, letter.model_dump_json().encode(), _place(mail_id))
    mail = CustomerMail(
        id=mail_id, matter_id=request.id, kind=kind, message_id=f"<{new_secret()}@{act.policy.company.mail_domains[0]}>",
        sealed=sealed, made_at=act.now, next_at=act.now, link_id=link,
    )  # fmt: skip
    act.store.customers.put(mail)
    return mail


def on_record(act: Act, request: CustomerRequest, mail: CustomerMail, to: str) -> dict[str, str]:
    """What the entry by which a letter was written says of it: its id, to whom it goes by a mark alone, and a commitment to its words."""
    marked = Seal(act).mark(request.id, "address", to)
    return {"mail": mail.id, "to": marked, "letter": commitments.of_letter(request, mail)}


def read(act: Act, mail: CustomerMail) -> Envelope | None:
    """The letter; None once the request's key was destroyed. Raises `Unopened` for what nobody can read."""
    told = Seal(act).opened(mail.matter_id, mail.sealed, _place(mail.id))
    try:
        return Envelope.model_validate_json(told) if told is not None else None
    except ValidationError:
        raise Unopened from None


def call_back(act: Act, mails: Iterable[CustomerMail]) -> list[str]:
    """None of these goes any more, or decides anything, also where the mail server has it by now; returns the ids of those that were not settled."""
    found = [one for one in mails if one.settled_at is None]
    for one in found:
        one.state, one.settled_at = "dropped", act.now
    return [one.id for one in found]


def _place(mail: str) -> str:
    return f"mail {mail}"
