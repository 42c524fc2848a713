"""Answering a customer's request: who may, what is confirmed, the link or the refusal with its mail, and how it is open again (P8)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from handlers.acting import Act, Done
from handlers.customers import forms, letters
from handlers.customers.deadlines import LINK_ENDS, note_missed, unwatch, watch
from handlers.customers.forms import WeighedForm
from handlers.customers.letters import put_letter
from handlers.customers.lines import locked
from handlers.customers.links import end_link, make_link
from handlers.customers.state import Known, Remarked, View, load_for, write_known
from handlers.door import Repeated
from handlers.effects import Effect, Tell
from handlers.handling import handler
from handlers.letters import Written
from handlers.matters.asking import alarm, ask_anew, changed, takes_part
from handlers.matters.reminding import line_of
from handlers.rules import customers as rule
from handlers.rules.customers import for_the_head
from handlers.rules.refusal import Refused
from handlers.rules.routing import Authority, may_decide
from handlers.rules.working_days import calendar_of, due
from handlers.words import moment_words
from storage.erasures import COPY, REQUEST
from storage.records import Person, Recording
from storage.tables.customers import ALIVE, CustomerLink, CustomerMail

FORGOTTEN = "What was known of this request is erased, so nothing can be done about it any more."
LIVES = "The link still works. Press Passcode."
LISTEN_ONLY = "Where you choose below that they may listen and get no copy, the mail says instead:"
CHOSEN = "[the reason that you choose below]"


@dataclass(frozen=True, slots=True)
class Turn:
    """A request with what is known of it, and as what whoever pressed may answer it."""

    view: View
    known: Known
    authority: Authority


def find(act: Act, request_id: str) -> Turn:
    """A request for whoever releases it, or did, in any state. Raises `Refused` for anybody else, and once nothing is known of it."""
    return _found(act, request_id, lambda view: view.authority(act.me))


def find_for_the_head(act: Act, request_id: str) -> Turn:
    """The same for the Head alone, or whoever stands in."""
    return _found(
        act, request_id, lambda view: may_decide(for_the_head(view.circumstances), act.me.email_key, view.asked)
    )


def find_to_answer(act: Act, request_id: str) -> Turn:
    """For whoever may release it now, where it waits for its answer; raises `Repeated` where the same person has just given it."""
    found = find(act, request_id)
    request = found.view.request
    if request.is_open:
        return found
    if request.state == "sending" and request.decided_by == act.me.id:
        raise Repeated(request_id)
    raise Refused(already(found.view, act.me), clause="P8", code="already")


def already(view: View, me: Person) -> str:
    """How a request stands that can't be answered or changed any more, for whoever pressed."""
    request = view.request
    who = "you" if request.decided_by == me.id else view.people[request.decided_by].name if request.decided_by else ""
    by = f" by {who}" if who else ""
    match request.state:
        case "sending":
            return f"This request was already {request.outcome}{by}, and its mail is on its way."
        case "unknown":
            return "No one knows yet whether its mail arrived. Press Send again or It arrived on its card."
        case "withdrawn":
            return "The customer withdrew this request."
        case _:
            when = moment_words(request.answered_at or view.now, me.zone, view.now)
            return f"This request was already {request.outcome}{by}, and answered on {when}."


def open_release(act: Act, about: str) -> str:
    """The mail as it will be sent, and the whole address; raises `Refused` where it could not be released. `about` as of `OfShown.of`."""
    request, _, seen = about.partition(":")
    found = _ready(act, request, seen)
    told = [_copy(act, found, gives) for gives in ("copy", "listen")]
    if found.view.request.wants != "copy":
        return letters.preview(found.known.address, told[1], letters.OPEN)
    instead = "\n\n".join(one for one in told[1].paragraphs if one not in told[0].paragraphs)
    return f"{letters.preview(found.known.address, told[0], letters.OPEN)}\n\n{LISTEN_ONLY}\n\n{instead}"


@handler("customer.release", clause="P8", about="request_id")
def release(act: Act, request_id: str, seen: str, form: forms.ReleaseForm) -> Done[None]:
    """P8: identity, own call and address are confirmed; nobody's permission is asked, and no hold stops it."""
    found = _ready(act, request_id, seen)
    weighed = form.weighed if isinstance(form, WeighedForm) else ""
    rule.weigh(form.voices, weighed)
    request = found.view.request
    gives = "listen" if form.voices == "listen_only" or request.wants != "copy" else "copy"
    if weighed:
        remark(act, found.view, found.known, "another_voice", weighed)
    return _send_link(act, found, gives, {"voices": form.voices})


