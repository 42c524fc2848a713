"""A letter on its way, and what comes after it has left: it arrived, came back or went astray (P8)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from handlers.acting import Act, Done
from handlers.cards import Actions, Button, Line, Page, Sign, Small
from handlers.customers.deadlines import LINK_ENDS
from handlers.customers.letters import call_back, read_letter
from handlers.customers.links import end_link
from handlers.customers.releasing import Turn, count_from_now, find, honour, remark, reopen
from handlers.customers.state import View, load
from handlers.effects import Effect, Tell
from handlers.handling import handler
from handlers.letters import Written
from handlers.matters.asking import changed
from handlers.matters.reminding import lateness, tell
from handlers.rules.refusal import Refused
from storage.customers import ON_ITS_WAY
from storage.database.store import Store
from storage.tables.customers import ALIVE, CustomerMail


@dataclass(frozen=True, slots=True)
class Collected:
    """A mail to be sent now; committed as being sent, so that a crash leaves it unknown and never sends it twice in silence."""

    mail: str
    to: str
    message_id: str
    written: Written


FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=5), timedelta(minutes=15)
UNDER_WAY = timedelta(minutes=15)
"""For so long a letter may be with the mail server; a process that took it and says nothing by then has died."""
SLOW = timedelta(hours=1)
LOST = "stopped"
"""The code of a letter whose outcome the program itself does not know."""
Ended = tuple[dict[str, Any], tuple[Effect, ...]]
"""What the log says of a letter that ended without a mail server, and who hears of it."""


def due(store: Store, now: datetime) -> list[str]:
    """The mails to collect, or to be taken for lost, for a worker that looks without the door."""
    return store.mails.due(now, UNDER_WAY)


@handler("customer.collect", clause="P8")
def collect(act: Act, mail_id: str) -> Done[Collected | None]:
    """P8: from now on it counts as being sent, so that it never goes twice in silence."""
    if not act.store.mails.is_due(mail_id, act.now, UNDER_WAY):
        return Done(None, quiet=True)
    mail = act.store.customers.mail(mail_id)
    view = load(act, mail.matter_id)
    if mail.state == "sending":
        effects = _in_doubt(act, view, mail, LOST)
        return Done(None, effects, mail.matter_id, {"lost": [mail.id]})
    letter = read_letter(act, mail) if _wanted(view, mail) else None
    if letter is None:
        asked, effects = _drop(act, view, mail)
        return Done(None, effects, mail.matter_id, {"dropped": [mail.id], **asked})
    mail.state, mail.attempts, mail.next_at = "sending", mail.attempts + 1, act.now + UNDER_WAY
    collected = Collected(mail.id, letter.to, mail.message_id, letter.written)
    return Done(collected, (), mail.matter_id, {"mail": mail.id, "attempt": mail.attempts})


@handler("customer.accepted", clause="P8", about="mail_id")
def accepted(act: Act, mail_id: str, answer: str) -> Done[None]:
    """P8: the mail server's acceptance is “honoured”, of a copy and of a refusal alike."""
    mail = act.store.customers.mail(mail_id)
    if mail.settled_at is not None:
        return Done(None, quiet=True)
    view = load(act, mail.matter_id)
    mail.state, mail.code, mail.settled_at = "accepted", answer.partition(" ")[0], act.now
    answers = view.request.state in ON_ITS_WAY
    told, effects = honour(act, view, mail) if answers else ({}, ())
    detail = {"mail": mail.id, "answer": answer, "answered": answers, "state": mail.state, **told}
    return Done(None, (*changed(view), *effects), view.request.id, detail)


@handler("customer.put_off", clause="P8", about="mail_id")
def put_off(act: Act, mail_id: str, code: str) -> Done[None]:
    """P8: nothing was accepted; it goes again after twice as long each time, and whoever released it hears when that takes long."""
    mail = act.store.customers.mail(mail_id)
    if mail.state != "sending":
        return Done(None, quiet=True)
    view, news = load(act, mail.matter_id), mail.code != code
    mail.state, mail.code = "waiting", code
    mail.next_at = act.now + min(FIRST_WAIT * 2.0 ** min(mail.attempts - 1, 10), LONGEST_WAIT)
    told = _tell_slow(act, view, mail)
    detail = {"mail": mail.id, "code": code, "attempt": mail.attempts}
    return Done(None, told, view.request.id, detail, quiet=not (news or told))


