"""The same asked for again while it is open: one request, every receipt is kept, and the earliest counts (P8).

Who asks is part of it: another name or another address is another person's request, whatever call it names. Once an answer
was written nothing joins it any more, since what came later would have no part in it.
"""

from __future__ import annotations

from handlers.acting import Act, Done
from handlers.approved import versions
from handlers.customers.cautions import cautions
from handlers.customers.choosing import Asked
from handlers.customers.forms import WhichForm
from handlers.customers.intents.filing import Filed
from handlers.customers.known import Known, Remarked
from handlers.customers.paper import read, write
from handlers.customers.promised import how_counted, no_later, promised, watch
from handlers.customers.view import View, seen
from handlers.customers.waits import waits_for
from handlers.customers.writing import put_again
from handlers.effects import Tell
from handlers.matters.case import party_of
from handlers.rules import same_person as rule
from handlers.words import capital, line_words, moment_words
from storage.records import Party
from storage.tables.customers import CustomerRequest

ANOTHER_CHECK = "They were identified this time, and named no address. If it was the same person who named the address, press Identified."
ANOTHER_ADDRESS = (
    "They named an address this time: {address}. Nobody was identified with it: if it is theirs, press Another address."
)
FILER = "filer"
"""The part of whoever filed it again."""


def mark(act: Act, which: WhichForm, found: Asked, paper: Known) -> str:
    """By this it is known again: who asks for what, of all calls with a number, of these calls, or as whom."""
    calls = [f"{one.id}" for one in found.meant.recordings]
    if found.meant.number:
        return _mark(act, which, "number", found.meant.number)
    return _mark(act, which, "calls", *sorted(calls)) if calls else _mark_of_person(act, which, paper)


def _mark_of_person(act: Act, which: WhichForm, paper: Known) -> str:
    return _mark(act, which, "person", *(" ".join(one.casefold().split()) for one in (paper.name, paper.address)))


def _mark(act: Act, which: WhichForm, *about: str) -> str:
    return act.keys.mark("customer.same", which.asker, *about)


def same(act: Act, which: WhichForm, found: Asked, paper: Known) -> CustomerRequest | None:
    """What this customer asked for that is open and the same, or more of it; None where nothing is."""
    customers, calls = act.store.customers, [one.id for one in found.meant.recordings]
    those = [*customers.same([mark(act, which, found, paper)]), *customers.naming(which.asker, calls)]
    found_so = next((one for one in those if _of_the_same(act, one, paper, call=bool(calls))), None)
    return found_so or (_without_a_call(act, which, paper) if calls else None)


def _without_a_call(act: Act, which: WhichForm, paper: Known) -> CustomerRequest | None:
    """What this customer asked for when nobody knew yet which call they meant: now somebody does."""
    those = act.store.customers.same([_mark_of_person(act, which, paper)])
    unnamed = (one for one in those if not seen(act, one).recordings)
    return next((one for one in unnamed if _of_the_same(act, one, paper, call=False)), None)


def answered_before(act: Act, which: WhichForm, found: Asked, paper: Known) -> str:
    """The id of what this customer asked for last that is the same, or more of it, and was answered; empty where nothing was."""
    calls = [one.id for one in found.meant.recordings]
    those = act.store.customers.answered(which.asker, [mark(act, which, found, paper)], calls)
    return next((one.id for one in those if _of_the_same(act, one, paper, call=bool(calls))), "")


def _of_the_same(act: Act, request: CustomerRequest, paper: Known, *, call: bool) -> bool:
    known = read(act, request)
    return known is not None and rule.asks_again(_named(known), _named(paper), act.policy.identity, call=call)


def _named(known: Known) -> rule.Named:
    return rule.Named(known.name, known.address)


def join(act: Act, request: CustomerRequest, which: WhichForm, found: Asked, paper: Known) -> Done[Filed]:
    """One more receipt, and whatever was not known yet; whoever filed it again holds a copy, and never releases it."""
    view, before = seen(act, request), promised(request).at
    known = _together(act, view.known, paper) if view.known else paper
    first = request.received_at
    addressed = _take_over(act, request, which, known)
    arrived = [one for one in found.meant.recordings if one.id not in {other.id for other in view.recordings}]
    act.store.customers.name_calls(request.id, arrived)
    request.received_at = known.first_asked()
    if arrived or request.received_at < first:
        no_later(act, request, [*view.recordings, *arrived])
    words = write(act, request, known)
    filer = _becomes_filer(act, view)
    detail, effects = put_again(act, request)
    view, due = seen(act, request), promised(request)
    watch(act, request)
    told = _told(act, view) if due.at < before else ()
    reply = Filed(request.id, due.at, due.zone, joined=True, waits=waits_for(view), warnings=cautions(view))
    on_record = {
        "asker": request.asker, "wants": request.wants, "received": request.received_at.isoformat(), "due": due.at.isoformat(), **how_counted(request),
        "identified": request.identified, "joined": True, "addressed": addressed, "filer": filer, "recordings": [one.id for one in view.recordings],
    }  # fmt: skip
    return Done(reply, (*effects, *told), request.id, {**on_record, **versions(arrived), **words, **detail})


def _together(act: Act, known: Known, paper: Known) -> Known:
    """What both know: nothing of before is lost. Identity stays with the address for which it was checked.

    So a check is never lent to a mailbox that somebody else named: then a note says what would have to be pressed.
    """
    said = "\n".join(dict.fromkeys(filter(None, (known.said, paper.said))))
    same = rule.vouched(_named(known), _named(paper), act.policy.identity)
    first = not known.address and paper.address != "" and (known.identified is None or paper.identified is not None)
    checked = paper.identified if first else known.identified or (paper.identified if same else None)
    address = paper.address if first else known.address
    apart = (
        (ANOTHER_CHECK, paper.identified is not None and checked is None),
        (ANOTHER_ADDRESS.format(address=paper.address), paper.address != "" and address == ""),
    )
    notes = [Remarked(kind="note", by=act.me.id, at=act.now, words=words) for words, so in apart if so]
    return known.model_copy(
        update={
            "receipts": [*known.receipts, *paper.receipts], "said": said, "remarks": [*known.remarks, *notes],
            "identified": checked, "address": address, "authority": known.authority or paper.authority, "number": known.number or paper.number,
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
    words = capital(f"{view.what} was asked for earlier than was known, so it is due {when}. Press Details to see it.")
    return tuple(Tell(one.person_id, words, once, "details", view.request.id) for one in view.approvers)
