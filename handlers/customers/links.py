"""A customer's link: made for one release, and opened by its code and a passcode together, by neither of them alone (P8)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from hmac import compare_digest
from secrets import randbelow
from typing import Literal

from handlers.acting import Act, Done
from handlers.customers.state import view_of
from handlers.effects import Effect, Tell
from handlers.handling import handler
from handlers.ids import new_id, new_secret
from handlers.matters.asking import changed
from handlers.rules.refusal import Refused
from handlers.words import counted
from storage.customers import LONGEST_SESSION, ON_ITS_WAY
from storage.tables.customers import ALIVE, CustomerLink, CustomerRequest, CustomerSession


@dataclass(frozen=True, slots=True)
class Entered:
    """Who is let in: the link's id, and a session's secret for a cookie; both are empty where it doesn't fit.

    `over` says that both fitted and the link is over.
    """

    link: str = ""
    secret: str = field(default="", repr=False)
    over: bool = False


Fit = Literal["open", "wrong", "over", "unknown"]
SENT = (*ON_ITS_WAY, "answered")
"""States of a request whose link may be used: also where nobody knows whether the mail server kept the mail."""
OVER = "This link is over. Press Send a new link on the card."
SPENT = "This link has had all its passcodes. Press Send a new link on the card."


def make_link(act: Act, request: CustomerRequest, gives: str) -> tuple[CustomerLink, str]:
    """P8: a link for what is released now, and its code, which is kept as a keyed mark; an earlier link ends. `gives` as of a `CustomerLink`."""
    for one in act.store.customers.links(request.id):
        if one.state in ALIVE:
            end_link(act, one, "ended")
    code = new_secret()
    ends_at = act.now + timedelta(days=act.policy.customers.link_days)
    link = CustomerLink(
        id=new_id("CL"),
        matter_id=request.id,
        code=act.keys.mark_of_pass("link", code),
        made_at=act.now,
        ends_at=ends_at,
        gives=gives,
    )
    act.store.customers.put(link)
    return link, code


def end_link(act: Act, link: CustomerLink, state: str) -> None:
    """It is over at once, with everybody whom it let in. `state` as of a `CustomerLink`."""
    link.state = state
    turn_out(act, act.store.customers.sessions_of(link.id))


def new_passcode(act: Act, link: CustomerLink) -> str:
    """P8: six digits, kept as a keyed mark; the ones before end, with whom they let in. A locked link is open again.

    Raises `Refused` for a link that is over or has had all of its passcodes.
    """
    if link.state not in ALIVE or act.now >= link.ends_at:
        raise Refused(OVER, clause="P8", code="link_over")
    if link.passcodes >= act.policy.customers.passcodes:
        raise Refused(SPENT, clause="P8", code="no_passcode_left")
    digits = f"{randbelow(10**6):06d}"
    link.passcode, link.passcodes, link.tries, link.state = _mark(act, link, digits), link.passcodes + 1, 0, "live"
    turn_out(act, act.store.customers.sessions_of(link.id))
    return digits


def judged(act: Act, code: str, passcode: str) -> tuple[CustomerLink | None, Fit]:
    """Whether code and passcode let somebody in now, for whoever looks before anything is written.

    “wrong” is a passcode that counts against its link. “unknown” is everything of which nobody is to learn more: no such code,
    no passcode yet, a locked link, the wrong passcode of one that is over. “over”: both fit, and the link is over.
    """
    link = act.store.customers.link_by_code(act.keys.mark_of_pass("link", code))
    told = _mark(act, link, passcode)
    # Compared in any case, so that each answer takes the same work.
    fits = compare_digest(told, link.passcode if link and link.passcode else "0" * len(told))
    if link is None or not link.passcode or link.state == "locked" or link.tries >= act.policy.customers.passcode_tries:
        return link, "unknown"
    if standing(act, link) is None:
        return link, "over" if fits else "unknown"
    return link, "open" if fits else "wrong"


def standing(act: Act, link: CustomerLink) -> CustomerRequest | None:
    """The request that a link is of; None once either of them is over, or the request's key was destroyed."""
    request = act.store.customers.get(link.matter_id)
    alive = link.state == "live" and link.made_at <= act.now < link.ends_at
    if not alive or request is None or request.state not in SENT:
        return None
    return request if act.store.matter_keys.get(request.id) is not None else None


