"""The same asked for again while it is open: one request, every receipt is kept, and the earliest counts (P8)."""

from __future__ import annotations

from handlers.acting import Act, Done
from handlers.customers.cautions import cautions
from handlers.customers.choosing import Asked
from handlers.customers.forms import WhichForm
from handlers.customers.intents.filing import Filed
from handlers.customers.known import Known, Remarked
from handlers.customers.paper import write
from handlers.customers.promised import no_later, promised, watch
from handlers.customers.view import View, seen
from handlers.customers.waits import waits_for
from handlers.customers.writing import put_again
from handlers.effects import Tell
from handlers.matters.case import party_of
from handlers.rules.nominated import same as same_mailbox
from handlers.words import line_words, moment_words
from storage.customer_records import CustomerRequest
from storage.records import Party

FILER = "filer"
"""The part of whoever filed it again."""


def mark(act: Act, which: WhichForm, found: Asked, paper: Known) -> str:
    """By this it is known again: who asks for what, of all calls with a number, of these calls, or as whom."""
    calls = [f"{one.id}" for one in found.meant.recordings]
    person = (" ".join(one.casefold().split()) for one in (paper.name, paper.address))
    about = ["calls", *sorted(calls)] if calls else ["person", *person]
    if found.meant.number:
        about = ["number", found.meant.number]
    return act.keys.mark("customer.same", which.asker, _kind(which.wants), *about)


def same(act: Act, which: WhichForm, found: Asked, paper: Known) -> CustomerRequest | None:
    """What is not answered yet and asks for the same, or for more of it; None where nothing does."""
    if (known := act.store.customers.same([mark(act, which, found, paper)])) is not None:
        return known
    naming = act.store.customers.naming(which.asker, [one.id for one in found.meant.recordings])
    return next((one for one in naming if _kind(one.wants) == _kind(which.wants)), None)


def join(act: Act, request: CustomerRequest, which: WhichForm, found: Asked, paper: Known) -> Done[Filed]:
    """One more receipt, and whatever was not known yet; whoever filed it again holds a copy, and never releases it."""
    view, before = seen(act, request), promised(request).at
    known = _together(act, view.known, paper) if view.known else paper
    first = request.received_at
    addressed = _take_over(act, request, which, known)
    arrived = [one for one in found.meant.recordings if one.id not in {other.id for other in view.recordings}]
    act.store.customers.name_calls(request.id, arrived)
    request.received_at = known.first_asked()
    if request.received_at < first:
        no_later(act, request, [*view.recordings, *arrived], known.stood_still)
    words = write(act, request, known)
    filer = _becomes_filer(act, view)
    detail, effects = put_again(act, request)
    view, due = seen(act, request), promised(request)
    watch(act, request)
    told = _told(act, view) if due.at < before else ()
    reply = Filed(request.id, due.at, due.zone, joined=True, waits=waits_for(view), warnings=cautions(view))
    on_record = {
        "asker": request.asker, "wants": request.wants, "received": request.received_at.isoformat(), "due": due.at.isoformat(),
        "identified": request.identified, "joined": True, "addressed": addressed, "filer": filer, "recordings": [one.id for one in view.recordings],
    }  # fmt: skip
    return Done(reply, (*effects, *told), request.id, {**on_record, **words, **detail})


def _together(act: Act, known: Known, paper: Known) -> Known:
    """What both know: nothing of before is lost, and another name or address changes nothing by itself."""
    said = "\n".join(dict.fromkeys(filter(None, (known.said, paper.said))))
    others = []
    if paper.address and known.address and not same_mailbox(paper.address, known.address, act.policy.identity):
        others.append(
            f"They named another address this time: {paper.address}. The mail goes to the first one, unless somebody enters this."
        )
    if paper.name.casefold() != known.name.casefold():
        others.append(f"They gave the name {paper.name} this time.")
    notes = [Remarked(kind="note", by=act.me.id, at=act.now, words=one) for one in others]
    return known.model_copy(
        update={
            "receipts": [*known.receipts, *paper.receipts], "said": said, "remarks": [*known.remarks, *notes],
            "identified": known.identified or paper.identified, "address": known.address or paper.address,
            "authority": known.authority or paper.authority, "number": known.number or paper.number,
            "shared": known.shared or paper.shared,
        }
    )  # fmt: skip


def _take_over(act: Act, request: CustomerRequest, which: WhichForm, known: Known) -> bool:
    """Whatever was missing so far; who wanted to listen may want a copy now. Whether the address came with it."""
    request.identified = known.identified is not None
    if which.wants == "copy":
        request.wants = "copy"
    if not known.address or request.address_by is not None:
        return False
    request.address_by = act.me.id
    return True


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
    words = f"{view.what} was asked for earlier than was known, so it is due {when}. Press Details to see it."
    words = f"{words[:1].upper()}{words[1:]}"
    return tuple(Tell(one.person_id, words, once, "details", view.request.id) for one in view.approvers)


def _kind(wants: str) -> str:
    """A copy and listening are one kind; erasing is another."""
    return "erasure" if wants == "erasure" else "copy"