@handler("customer.not_taken", clause="P8", about="mail_id")
def refused(act: Act, mail_id: str, code: str, answer: str) -> Done[None]:
    """P8: nobody has it, and trying again won't help: the request is open again, and the link is dead."""
    mail = act.store.customers.mail(mail_id)
    if mail.settled_at is not None:
        return Done(None, quiet=True)
    view = load(act, mail.matter_id)
    mail.state, mail.code, mail.settled_at = "refused", code, act.now
    words = f"The mail for {view.request.id} was not taken ({code}), so the customer has not got it."
    asked, effects = _never(act, view, mail, words, " Please look at the address.")
    detail = {"mail": mail.id, "code": code, "answer": answer, **asked}
    return Done(None, effects, view.request.id, detail)


@handler("customer.not_known", clause="P8", about="mail_id")
def not_known(act: Act, mail_id: str, code: str) -> Done[None]:
    """P8: the connection was lost after the text: whoever released it is asked before it goes again."""
    mail = act.store.customers.mail(mail_id)
    if mail.state != "sending":
        return Done(None, quiet=True)
    effects = _in_doubt(act, load(act, mail.matter_id), mail, code)
    return Done(None, effects, mail.matter_id, {"mail": mail.id, "code": code, "state": mail.state})


def _wanted(view: View, mail: CustomerMail) -> bool:
    """Whether it is still to go: its request waits for it, and its link is not dead."""
    link = next((one for one in view.links if one.id == mail.link_id), None)
    return view.request.state in ON_ITS_WAY and (link is None or link.state in ALIVE)


def _drop(act: Act, view: View, mail: CustomerMail) -> Ended:
    """It will never go. A request that waited for it is open again."""
    mail.state, mail.settled_at = "dropped", act.now
    if view.request.state in ON_ITS_WAY and view.known is not None:
        return reopen(act, view, "ended", honoured=True)
    return {}, ()


def _never(act: Act, view: View, mail: CustomerMail, words: str, then: str = "") -> Ended:
    """It goes no more: a request that waited for it is open again, and whoever answers for it and whoever filed it are told."""
    whom = dict.fromkeys((*view.releasers, view.request.filed_by))
    asked, effects = dict[str, Any](), tuple[Effect, ...]()
    if view.request.state in ON_ITS_WAY:
        words = f"{words} The request is open again, with the day that was promised.{then} Press Details to go on."
        asked, effects = reopen(act, view, "ended", honoured=True)
    else:
        words, effects = f"{words} Press Details to read more.", changed(view)
    return asked, (*effects, *_tells(view, whom, words, f"not_taken:{mail.id}"))


def _in_doubt(act: Act, view: View, mail: CustomerMail, code: str) -> tuple[Effect, ...]:
    mail.state, mail.code = "unknown", code
    if view.request.state in ON_ITS_WAY:
        view.request.state = "unknown"
    words = f"No one knows whether the mail for {view.request.id} arrived. Press Details, and say whether it is to be sent again."
    return (*changed(view), *_tells(view, view.releasers, words, f"not_known:{mail.id}:{mail.attempts}"))


def _tell_slow(act: Act, view: View, mail: CustomerMail) -> tuple[Effect, ...]:
    """Once, when it takes longer than an hour; reminders of the due day go on until it is accepted."""
    if act.now - mail.made_at < SLOW:
        return ()
    words = f"The mail for {view.request.id} has not gone out yet ({mail.code}). It is tried again by itself. Please ask the bot’s administrator."
    return _tells(view, view.releasers, words, f"slow:{mail.id}")


def _tells(view: View, people: Iterable[int], words: str, once: str) -> tuple[Tell, ...]:
    return tuple(Tell(one, words, once, "details", view.request.id) for one in people)


REPORT = "breach_report"
"""The button that opens the private form of a report (P13)."""
NO_MAIL = "No mail of this request has gone out, so there is nothing to take back."
NOT_IN_DOUBT = "It is known what became of this mail. Press Details to see its status."


@handler("customer.send_again", clause="P8", about="request")
def send_again(act: Act, request: str) -> Done[None]:
    """P8: the same letter once more, with the same link and the same Message-ID, since somebody says so."""
    found = find(act, request)
    mail = _tell_in_doubt(found.view)
    mail.state, mail.next_at, found.view.request.state = "waiting", act.now, "sending"
    return Done(None, changed(found.view), detail={"mail": mail.id})


@handler("customer.arrived", clause="P8", about="request")
def arrived(act: Act, request: str) -> Done[None]:
    """P8: it counts as answered, by the word of whoever releases it, and from now on."""
    found = find(act, request)
    mail = _tell_in_doubt(found.view)
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
            Line("The link is dead, and no one gets in by it any more.", Sign.APPROVED),
            Line("The request is open again, with the day that was promised. The right address has to be entered first."),
            Line("Someone may have got what was not meant for them. If you know how that came about, report it in confidence."),
            Actions((Button(REPORT, "Report in confidence", ""),)),
            Small("P8 · P13"),
        ),
    )  # fmt: skip


def _tell_in_doubt(view: View) -> CustomerMail:
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
