"""Refusing a customer's request, with a reason from the policy's closed list, in a letter that never tells whether a call exists (P8)."""

from __future__ import annotations

from typing import Any

from handlers import commitments
from handlers.acting import Act, Done
from handlers.customers import letters, post
from handlers.customers.cautions import locked
from handlers.customers.intents.deciding import Refuse
from handlers.customers.turns import Turn, answered, as_shown, decided, remarked, to_answer
from handlers.effects import Tell
from handlers.letters import Written
from handlers.matters.asking import changed
from handlers.rules import customer_release as rule
from handlers.rules.refusal import Refused
from storage.tables.customers import CustomerRequest

CHOSEN = "[the reason that you choose below]"


def introduction(act: Act, about: str) -> str:
    """The letter as it will be sent, but for the reason; raises `Refused` where it could not be refused."""
    request, _, seen = about.partition(":")
    found = to_answer(act, request)
    as_shown(found, seen)
    return "\n\n".join((*locked(found.view), letters.preview(found.known.address, _letter(act, found, ""))))


def refuse(act: Act, intent: Refuse) -> Done[None]:
    """P8: the letter goes at once, whatever was or was not found; where no mail can go, somebody says how the customer was told."""
    found, form = to_answer(act, intent.request), intent.form
    as_shown(found, intent.seen)
    if form.refusal not in act.policy.customers.refusals:
        raise Refused.at({"refusal": "Please choose one of these reasons."}, "P8")
    mails = rule.by_mail(form.told, address=bool(found.known.address), mail=bool(act.copies_at))
    stepped_in = decided(act, found, "refused")
    found.view.request.refusal = form.refusal
    detail = _by_mail(act, found) if mails else _otherwise(act, found, form.told)
    told = () if mails else (_word(found.view.request),)
    return Done(None, (*changed(found.view), *told), detail={"refusal": form.refusal, **detail, **stepped_in})


def _by_mail(act: Act, found: Turn) -> dict[str, Any]:
    request, to = found.view.request, found.known.address
    mail = post.put(act, request, "refused", post.Envelope(to=to, written=_letter(act, found, request.refusal)))
    return {**post.on_record(act, request, mail, to), "sealed": commitments.of_customer(request)}


def _otherwise(act: Act, found: Turn, told: str) -> dict[str, Any]:
    """The customer has it in writing already, by the word of whoever refuses it."""
    detail = remarked(act, found.view, found.known, "told_otherwise", told)
    return {"told": "otherwise", **detail, **answered(act, found.view)}


def _word(request: CustomerRequest) -> Tell:
    words = f"{request.id} is refused, and the customer was told otherwise than by mail. Press Details to read why."
    return Tell(request.filed_by, words, f"answered:{request.id}:{request.revision}", "details", request.id)


def _letter(act: Act, found: Turn, refusal: str) -> Written:
    return letters.refused(act.policy, found.view.request, found.known, refusal, CHOSEN)


DOES = (Refuse.by(refuse),)
