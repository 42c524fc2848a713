"""What comes after a mail has left: it arrived, came back or went astray, or its link is over (P8)."""

from __future__ import annotations

from typing import Any

from handlers.acting import Act, Done
from handlers.cards import Actions, Button, Line, Page, Sign, Small
from handlers.customers.deadlines import LINK_ENDS
from handlers.customers.letters import call_back
from handlers.customers.links import end_link
from handlers.customers.releasing import Turn, count_from_now, find, honour, remark, reopen
from handlers.customers.state import View, load
from handlers.effects import Tell
from handlers.handling import handler
from handlers.matters.asking import changed
from handlers.matters.reminding import lateness, tell
from handlers.rules.refusal import Refused
from storage.customers import ON_ITS_WAY
from storage.tables.customers import ALIVE, CustomerMail

REPORT = "breach_report"
"""The button that opens the private form of a report (P13)."""
NO_MAIL = "No mail of this request has gone out, so there is nothing to take back."
NOT_IN_DOUBT = "It is known what became of this mail. Press Details to see how the request stands."


@handler("customer.send_again", clause="P8", about="request")
def send_again(act: Act, request: str) -> Done[None]:
    """P8: the same letter once more, with the same link and the same Message-ID, since somebody says so."""
    found = find(act, request)
    mail = _in_doubt(found.view)
    mail.state, mail.next_at, found.view.request.state = "waiting", act.now, "sending"
    return Done(None, changed(found.view), detail={"mail": mail.id})


@handler("customer.arrived", clause="P8", about="request")
def arrived(act: Act, request: str) -> Done[None]:
    """P8: it counts as answered, by the word of whoever releases it, and from now on."""
    found = find(act, request)
    mail = _in_doubt(found.view)
    mail.state, mail.settled_at = "accepted", act.now
    late, effects = honour(act, found.view, mail)
    return Done(None, (*changed(found.view), *effects), detail={"mail": mail.id, **late})


@handler("customer.bounced", clause="P8", about="request")
def bounced(act: Act, request: str) -> Done[None]:
    """P8: the mail came back: open again with the old deadline, and the link is dead."""
    found = find(act, request)
    mail = _went(act, found.view, "bounced")
    asked, effects = reopen(act, found.view, "bounced")
    words = f"The mail for {found.view.request.id} came back. Please look at the address: it is open again, with the day that was promised."
    return Done(None, (*effects, *_filer(act, found, words, f"bounced:{mail.id}")), detail={"mail": mail.id, **asked})


@handler("customer.wrong_address", clause="P8", about="request_id")
def wrong_address(act: Act, request_id: str) -> Done[None]:
    """P8, P13: it went to somebody else: the link is dead at once, and the address is forgotten; the day that was promised stays."""
    found = find(act, request_id)
    view, request = found.view, found.view.request
    mail = _went(act, view, "wrong_address")
    detail: dict[str, Any] = {
        "mail": mail.id, "link": mail.link_id, "released_by": request.decided_by, "addressed_by": request.address_by,
        "recordings": [one.id for one in view.recordings],
    }  # fmt: skip
    found.known.address, request.address_by = "", None
    words = f"The mail for {request.id} went to a wrong address. Its link is dead. Please enter the right address: the day that was promised stays."
    filer = _filer(act, found, words, f"wrong_address:{mail.id}")
    remark(act, found.view, found.known, "note", "Its mail went to a wrong address, which was taken out.")
    asked, effects = reopen(act, view, "wrong_address")
    return Done(None, (*effects, *filer), detail=detail | asked)


@handler(LINK_ENDS, clause="P8", about="request")
def end_over(act: Act, request: str) -> Done[None]:
    """P8: the link's days are over, unless its mail has not left yet. Where nobody ever learned whether that arrived, the request is open again."""
    view = load(act, request)
    over = [one for one in view.links if one.state in ALIVE and one.ends_at <= act.now]
    if not over:
        return Done(None, quiet=True)
    if view.request.state == "sending":
        return Done(None, detail=count_from_now(act, view, over[0]))
    detail: dict[str, Any] = {"links": [one.id for one in over]}
    if view.request.state in ON_ITS_WAY:
        detail["mails"] = call_back(act, view.mails)
        asked, effects = reopen(act, view, "ended", honoured=True)
        return Done(None, effects, detail=detail | asked)
    for one in over:
        end_link(act, one, "ended")
    if over[0].opened_at is None:
        # Who filed it speaks with the customer; who released it can send another link.
        fell, whom = over[0].ends_at, list(dict.fromkeys((*view.clerks[:1], *view.releasers)))
        tell(act, view.request, LINK_ENDS, whom, fell)
        detail |= {"told": whom, **lateness(act, fell)}
    return Done(None, changed(view), detail=detail)


def went_astray(_: None, __: str) -> Page:
    """What whoever pressed Wrong address reads: what was done, and where to report more."""
    return Page(
        "Wrong address",
        (
            Line("The link is dead, and nobody gets in by it any more.", Sign.APPROVED),
            Line("The request is open again, with the day that was promised. The right address has to be entered first."),
            Line("Somebody may have got what was not meant for them. If you know how that came about, report it in confidence."),
            Actions((Button(REPORT, "Report in confidence", ""),)),
            Small("P8 · P13"),
        ),
    )  # fmt: skip


def _in_doubt(view: View) -> CustomerMail:
    """The letter of which nobody knows whether it arrived; raises `Refused` where there is none."""
    found = next((one for one in view.mails if one.state == "unknown"), None)
    if found is None or view.request.state != "unknown":
        raise Refused(NOT_IN_DOUBT, clause="P8", code="not_in_doubt")
    return found


def _went(act: Act, view: View, code: str) -> CustomerMail:
    """The letter by which it was answered, as far as anybody knows, settled by `code`; raises `Refused` where none has gone out."""
    answers = (one for one in view.mails if one.state in ("accepted", "unknown"))
    found = next(answers, None) if view.request.state in ("answered", "unknown") else None
    if found is None:
        raise Refused(NO_MAIL, clause="P8", code="no_mail")
    found.state, found.code, found.settled_at = "refused", code, act.now
    return found


def _filer(act: Act, found: Turn, words: str, once: str) -> tuple[Tell, ...]:
    request = found.view.request
    return (Tell(request.filed_by, f"{words} Press Details.", once, "details", request.id),)
