"""What may still be written down of a customer's request: who they are, where to, an answer, that they withdraw (P8)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from zoneinfo import ZoneInfo

from handlers.acting import Act, Done
from handlers.customers.address import nominated
from handlers.customers.asked_again import FILER
from handlers.customers.forms import IdentityForm, WithdrawForm
from handlers.customers.intents.filing import Identify, Readdress, Withdraw
from handlers.customers.known import Identified, Known, Remarked
from handlers.customers.paper import write
from handlers.customers.promised import missed, unwatch
from handlers.customers.view import GONE, View, known
from handlers.customers.waits import question
from handlers.customers.withdrawn import cut_off
from handlers.customers.words import already
from handlers.customers.writing import put_again
from handlers.effects import Effect, Tell
from handlers.matters.asking import changed
from handlers.rules import received as rule
from handlers.rules.access import company_time
from handlers.rules.refusal import Refused
from handlers.words import line_words
from storage.customers import ON_ITS_WAY

FORGOTTEN = "What names the customer was erased, so nothing can be added any more."


def identify(act: Act, intent: Identify) -> Done[None]:
    """Whoever asks is identified: by anybody who holds the card, the one who files it or not."""
    view, paper = _open(act, intent.request)
    told = Identified(check=_check(act, intent.form), seen_on=_seen_on(act, intent.form), by=act.me.id, at=act.now)
    view.request.identified = True
    words = write(act, view.request, paper.model_copy(update={"identified": told}))
    effects = (*changed(view), *_to_releasers(act, view, "identified who asks", "identified"))
    return Done(None, effects, detail=words)


def readdress(act: Act, intent: Readdress) -> Done[None]:
    """Another address: whoever ever entered one releases nothing, also where somebody typed the same after them."""
    view, paper = _open(act, intent.request)
    address = nominated(act, (intent.form.address, intent.form.address_again), view.request.asker, view.recordings)
    view.request.address_by = act.me.id
    by = list(dict.fromkeys((*paper.addressed_by, act.me.id)))
    words = write(act, view.request, paper.model_copy(update={"address": address, "addressed_by": by}))
    detail, effects = put_again(act, view.request)
    told = _to_releasers(act, view, "entered another address", "address")
    return Done(None, (*effects, *told), detail={**words, **detail})


def withdraw(act: Act, intent: Withdraw) -> Done[None]:
    """They withdraw it: the link is dead, nothing goes out that has not left, and it is closed and no more late than it was."""
    view, paper = _held(act, intent.request)
    _still(act, view, answered=view.link is not None)
    _said_on(act, view, intent.form)
    how = f"{intent.form.on_day.isoformat()}: {intent.form.words}"
    said = Remarked(kind="withdrawn", by=act.me.id, at=act.now, words=how)
    words = write(act, view.request, paper.model_copy(update={"remarks": [*paper.remarks, said]}))
    ended = {**cut_off(act, view), **missed(act, view)}
    request = view.request
    request.state, request.closed_at = "withdrawn", act.now
    unwatch(act, request)
    told = _to_releasers(act, view, "wrote down that the customer withdrew it", "withdrawn", also=_filers(view))
    return Done(None, (*changed(view), *told), detail={"on": intent.form.on_day.isoformat(), **ended, **words})


def opening(act: Act, request: str) -> str:
    """Nothing to be read first; raises `Refused` where the form could not be sent."""
    _open(act, request)
    return ""


def answering(act: Act, request: str) -> str:
    """Who asked what, above the field for its answer; raises `Refused` where nothing is open."""
    view, _ = _open(act, request)
    asked = question(view)
    if asked is None:
        raise Refused("Nobody has asked anything that still waits for an answer.", clause="P8", code="no_question")
    return f"{view.people[asked.by].name} asks:\n{asked.words}"


def withdrawing(act: Act, request: str) -> str:
    """What it brings; raises `Refused` where there is nothing to withdraw any more."""
    view, _ = _held(act, request)
    _still(act, view, answered=view.link is not None)
    return "The link in the mail stops working, and the request is closed." if view.links else "The request is closed."


def _held(act: Act, request: str) -> tuple[View, Known]:
    """For anybody who holds its card; for others there is no such request."""
    view, _ = known(act, request, lambda found: _holds(found, act.who.person_id))
    if view.known is None:
        raise Refused(FORGOTTEN, clause="P8", code="forgotten")
    return view, view.known


def _holds(view: View, person: int | None) -> None:
    if person not in view.everybody():
        raise Refused(GONE, code="unknown")


def _open(act: Act, request: str) -> tuple[View, Known]:
    view, paper = _held(act, request)
    if not view.request.is_open:
        raise Refused(already(view, act.me), clause="P8", code="already")
    return view, paper


def _still(act: Act, view: View, *, answered: bool) -> None:
    """Raises `Refused` unless it is open or on its way; or was `answered` by something that can still be taken back."""
    running = view.request.is_open or view.request.state in ON_ITS_WAY
    if not running and not (answered and view.request.state == "answered"):
        raise Refused(already(view, act.me), clause="P8", code="already")


def _check(act: Act, form: IdentityForm) -> str:
    if form.check not in act.policy.customers.identity_checks:
        raise Refused.at({"check": "This can’t be chosen any more. Please choose again."}, "P8")
    return form.check


def _seen_on(act: Act, form: IdentityForm) -> date:
    rule.refuse_future_day("seen_on", form.seen_on, company_time(act.policy, act.now))
    return form.seen_on


def _said_on(act: Act, view: View, form: WithdrawForm) -> None:
    _, zone = line_words(view.request.line, act.policy)
    here = ZoneInfo(zone)
    rule.refuse_future_day("on_day", form.on_day, act.now.astimezone(here))
    if form.on_day < view.request.received_at.astimezone(here).date():
        raise Refused.at({"on_day": "This is before the day on which they asked. Please look at it again."}, "P8")


def _filers(view: View) -> tuple[int, ...]:
    """Whoever filed it, also again: they have the customer on the line, and know whether it can be true."""
    return (view.request.filed_by, *(one.person_id for one in view.parties if one.part == FILER))


def _to_releasers(act: Act, view: View, what: str, once: str, also: Iterable[int] = ()) -> tuple[Effect, ...]:
    """Whoever is asked to release it hears of it, and `also` these, since an edited card counts as read; not whoever did it."""
    request = view.request
    words = f"{act.me.name} {what}: customer’s request {request.id}. Press Details to see it."
    heard = dict.fromkeys((*(one.person_id for one in view.approvers), *also))
    return tuple(
        Tell(one, words, f"{once}:{request.id}:{request.revision}", "details", request.id)
        for one in heard
        if one != act.me.id
    )
