"""A letter on its way: collected before it is sent, and believed only what the mail server said of it (P8)."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from handlers.acting import Act, Done
from handlers.customers import post
from handlers.customers.afterwards import honoured
from handlers.customers.intents import mailing as intents
from handlers.customers.turns import reopened, set_aside
from handlers.customers.view import View, load
from handlers.effects import Effect, Tell
from handlers.matters.asking import changed
from storage.customers import ANSWERS, ON_ITS_WAY
from storage.database.store import Store
from storage.legible import Illegible
from storage.tables.customers import ALIVE, CustomerMail, CustomerRequest

AT_ONCE = 100
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=5), timedelta(minutes=15)
UNDER_WAY = timedelta(minutes=15)
"""For so long a letter may be with the mail server; whoever took it and says nothing by then has died."""
SLOW = timedelta(hours=1)
LOST, UNREADABLE = "stopped", "unreadable"
"""The codes of a letter of which the program itself knows no outcome, and of one that nobody can read any more."""
Ended = tuple[dict[str, Any], tuple[Effect, ...]]
"""What the log says of a letter that ended by itself, beside its id, and who hears of it."""


def waits(store: Store, now: datetime) -> bool:
    """Whether there is anything to collect, or to be taken for lost, for whoever looks without the door."""
    return store.mails.any_due(now, UNDER_WAY)


def collect(act: Act, intent: intents.CollectLetter) -> Done[intents.Collected | None]:
    """P8: from now on it counts as being sent, so that it never goes twice in silence."""
    detail = dict[str, Any]()
    silent = _due(act, "sending", AT_ONCE, detail)
    lost, detail = _lost(act, silent), {**detail, "lost": [one.id for one in silent]} if silent else detail
    while found := _due(act, "waiting", 1, detail):
        [mail] = found
        try:
            with act.store.legibly():
                letter, tries = post.read(act, mail) if _wanted(act, mail) else None, mail.attempts + 1
        except Illegible:
            asked, effects = _spoilt(act, mail)
            return Done(None, (*lost, *effects), mail.matter_id, {**detail, "unreadable": mail.id, **asked})
        if letter is None:
            detail.setdefault("dropped", []).append(mail.id)
            asked, effects = _dropped(act, mail)
            if effects:
                return Done(None, (*lost, *effects), mail.matter_id, {**detail, **asked})
            continue
        mail.state, mail.attempts, mail.next_at = "sending", tries, act.now + UNDER_WAY
        collected = intents.Collected(mail.id, letter.to, mail.message_id, letter.written)
        return Done(collected, lost, mail.matter_id, {**detail, "mail": mail.id, "attempt": mail.attempts})
    return Done(None, lost, detail=detail, quiet=not detail)


def _due(act: Act, state: str, most: int, detail: dict[str, Any]) -> list[CustomerMail]:
    """Mails whose time has come; the log hears of such as nobody can read, and that hold up no other."""
    spoilt = list[str]()
    found = act.store.mails.due(state, act.now, UNDER_WAY, most, spoilt)
    if spoilt:
        detail["spoilt"] = [*detail.get("spoilt", ()), *spoilt]
    return found


def accepted(act: Act, intent: intents.LetterAccepted) -> Done[None]:
    """P8: the mail server's acceptance is “honoured”, of a copy and of a refusal alike."""
    mail, view = _of(act, intent.mail)
    if mail.settled_at is not None:
        # That one went which had been called back is on record; nobody waits for it.
        called_back = {"mail": mail.id, "answer": intent.answer, "answered": False, "state": mail.state}
        return Done(None, (), view.request.id, called_back, quiet=mail.state != "dropped")
    mail.state, mail.code, mail.settled_at = "accepted", intent.answer.partition(" ")[0], act.now
    answers = _awaited(act, view.request, mail)
    told, effects = honoured(act, view, mail) if answers else ({}, ())
    detail = {"mail": mail.id, "answer": intent.answer, "answered": answers, "state": mail.state, **told}
    return Done(None, (*changed(view), *effects), view.request.id, detail)


