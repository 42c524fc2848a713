"""Filing a customer's request: both steps at once, checked, sealed, promised, and put to whoever releases it (P8)."""

from __future__ import annotations

from datetime import datetime, time

from handlers import opening
from handlers.acting import Act, Done
from handlers.alarms import warned_by
from handlers.customers.intents.filing import Begin, File, Filed
from handlers.customers.known import Identified, Known, Receipt
from handlers.customers.paper import write
from handlers.customers.promised import promise, watch
from handlers.customers.view import seen
from handlers.ids import hashed, new_id
from handlers.matters.alarming import alarm
from handlers.matters.asking import on_record, parties, reached, shows
from handlers.rules.local_time import moment_of
from handlers.rules.search import may_know
from handlers.sealing import Seal
from storage.customer_records import CustomerRequest
from storage.records import Recording


def file(act: Act, intent: File) -> Done[Filed]:
    """Store it with its own key, and ask whoever releases it."""
    key = hashed(intent.key)
    if before := act.store.customers.filed_by_key(key):
        return Done(_filed(before), quiet=True)
    recordings = _calls(act, intent)
    request = _request(act, intent, key, recordings)
    promise(act, request, recordings)
    act.store.customers.add(request, recordings, ())
    Seal(act).begin(request.id)
    write(act, request, _known(act, intent, request.received_at))
    watch(act, request)
    view = seen(act, request)
    where = reached(act, view.circumstances)
    asked = parties(act, request, where)
    request.state = "waiting" if where.approvers else "stuck"
    for one in asked:
        act.store.matters.ask(one)
    told = alarm(act, request, view.what, where)
    detail = {"recordings": [one.id for one in recordings], **on_record(asked), **warned_by(told)}
    effects = (*told, *shows(request, [request.filed_by, *(one.person_id for one in asked if one.part == "approver")]))
    return Done(_filed(request), effects, request.id, detail)


def _calls(act: Act, intent: File) -> list[Recording]:
    ids = [int(one) for one in intent.which.recordings if one.isdigit()]
    return [
        one for one in act.store.recordings.present(ids, act.now)
        if may_know(act.policy, act.me.email_key, one.department, one.operator_key, one.line)
    ]  # fmt: skip


def _request(act: Act, intent: File, key: str, recordings: list[Recording]) -> CustomerRequest:
    line = recordings[0].line if recordings else act.policy.company.home_line
    received = moment_of(intent.which.received_on, _time(intent.which.received_at), act.policy.lines[line].time_zone)
    return CustomerRequest(
        id=new_id("C"), key=key, same=act.keys.mark("customer.same", key), filed_by=act.me.id, asker=intent.which.asker,
        wants=intent.which.wants, received_at=received, sealed=b"", asked_at=act.now,
        address_by=act.me.id if intent.who.address else None, identified=intent.who.check != "none",
    )  # fmt: skip


def _time(typed: str) -> time:
    return time.fromisoformat(typed) if typed else time()


def _known(act: Act, intent: File, received: datetime) -> Known:
    who, me = intent.who, act.me.id
    identified = (
        Identified(check=who.check, seen_on=who.seen_on or act.now.date(), by=me, at=act.now)
        if who.check != "none"
        else None
    )
    return Known(
        name=who.person, said=who.said, authority=who.authority, address=who.address, identified=identified,
        receipts=[Receipt(at=received, told_at=act.now, by=me, late_reason=intent.which.late_reason)],
    )  # fmt: skip


def _filed(request: CustomerRequest) -> Filed:
    assert request.due_at is not None
    return Filed(request.id, request.due_at, request.line)


DOES = (Begin.by(opening.begin), File.by(file))