@handler("customer.release", clause="P8", about="request")
def send_new_link(act: Act, request: str, seen: str) -> Done[None]:
    """P8: the link is over, or has had all its passcodes: the same calls go by another one, in the same way."""
    found = find(act, request)
    view = found.view
    rule.as_shown(seen, view.shown_mark)
    if not view.needs_new_link:
        raise Refused(LIVES, clause="P8", code="link_lives")
    _check_ready(act, found)
    return _send_link(act, found, view.links[0].gives, {})


def open_refusal(act: Act, about: str) -> str:
    """The letter as it will be sent, but for the reason; raises `Refused` where it could not be refused."""
    request, _, seen = about.partition(":")
    found = find_to_answer(act, request)
    as_shown(found, seen)
    return "\n\n".join((*locked(found.view), letters.preview(found.known.address, _refusal(act, found, ""))))


@handler("customer.refuse", clause="P8", about="request_id")
def refuse(act: Act, request_id: str, seen: str, form: forms.RefuseForm) -> Done[None]:
    """P8: the letter goes at once, whatever was or was not found; where no mail can go, somebody says how the customer was told."""
    found = find_to_answer(act, request_id)
    as_shown(found, seen)
    if form.refusal not in act.policy.customers.refusals:
        raise Refused.at({"refusal": "Please choose one of these reasons."}, "P8")
    request, to = found.view.request, found.known.address
    mails = rule.by_mail(form.told, address=bool(to), mail=bool(act.copies_at))
    stepped_in = _decide(act, found, "refused")
    request.refusal, detail = form.refusal, {"refusal": form.refusal, **stepped_in}
    if mails:
        detail |= put_letter(act, request, "refused", to, _refusal(act, found, request.refusal))
        return Done(None, changed(found.view), detail=detail)
    remark(act, found.view, found.known, "told_otherwise", form.told)
    detail |= {"told": "otherwise", **_answered(act, found.view)}
    words = f"{request.id} is refused, and the customer was told otherwise than by mail. Press Details to read why."
    told = Tell(request.filed_by, words, f"answered:{request.id}:{request.revision}", "details", request.id)
    return Done(None, (*changed(found.view), told), detail=detail)


def as_shown(found: Turn, seen: str) -> None:
    """A letter is for what was shown above its form; raises `Refused` where that is another by now. `seen` is empty where none was."""
    if seen:
        rule.as_shown(seen, found.view.shown_mark)


def remark(act: Act, view: View, known: Known, kind: str, words: str) -> None:
    """Keep somebody's words with the request, and all that is `known`."""
    known.remarks.append(Remarked(kind=kind, by=act.me.id, at=act.now, words=words))
    write_known(act, view.request, known)


def honour(act: Act, view: View, mail: CustomerMail) -> tuple[dict[str, Any], tuple[Effect, ...]]:
    """It is answered: whoever filed it hears so, and of a copy whoever reads out the passcode; the link's days begin now.

    Returns what the log says of it, and who hears what.
    """
    request, detail = view.request, dict[str, Any](_answered(act, view))
    once = f"answered:{request.id}:{mail.id}"
    gone = f"The answer to {request.id} has gone out to the customer."
    told = [Tell(request.filed_by, gone, once, "details", request.id)]
    if mail.kind == "copy":
        for link in (one for one in view.links if one.id == mail.link_id and one.state in ALIVE):
            detail |= count_from_now(act, view, link)
        words = (
            f"The link of {request.id} is on its way. Phone the customer now and read out the passcode: press Passcode."
        )
        told += [Tell(one, words, once, "customer_passcode", request.id) for one in view.releasers]
    return detail, tuple(told)


def reopen(
    act: Act, view: View, link_state: str, *, honoured: bool = False
) -> tuple[dict[str, Any], tuple[Effect, ...]]:
    """It waits again, with the day that was promised, and its link is dead (`link_state`); whoever releases it now is asked.

    `honoured`: if it was answered before, it stays so for what was promised. Returns what the log says of it, and who sees it.
    """
    request = view.request
    for link in act.store.customers.links(request.id):
        if link.state in ALIVE:
            end_link(act, link, link_state)
    request.state, request.closed_at, request.decided_by, request.decided_at = "waiting", None, None, None
    request.outcome = request.refusal = request.decided_as = ""
    request.answered_at = request.answered_at if honoured else None
    _keep_while_it_waits(act, view)
    asked, where = ask_anew(act, view)
    watch(act, request)
    told = alarm(act, request, view.what, where) if request.state == "stuck" else ()
    return {**asked}, (*told, *changed(view, asked["asked"]))


def count_from_now(act: Act, view: View, link: CustomerLink) -> dict[str, Any]:
    """P8: the link's days begin now, and what is kept for it stays that long; what the log says of it."""
    link.ends_at = act.now + timedelta(days=act.policy.customers.link_days)
    act.store.deadlines.set(LINK_ENDS, view.request.id, link.ends_at)
    _keep_for_link(act, view, link)
    return {"link": link.id, "until": link.ends_at.isoformat()}


