"""The same customer asks again for the same calls while a request is open: its date is added to that, and the earliest counts (P8)."""

from __future__ import annotations

from handlers.acting import Act, Done
from handlers.customers.cautions import cautions
from handlers.customers.choosing import Asked
from handlers.customers.forms import WhichForm
from handlers.customers.intents.filing import Filed
from handlers.customers.known import Known
from handlers.customers.paper import read, write
from handlers.customers.promised import how_counted, no_later, promised, watch
from handlers.customers.view import View, seen
from handlers.customers.waits import waits_for
from handlers.customers.writing import put_again
from handlers.effects import Tell
from handlers.matters.case import party_of
from handlers.rules.same_person import Named, asks_again
from handlers.words import capital, line_words, moment_words
from storage.records import Party
from storage.tables.customers import CustomerRequest

FILER = "filer"
"""The part of whoever filed it again."""


def mark_of(act: Act, which: WhichForm, found: Asked, paper: Known) -> str:
    """By this the same is known again: who asks what of which calls; without a call, by name and address."""
    calls = sorted(f"{one.id}" for one in found.meant.recordings)
    person = (" ".join(one.casefold().split()) for one in (paper.name, paper.address))
    return act.keys.mark(
        "customer.same", which.asker, which.wants, *(("calls", *calls) if calls else ("person", *person))
    )


def open_request(act: Act, which: WhichForm, found: Asked, paper: Known) -> CustomerRequest | None:
    """What this customer asked for that is open and of the same calls; another name or address is another person's request."""
    call, identity = bool(found.meant.recordings), act.policy.identity
    for one in act.store.customers.same(mark_of(act, which, found, paper)):
        known = read(act, one)
        if known is not None and asks_again(_named(known), _named(paper), identity, call=call):
            return one
    return None


def add_date(act: Act, request: CustomerRequest, paper: Known) -> Done[Filed]:
    """One more date, which brings the due day forward or leaves it; whoever filed it again holds a copy, and never releases it."""
    view, before = seen(act, request), promised(request).at
    known = view.known or paper
    said = "\n".join(dict.fromkeys(filter(None, (known.said, paper.said))))
    known = known.model_copy(update={"receipts": [*known.receipts, *paper.receipts], "said": said})
    request.received_at = known.first_asked()
    no_later(act, request, view.recordings)
    words = write(act, request, known)
    filer = _becomes_filer(act, view)
    detail, effects = put_again(act, request)
    view, due = seen(act, request), promised(request)
    watch(act, request)
    told = _told(act, view) if due.at < before else ()
    reply = Filed(request.id, due.at, due.zone, joined=True, waits=waits_for(view), warnings=cautions(view))
    on_record = {
        "asker": request.asker, "wants": request.wants, "received": request.received_at.isoformat(), "due": due.at.isoformat(), **how_counted(request),
        "identified": request.identified, "joined": True, "addressed": False, "filer": filer, "recordings": [one.id for one in view.recordings],
    }  # fmt: skip
    return Done(reply, (*effects, *told), request.id, {**on_record, **words, **detail})


def _named(known: Known) -> Named:
    return Named(known.name, known.address)


def _becomes_filer(act: Act, view: View) -> bool:
    """Whether this person had no part in it so far."""
    me = act.me
    if me.id == view.request.filed_by or party_of(view, me.id) is not None:
        return False
    act.store.matters.ask(Party(matter_id=view.request.id, person_id=me.id, part=FILER, role="", since=act.now))
    return True


def _told(act: Act, view: View) -> tuple[Tell, ...]:
    """Whoever releases it hears that it is due earlier."""
    due, once = promised(view.request), f"sooner:{view.request.id}:{view.request.revision}"
    when = moment_words(due.at, line_words(due.line, view.policy)[1], act.now)
    words = capital(f"{view.what} was asked for earlier than was known, so it is due {when}. Press Details to see it.")
    return tuple(Tell(one.person_id, words, once, "details", view.request.id) for one in view.approvers)
