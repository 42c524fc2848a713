"""What follows where the database was restored from a copy: every link ends, and no mail goes a second time in silence (P12, P8)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from handlers.acting import Act, Done
from handlers.customers.intents.passing_time import EndRestoredLink
from handlers.customers.links import end_link
from handlers.customers.mailing import senders
from handlers.customers.turns import reopened
from handlers.customers.view import View, load
from handlers.effects import Effect, Tell
from handlers.matters.asking import changed
from handlers.room import Chore, Step
from storage.customers import ANSWERS, ON_ITS_WAY, in_force, under_way
from storage.tables.customers import CustomerLink, CustomerMail

CODE = "restored"
"""The code of a mail of which a restored copy can't tell whether it went."""
ENDED = (
    "My database had to be restored from a copy, and with it every link to a call ends. {request} waits again, with the day that was"
    " promised. The customer may have had its mail: that link opens nothing any more. Ring them, and release it again."
)
ASKED = (
    "My database had to be restored from a copy, so nobody knows whether the mail for {request} had gone out by then. Press Details,"
    " and say whether it is to be sent again."
)


def end_restored(act: Act, intent: EndRestoredLink) -> Done[None]:
    """P12: nobody knows which links had ended since, so all of them do, with everybody whom they let in.

    A request of which not everything was fetched waits again. A mail without a link that the copy has as still to be sent may have
    gone: whoever answers for it is asked; one with a link is dropped, since nothing would open by it.
    """
    view = load(act, intent.request)
    links = [one for one in view.links if in_force(one, act.now)]
    mails = [one for one in view.mails if under_way(one)]
    if not links and not mails:
        return Done(None, quiet=True)
    whom = dict.fromkeys((*view.releasers, view.request.filed_by))
    for link in links:
        end_link(act, link, "ended")
    asked = _in_doubt(act, view, mails)
    detail: dict[str, Any] = {"links": [one.id for one in links], "mails": [one.id for one in mails]}
    if not _waits_again(view, links):
        return Done(None, (*changed(view), *asked), detail=detail)
    opened = any(one.opened_at is not None for one in view.links)
    more, effects = reopened(act, view, "ended", honoured=view.request.answered_at is not None and opened)
    told = _tells(act, view, whom, ENDED, "link")
    return Done(None, (*effects, *asked, *told), detail={**detail, **more})


def _waits_again(view: View, links: Sequence[CustomerLink]) -> bool:
    """Whether the customer still has to get something: released, and by no link was all of it had. Nothing can be released without its key."""
    request = view.request
    if request.state == "answered":
        released = any(one.fetched_at is None for one in links)
    else:
        released = request.state in ON_ITS_WAY and request.outcome == "released"
    return released and view.known is not None


def _in_doubt(act: Act, view: View, mails: Iterable[CustomerMail]) -> tuple[Effect, ...]:
    """Each mail that may have gone: with a link it never will again, without one somebody is asked."""
    told: list[Effect] = []
    for mail in mails:
        mail.code = CODE
        if mail.link_id is not None:
            mail.state, mail.settled_at = "dropped", act.now
            continue
        mail.state = "unknown"
        if mail.kind in ANSWERS and view.request.state == "sending":
            view.request.state = "unknown"
        told += _tells(act, view, senders(view, mail), ASKED, mail.id)
    return tuple(told)


def _tells(act: Act, view: View, people: Iterable[int], words: str, what: str) -> tuple[Tell, ...]:
    request = view.request.id
    once = f"restored:{request}:{what}:{act.now:%Y%m%d%H%M%S}"
    return tuple(Tell(one, words.format(request=request), once, "details", request) for one in people)


DOES = (EndRestoredLink.by(end_restored),)
ENDS = Chore(lambda store, now: store.customers.after_restore(now), (Step(EndRestoredLink),))