def audible(act: Act, view: View) -> list[Recording]:
    """The calls of which there is audio for this customer: open to people, or kept for this request."""
    kept = {one.recording_id for one in act.store.erasures.kept_by(view.request.id)}
    return [one for one in view.recordings if _is_audible(act, view, one, kept=one.id in kept)]


def _is_audible(act: Act, view: View, one: Recording, *, kept: bool) -> bool:
    if not one.closed(act.now):
        return one.state == "present"
    there = kept and one.state in ("present", "closed")
    return there and act.store.erasures.keeps_for(one.id, view.request.id, act.now)


def _found(act: Act, request_id: str, may: Callable[[View], Authority]) -> Turn:
    view, authority = load_for(act, request_id, may)
    if view.known is None:
        raise Refused(FORGOTTEN, clause="P8", code="forgotten")
    return Turn(view, view.known, authority)


def _ready(act: Act, request_id: str, seen: str) -> Turn:
    found = find_to_answer(act, request_id)
    _check_ready(act, found)
    rule.as_shown(seen, found.view.shown_mark)
    return found


def _check_ready(act: Act, found: Turn) -> None:
    """Raises `Refused` with everything that is missing before a call can go out."""
    view, known, there = found.view, found.known, audible(act, found.view)
    is_locked = not there and any(one.state == "declined" for one in view.recordings)
    rule.release(
        rule.Known(
            identified=known.identified is not None, address=bool(known.address), calls=len(view.recordings),
            there=len(there), locked=is_locked, letter=view.request.asker != "authority" or bool(known.authority),
            mail=bool(act.copies_at),
        )
    )  # fmt: skip


def _send_link(act: Act, found: Turn, gives: str, detail: dict[str, Any]) -> Done[None]:
    """The link and its mail, in one commit; what the log says of it beside `detail`."""
    view, request = found.view, found.view.request
    link, code = make_link(act, request, gives)
    stepped_in = _decide(act, found, "released")
    letter = _copy(act, found, gives, f"{act.copies_at}#{code}")
    mailed = put_letter(act, request, "copy", found.known.address, letter, link.id)
    act.store.deadlines.set(LINK_ENDS, request.id, link.ends_at)
    act.store.write_down()
    _keep_for_link(act, view, link)
    detail |= {"gives": gives, "link": link.id, "until": link.ends_at.isoformat()}
    return Done(None, changed(view), detail={**detail, **mailed, **stepped_in})


def _copy(act: Act, found: Turn, gives: str, link: str = "") -> Written:
    number = len(audible(act, found.view))
    return letters.copy(act.policy, found.view.request, found.known, number, link, gives=gives)


def _refusal(act: Act, found: Turn, refusal: str) -> Written:
    return letters.refused(act.policy, found.view.request, found.known, refusal, CHOSEN)


def _decide(act: Act, found: Turn, outcome: str) -> dict[str, Any]:
    """Who answers it, as what and how; returns what the log says of that."""
    request, authority = found.view.request, found.authority
    role = act.policy.role(authority.role)
    as_what = f"deputy of the {role.title}" if authority.deputy else "handler of customers’ requests"
    as_what = role.title if act.me.email_key == role.holder else as_what
    request.outcome, request.decided_by, request.decided_as, request.decided_at = outcome, act.me.id, as_what, act.now
    request.state = "sending"
    return takes_part(act, found.view, authority)


def _answered(act: Act, view: View) -> dict[str, str]:
    """Of one that had been answered before the first moment stays. Returns what the log says of a day that was missed."""
    request, late = view.request, note_missed(act, view.request)
    request.state, request.closed_at = "answered", act.now
    request.answered_at = request.answered_at or act.now
    unwatch(act, request)
    return late


def _keep_while_it_waits(act: Act, view: View) -> None:
    """P12: what was kept for the link is kept for the request, as long as for any that is open."""
    lines = {one.id: one.line for one in view.recordings}
    kept = act.store.erasures.kept_by(view.request.id)
    for keep in [one for one in kept if one.why == COPY and one.ended_at is None]:
        calendar = calendar_of(act.policy, lines[keep.recording_id])
        keep.why = REQUEST
        keep.ends_at = due(calendar, keep.since, act.policy.holds.open_request_working_days).at


def _keep_for_link(act: Act, view: View, link: CustomerLink) -> None:
    """P12: what was kept while the request waited stays for its link, so many working days from now, and no longer than that works."""
    calendar = calendar_of(act.policy, line_of(act.policy, view.request))
    until = due(calendar, act.now, act.policy.customers.copy_kept_working_days).at
    for keep in [one for one in act.store.erasures.kept_by(view.request.id) if one.ended_at is None]:
        keep.why, keep.ends_at = COPY, min(until, link.ends_at)