def put_off(act: Act, intent: intents.LetterPutOff) -> Done[None]:
    """P8: nothing was accepted; it goes again after twice as long each time, and whoever released it hears when that takes long."""
    mail, view = _of(act, intent.mail)
    if mail.state != "sending":
        return Done(None, quiet=True)
    news = mail.code != intent.code
    mail.state, mail.code = "waiting", intent.code
    mail.next_at = act.now + min(FIRST_WAIT * 2.0 ** min(mail.attempts - 1, 10), LONGEST_WAIT)
    told = _told_slow(act, view, mail)
    detail = {"mail": mail.id, "code": intent.code, "attempt": mail.attempts}
    return Done(None, told, view.request.id, detail, quiet=not (news or told))


def refused(act: Act, intent: intents.LetterRefused) -> Done[None]:
    """P8: nobody has it, and trying again won't help: the request is open again, and the link is dead."""
    mail, view = _of(act, intent.mail)
    if mail.settled_at is not None:
        return Done(None, quiet=True)
    mail.state, mail.code, mail.settled_at = "refused", intent.code, act.now
    words = f"The mail for {view.request.id} was not taken ({intent.code}), so the customer has not got it."
    asked, effects = _never(act, view, mail, words, " Please look at the address.")
    detail = {"mail": mail.id, "code": intent.code, "answer": intent.answer, **asked}
    return Done(None, effects, view.request.id, detail)


def not_known(act: Act, intent: intents.LetterNotKnown) -> Done[None]:
    """P8: the connection was lost after the text: whoever released it is asked before it goes again."""
    mail, view = _of(act, intent.mail)
    if mail.state != "sending":
        return Done(None, quiet=True)
    effects = _unknown(act, view, mail, intent.code)
    return Done(None, effects, view.request.id, {"mail": mail.id, "code": intent.code, "state": mail.state})


def _of(act: Act, mail_id: str) -> tuple[CustomerMail, View]:
    mail = act.store.customers.mail(mail_id)
    if mail is None:
        raise LookupError(mail_id)
    return mail, load(act, mail.matter_id)


def _awaited(act: Act, request: CustomerRequest, mail: CustomerMail) -> bool:
    """Whether it is by this letter that its request is answered: the newest answer alone decides, and whatever went before is over.

    What was called back counts no more, also where a clock that was wrong says that it is newer.
    """
    if mail.kind not in ANSWERS or request.state not in ON_ITS_WAY:
        return False
    waiting = (one for one in act.store.customers.mails(request.id) if one.settled_at is None)
    return not any(one.kind in ANSWERS and one.made_at > mail.made_at for one in waiting)


def _wanted(act: Act, mail: CustomerMail) -> bool:
    """Whether it is still to go: its request waits for it, and its link is not dead."""
    request = act.store.customers.get(mail.matter_id)
    link = act.store.customers.link(mail.link_id) if mail.link_id is not None else None
    if request is None or (link is not None and link.state not in ALIVE):
        return False
    return _awaited(act, request, mail) if mail.kind in ANSWERS else request.is_open or request.state in ON_ITS_WAY


def _dropped(act: Act, mail: CustomerMail) -> Ended:
    """It will never go. A request that waited for it is open again: a restored copy of the database has no living link."""
    mail.state, mail.settled_at = "dropped", act.now
    act.store.write_down()
    view = _seen(act, mail)
    if view is None:
        return _unread(act, mail)
    waited = _awaited(act, view.request, mail) and view.known is not None
    return reopened(act, view, "ended", honoured=True) if waited else ({}, ())


def _spoilt(act: Act, mail: CustomerMail) -> Ended:
    """Nobody can read it, now or later: it ends as one that no mail server takes, and holds up no other."""
    mail.state, mail.code, mail.settled_at = "refused", UNREADABLE, act.now
    view = _seen(act, mail)
    if view is None:
        return _unread(act, mail)
    words = f"The mail for {view.request.id} can’t be read any more, so it was not sent."
    return _never(act, view, mail, words)


def _never(act: Act, view: View, mail: CustomerMail, words: str, then: str = "") -> Ended:
    """It goes no more: a request that waited for it is open again, and whoever answers for it and whoever filed it is told."""
    whom = dict.fromkeys((*senders(view, mail), view.request.filed_by))
    asked, effects = dict[str, Any](), tuple[Effect, ...]()
    if _awaited(act, view.request, mail):
        words = f"{words} The request is open again, with the day that was promised.{then} Press Details to go on."
        asked, effects = reopened(act, view, "ended", honoured=True)
    else:
        words, effects = f"{words} Press Details to read more.", changed(view)
    return asked, (*effects, *_tells(view, whom, words, f"not_taken:{mail.id}"))