@handler("customer.open_link", clause="P8")
def open_link(act: Act, code: str, passcode: str) -> Done[Entered]:
    """P8: a session for whoever has both; a wrong passcode is counted, and the last one that may be wrong locks the link."""
    link, fit = judged(act, code, passcode)
    if link is None or fit not in ("open", "wrong"):
        return Done(Entered(over=fit == "over"), quiet=True)
    if fit == "open" and _is_altered(act, link):
        return Done(Entered(over=True), quiet=True)
    return _let_in(act, link) if fit == "open" else _counted(act, link)


def _is_altered(act: Act, link: CustomerLink) -> bool:
    """Whether somebody changed by hand what the link gives, such as which calls the request names."""
    return bool(act.store.not_vouched(act.keys.log_seal, given_by(link)))


def given_by(link: CustomerLink) -> set[tuple[str, str]]:
    """The rows that say what a link gives."""
    tables = ("matters", "requested_recordings")
    return {("customer_links", link.id), *((one, link.matter_id) for one in tables)}


def locked(act: Act, link: CustomerLink) -> tuple[Effect, ...]:
    """The card of the request says so to everybody who holds a copy of it, and whoever sees to it is told: an edited card counts as read."""
    request, tries = link.matter_id, counted(act.policy.customers.passcode_tries, "wrong passcode")
    words = f"The link of {request} is locked after {tries}. Phone the customer, and press Passcode for another one."
    found = act.store.customers.get(request)
    whom = view_of(act, found).releasers if found is not None else []
    once = f"locked:{link.id}:{link.passcodes}"
    return (*redrawn(act, link), *(Tell(one, words, once, "customer_passcode", request) for one in whom))


def redrawn(act: Act, link: CustomerLink) -> tuple[Effect, ...]:
    """The card of the link's request is drawn anew, for everybody who holds a copy."""
    request = act.store.customers.get(link.matter_id)
    return changed(view_of(act, request)) if request is not None else ()


def _let_in(act: Act, link: CustomerLink) -> Done[Entered]:
    secret, first = new_secret(), link.opened_at is None
    link.opened_at = link.opened_at or act.now
    ends_at = min(act.now + LONGEST_SESSION, link.ends_at)
    session = CustomerSession(hash=session_mark(act, link, secret), link_id=link.id, made_at=act.now, ends_at=ends_at)
    act.store.customers.put(session)
    detail = {"link": link.id, "fits": True, "session": session.hash}
    effects = redrawn(act, link) if first else ()
    return Done(Entered(link.id, secret), effects, subject=link.matter_id, detail=detail)


def _counted(act: Act, link: CustomerLink) -> Done[Entered]:
    link.tries += 1
    last = link.tries >= act.policy.customers.passcode_tries
    if last:
        end_link(act, link, "locked")
    detail = {"link": link.id, "fits": False, "tries": link.tries, "locked": last}
    return Done(Entered(), locked(act, link) if last else (), subject=link.matter_id, detail=detail)


def turn_out(act: Act, sessions: Iterable[CustomerSession]) -> None:
    """Nothing is given to them any more, also where a clock that was set back says again that they were still good."""
    for one in sessions:
        one.ends_at = min(one.made_at, one.ends_at, act.now)


def session_mark(act: Act, link: CustomerLink, secret: str) -> str:
    """What is stored of a session, which opens this link of this request alone."""
    return act.keys.mark_of_pass("customer", secret, link.id, link.matter_id)


def _mark(act: Act, link: CustomerLink | None, passcode: str) -> str:
    opens = (link.matter_id, link.id) if link else ()
    return act.keys.mark("customer passcode", *opens, passcode)
