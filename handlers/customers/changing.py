"""What is written down of a request after it was filed: who they are, where to, a question and its answer, that they withdraw (P8)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from handlers.acting import Act, Done
from handlers.customers import forms
from handlers.customers.deadlines import LINK_ENDS, note_missed, unwatch
from handlers.customers.filing import FILER, NOT_OFFERED, ask_again, check_address
from handlers.customers.forms import WithdrawForm
from handlers.customers.letters import call_back
from handlers.customers.links import turn_out
from handlers.customers.releasing import FORGOTTEN, Turn, already, find_to_answer, remark
from handlers.customers.state import GONE, Identified, Known, View, load_for, write_known
from handlers.effects import Effect, Tell
from handlers.handling import handler
from handlers.matters.asking import changed
from handlers.rules import customers as rule
from handlers.rules.access import company_time
from handlers.rules.refusal import Refused
from handlers.words import line_words
from storage.customers import ON_ITS_WAY
from storage.tables.customers import ALIVE

NOBODY = (
    "{name}, who filed it, can’t be reached here any more, so no one would answer. Please ask the customer yourself. What is missing"
    " a colleague can file again, with the same name and address: it stays one request."
)
NO_QUESTION = "No one has asked anything that still waits for an answer."


@handler("customer.identify", clause="P8", about="request")
def identify(act: Act, request: str, form: forms.IdentityForm) -> Done[None]:
    """Whoever asks is identified: by anybody who holds the card, the one who files it or not."""
    view, known = _open(act, request)
    if form.check not in act.policy.customers.identity_checks:
        raise Refused.at({"check": NOT_OFFERED}, "P8")
    rule.refuse_future_day("seen_on", form.seen_on, company_time(act.policy, act.now))
    told = Identified(check=form.check, seen_on=form.seen_on, by=act.me.id, at=act.now)
    view.request.identified = True
    write_known(act, view.request, known.model_copy(update={"identified": told}))
    return Done(None, (*changed(view), *_tell_releasers(act, view, "identified who asks", "identified")))


@handler("customer.readdress", clause="P8", about="request")
def readdress(act: Act, request: str, form: forms.AddressForm) -> Done[None]:
    """Another address: whoever ever entered one releases nothing, also where somebody typed the same after them."""
    view, known = _open(act, request)
    twice = form.address, form.address_again
    address = check_address(act, twice, view.request.asker, view.recordings)
    view.request.address_by = act.me.id
    by = list(dict.fromkeys((*known.addressed_by, act.me.id)))
    write_known(act, view.request, known.model_copy(update={"address": address, "addressed_by": by}))
    detail, effects = ask_again(act, view.request)
    told = _tell_releasers(act, view, "entered another address", "address")
    return Done(None, (*effects, *told), detail=detail)


@handler("customer.question", clause="P8", about="request_id")
def ask_a_question(act: Act, request_id: str, form: forms.QuestionForm) -> Done[None]:
    """P8: everybody who filed it is asked; the clock goes on."""
    found = _askable(act, request_id)
    remark(act, found.view, found.known, "question", form.words)
    request = found.view.request
    words = f"{act.me.name} has a question about {request.id}. Press Answer to read and answer it."
    once = f"question:{request.id}:{request.revision}"
    asked = [Tell(one, words, once, "customer_answer", request.id) for one in found.view.clerks]
    return Done(None, (*changed(found.view), *asked))


@handler("customer.answer", clause="P8", about="request")
def answer(act: Act, request: str, form: forms.AnswerForm) -> Done[None]:
    """P8: whoever asked, and whoever may release it, reads the answer."""
    view, known = _open(act, request)
    asked = known.question
    if asked is None:
        raise Refused(NO_QUESTION, clause="P8", code="no_question")
    remark(act, view, known, "answer", form.words)
    once = f"answer:{request}:{view.request.revision}"
    words = f"{act.me.name} answered the question about {request}. Press Details to go on."
    whom = dict.fromkeys((asked.by, *(one.person_id for one in view.approvers)))
    tells = [Tell(one, words, once, "details", request) for one in whom if one != act.me.id]
    return Done(None, (*changed(view), *tells))


@handler("customer.withdraw", clause="P8", about="request_id")
def withdraw(act: Act, request_id: str, form: forms.WithdrawForm) -> Done[None]:
    """They withdraw it: the link is dead, nothing goes out that has not left, and it is closed and no more late than it was."""
    view, known = _withdrawable(act, request_id)
    _check_day(act, view, form)
    remark(act, view, known, "withdrawn", f"{form.on_day.isoformat()}: {form.words}")
    ended = {**_cut_off(act, view), **note_missed(act, view.request)}
    request = view.request
    request.state, request.closed_at = "withdrawn", act.now
    unwatch(act, request)
    filers = (request.filed_by, *(one.person_id for one in view.parties if one.part == FILER))
    told = _tell_releasers(act, view, "wrote down that the customer withdrew it", "withdrawn", also=filers)
    return Done(None, (*changed(view), *told), detail={"on": form.on_day.isoformat(), **ended})


def open_form(act: Act, request: str) -> str:
    """Nothing to be read first; raises `Refused` where the form could not be sent."""
    _open(act, request)
    return ""


def open_question(act: Act, request: str) -> str:
    """Nothing more than the form says; raises `Refused` where there is nothing left to ask, or nobody to ask."""
    _askable(act, request)
    return ""


def open_answer(act: Act, request: str) -> str:
    """Who asked what, above the field for its answer; raises `Refused` where nothing is open."""
    view, known = _open(act, request)
    if known.question is None:
        raise Refused(NO_QUESTION, clause="P8", code="no_question")
    return f"{view.people[known.question.by].name} asks:\n{known.question.words}"


def open_withdrawal(act: Act, request: str) -> str:
    """What it brings; raises `Refused` where there is nothing to withdraw any more."""
    view, _ = _withdrawable(act, request)
    return "The link in the mail stops working, and the request is closed." if view.links else "The request is closed."


def _held(act: Act, request: str) -> tuple[View, Known]:
    """For anybody who holds its card; for others there is no such request."""

    def may(view: View) -> None:
        if act.who.person_id not in view.everybody():
            raise Refused(GONE, code="unknown")

    view, _ = load_for(act, request, may)
    if view.known is None:
        raise Refused(FORGOTTEN, clause="P8", code="forgotten")
    return view, view.known


def _open(act: Act, request: str) -> tuple[View, Known]:
    view, known = _held(act, request)
    if not view.request.is_open:
        raise Refused(already(view, act.me), clause="P8", code="already")
    return view, known


def _withdrawable(act: Act, request: str) -> tuple[View, Known]:
    """It is open or on its way; or was answered by a link that still works."""
    view, known = _held(act, request)
    running = view.request.is_open or view.request.state in ON_ITS_WAY
    if not running and not (view.link is not None and view.request.state == "answered"):
        raise Refused(already(view, act.me), clause="P8", code="already")
    return view, known


def _askable(act: Act, request: str) -> Turn:
    """Raises `Refused` where nobody who filed it is still here, since a question would wait for ever."""
    found = find_to_answer(act, request)
    if not found.view.clerks:
        name = found.view.people[found.view.request.filed_by].name
        raise Refused(NOBODY.format(name=name), clause="P8", code="nobody_answers")
    return found


def _check_day(act: Act, view: View, form: WithdrawForm) -> None:
    here = ZoneInfo(line_words(view.request.line, act.policy)[1])
    rule.refuse_future_day("on_day", form.on_day, act.now.astimezone(here))
    if form.on_day < view.request.received_at.astimezone(here).date():
        raise Refused.at({"on_day": "This is before the day on which they asked. Please look at it again."}, "P8")


def _cut_off(act: Act, view: View) -> dict[str, Any]:
    """End links, sessions and mails at once; what the log is to hold of it. What the mail server has may still arrive, with a dead link."""
    links = [one for one in view.links if one.state in ALIVE]
    for link in links:
        link.state, link.ends_at, link.passcode = "withdrawn", min(link.ends_at, act.now), ""
        turn_out(act, act.store.customers.sessions_of(link.id))
    act.store.deadlines.drop(LINK_ENDS, view.request.id, act.now)
    return {"links": [one.id for one in links], "mails": call_back(act, view.mails)}


def _tell_releasers(act: Act, view: View, what: str, once: str, also: Iterable[int] = ()) -> tuple[Effect, ...]:
    """Whoever is asked to release it hears of it, and `also` these, since an edited card counts as read; not whoever did it."""
    request = view.request
    words, key = (
        f"{act.me.name} {what}: customer’s request {request.id}. Press Details to see it.",
        f"{once}:{request.id}:{request.revision}",
    )
    heard = dict.fromkeys((*(one.person_id for one in view.approvers), *also))
    return tuple(Tell(one, words, key, "details", request.id) for one in heard if one != act.me.id)
