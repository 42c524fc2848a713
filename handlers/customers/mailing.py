"""A letter on its way: collected before it is sent, and believed only what the mail server said of it (P8)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from handlers.acting import Act, Done
from handlers.customers.letters import read_letter
from handlers.customers.releasing import honour, reopen
from handlers.customers.state import View, load
from handlers.effects import Effect, Tell
from handlers.handling import handler
from handlers.letters import Written
from handlers.matters.asking import changed
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
    words = f"Nobody knows whether the mail for {view.request.id} arrived. Press Details, and say whether it is to be sent again."
    return (*changed(view), *_tells(view, view.releasers, words, f"not_known:{mail.id}:{mail.attempts}"))


def _tell_slow(act: Act, view: View, mail: CustomerMail) -> tuple[Effect, ...]:
    """Once, when it takes longer than an hour; reminders of the due day go on until it is accepted."""
    if act.now - mail.made_at < SLOW:
        return ()
    words = f"The mail for {view.request.id} has not gone out yet ({mail.code}). It is tried again by itself. Please ask whoever runs the bot."
    return _tells(view, view.releasers, words, f"slow:{mail.id}")


def _tells(view: View, people: Iterable[int], words: str, once: str) -> tuple[Tell, ...]:
    return tuple(Tell(one, words, once, "details", view.request.id) for one in people)
