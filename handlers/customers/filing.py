"""Filing a customer's request: both steps at once, checked, sealed, promised, and put to whoever releases it (P8)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from handlers.acting import Act, Done
from handlers.alarms import warned_by
from handlers.approved import versions
from handlers.customers import asked_again
from handlers.customers.address import nominated
from handlers.customers.cautions import cautions
from handlers.customers.choosing import ASK_MORE, Asked, asked
from handlers.customers.forms import UNCHECKED, ToWhom, WhichForm
from handlers.customers.intents.filing import File, Filed
from handlers.customers.known import Identified, Known, Receipt
from handlers.customers.paper import write
from handlers.customers.promised import how_counted, promised, put, watch
from handlers.customers.view import View, seen
from handlers.customers.waits import waits_for
from handlers.effects import Effect
from handlers.ids import hashed, new_id
from handlers.matters.alarming import alarm
from handlers.matters.asking import changed, on_record, parties, reached, shows
from handlers.rules.access import company_day, company_time
from handlers.rules.received import refuse_future_day
from handlers.rules.refusal import Refused
from handlers.sealing import Seal
from storage.tables.customers import CustomerRequest

T = TypeVar("T")
COLLEAGUE = "colleague"
"""How somebody is identified who works here."""


def file(act: Act, intent: File) -> Done[Filed]:
    """A new request; or what is open already, with one more date."""
    key = hashed(intent.key)
    if before := act.store.customers.filed_by_key(key):
        return Done(_filed(seen(act, before)), quiet=True)
    found = asked(act, intent.which)
    paper = _paper(act, intent.which, intent.who, found)
    if (same := asked_again.open_request(act, intent.which, found, paper)) is not None:
        return asked_again.add_date(act, same, paper)
    return _new(act, intent, key, found, paper)


def _paper(act: Act, which: WhichForm, who: ToWhom, found: Asked) -> Known:
    """All that is known of it; raises `Refused` at all fields that must be mended."""
    wrong = {"said": ASK_MORE} if found.shared and not who.told() else {}
    address = _or(wrong, lambda: nominated(act, who.nominated(), which.asker, found.meant.recordings), "")
    known = _or(wrong, lambda: identified(act, which.asker, who), None)
    if wrong:
        raise Refused.at(wrong, "P8")
    receipt = Receipt(
        at=found.received_at, told_at=act.now, by=act.me.id, day=which.received_on, timed=bool(which.received_at),
    )  # fmt: skip
    return Known(
        name=who.person, said=who.told(), number=found.meant.number, authority=who.letter(), address=address,
        receipts=[receipt], identified=known, shared=found.shared,
    )  # fmt: skip


def _or(wrong: dict[str, str], check: Callable[[], T], otherwise: T) -> T:
    """What a check of the form gives; where it refuses at its fields, they join what is `wrong`, so that all is said at once."""
    try:
        return check()
    except Refused as refused:
        wrong |= refused.fields
        return otherwise


def identified(act: Act, asker: str, who: ToWhom) -> Identified | None:
    """How it was checked who asks; None where nobody has yet. Raises `Refused` at the field."""
    check, day = who.checked()
    today = company_day(act.policy, act.now)
    if asker == "operator":
        return Identified(check=COLLEAGUE, seen_on=today, by=act.me.id, at=act.now)
    if check == UNCHECKED:
        return None
    if check not in act.policy.customers.identity_checks:
        raise Refused.at({"check": "This can’t be chosen any more. Please choose again."}, "P8")
    if day is not None:
        refuse_future_day("seen_on", day, company_time(act.policy, act.now))
    return Identified(check=check, seen_on=day or today, by=act.me.id, at=act.now)


def _new(act: Act, intent: File, key: str, found: Asked, paper: Known) -> Done[Filed]:
    mark = asked_again.mark_of(act, intent.which, found, paper)
    request = CustomerRequest(
        id=new_id("C"), key=key, same=mark, filed_by=act.me.id, asker=intent.which.asker, wants=intent.which.wants,
        received_at=found.received_at, sealed=b"", asked_at=act.now, identified=paper.identified is not None,
        address_by=act.me.id if paper.address else None,
    )  # fmt: skip
    put(request, found.due)
    act.store.customers.add(request, found.meant.recordings, ())
    Seal(act).begin(request.id)
    detail = {
        **on_file(request, paper),
        **write(act, request, paper),
        "recordings": [one.id for one in found.meant.recordings],
        **versions(found.meant.recordings),
    }
    watch(act, request)
    asked_of, effects = _ask(act, request)
    beside = act.store.customers.beside(request.id, (one.id for one in found.meant.recordings))
    others = [effect for one in beside for effect in changed(seen(act, one))]
    # Where somebody files is where the card is looked for, until another place is chosen at home.
    act.store.people.prefers_first(act.me, act.who.platform)
    return Done(_filed(seen(act, request)), (*effects, *others), request.id, detail | asked_of)


def _ask(act: Act, request: CustomerRequest) -> tuple[dict[str, Any], tuple[Effect, ...]]:
    """Put it to whoever releases it; what the log says of that, and who gets its card."""
    view = seen(act, request)
    where = reached(act, view.circumstances)
    asked_of = parties(act, request, where)
    request.state = "waiting" if where.approvers else "stuck"
    for one in asked_of:
        act.store.matters.ask(one)
    told = alarm(act, request, view.what, where)
    people = [request.filed_by, *(one.person_id for one in asked_of)]
    return {**on_record(asked_of), **warned_by(told)}, (*told, *shows(request, people))


def on_file(request: CustomerRequest, paper: Known) -> dict[str, Any]:
    """What the log says of a request as it stands: who asks for what, since when, until when; kinds and moments alone."""
    return {
        "asker": request.asker, "wants": request.wants, "received": paper.first_asked().isoformat(),
        "due": promised(request).at.isoformat(), **how_counted(request), "identified": request.identified,
        "addressed": request.address_by is not None,
    }  # fmt: skip


def _filed(view: View) -> Filed:
    due = promised(view.request)
    return Filed(view.request.id, due.at, due.zone, waits=waits_for(view), warnings=cautions(view))