def _seen(act: Act, mail: CustomerMail) -> View | None:
    """The request of a letter; None where what is known of it can't be read, which is no reason to hold up others."""
    with suppress(Illegible), act.store.legibly():
        return load(act, mail.matter_id)
    return None


def _unread(act: Act, mail: CustomerMail) -> Ended:
    """A letter that will never go, of a request that can't be read: it stands still until it can, and nothing but words says so."""
    if (request := _request(act, mail)) is None:
        return {}, ()
    told = _in_words(request, mail, "its mail was not sent")
    return set_aside(act, request) if _awaited(act, request, mail) else {}, told


def _request(act: Act, mail: CustomerMail) -> CustomerRequest | None:
    """None where not even its row can be read: then nobody is known who could be told."""
    with suppress(Illegible), act.store.legibly():
        return act.store.customers.of_mail(mail)
    return None


def _in_words(request: CustomerRequest, mail: CustomerMail, what: str) -> tuple[Tell, ...]:
    """No card of it can be drawn, and no button of it works."""
    words = f"What is known of {request.id} can’t be read any more, and {what}. Please tell whoever runs the bot."
    whom = dict.fromkeys(one for one in (request.decided_by, request.filed_by) if one is not None)
    return tuple(Tell(one, words, f"unreadable:{mail.id}") for one in whom)


def _lost(act: Act, mails: Iterable[CustomerMail]) -> tuple[Effect, ...]:
    return tuple(effect for one in mails for effect in _lost_sight(act, one))


def _lost_sight(act: Act, mail: CustomerMail) -> tuple[Effect, ...]:
    view = _seen(act, mail)
    if view is not None:
        return _unknown(act, view, mail, LOST)
    request = _request(act, mail)
    _in_doubt(act, request, mail, LOST)
    return () if request is None else _in_words(request, mail, "nobody knows whether its mail arrived")


def _unknown(act: Act, view: View, mail: CustomerMail, code: str) -> tuple[Effect, ...]:
    if mail.kind in ANSWERS and not _awaited(act, view.request, mail):
        post.call_back(act, [mail])
        return ()
    _in_doubt(act, view.request, mail, code)
    words = (
        f"Nobody knows whether the mail for {view.request.id} arrived: the mail server had it, and never said whether it keeps it."
        " Press Details, and say whether it is to be sent again."
    )
    return (*changed(view), *_tells(view, senders(view, mail), words, f"not_known:{mail.id}:{mail.attempts}"))


def _in_doubt(act: Act, request: CustomerRequest | None, mail: CustomerMail, code: str) -> None:
    mail.state, mail.code = "unknown", code
    if request is not None and request.state == "sending" and _awaited(act, request, mail):
        request.state = "unknown"


def _told_slow(act: Act, view: View, mail: CustomerMail) -> tuple[Effect, ...]:
    """Once, when it takes longer than an hour; reminders of the due day go on until it is accepted."""
    if act.now - mail.made_at < SLOW:
        return ()
    words = f"The mail for {view.request.id} has not gone out yet ({mail.code}). It is tried again by itself. Please ask whoever runs the bot."
    return _tells(view, senders(view, mail), words, f"slow:{mail.id}")


def senders(view: View, mail: CustomerMail) -> list[int]:
    """Whoever answers for a letter: who released or refused it, or stands in, or who wrote that it will be late."""
    if mail.kind in ANSWERS:
        return view.releasers
    wrote = [one.by for one in view.known.remarks if one.kind == "late"] if view.known else []
    return wrote[-1:]


def _tells(view: View, people: Iterable[int], words: str, once: str) -> tuple[Tell, ...]:
    return tuple(Tell(one, words, once, "details", view.request.id) for one in people)


DOES = (
    intents.CollectLetter.by(collect),
    intents.LetterAccepted.by(accepted),
    intents.LetterPutOff.by(put_off),
    intents.LetterRefused.by(refused),
    intents.LetterNotKnown.by(not_known),
)
