"""Who sees to a customer's request after it was released, and how it comes to somebody else where that person leaves or is away (P8)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from handlers.acting import Act, Done
from handlers.alarms import warned_by
from handlers.customers.view import View
from handlers.effects import Tell
from handlers.matters.alarming import AGAIN, NOBODY_LEFT, alarm
from handlers.matters.asking import ask_these, brought_in, changed, reached
from handlers.matters.case import approvers, entitled
from handlers.rules import after_release as rule

DETAILS, PASSCODE = "details", "customer_passcode"
HOW = {"away": "is away", "unreachable": "can’t be reached"}
OTHERWISE = "may do so no longer"


def seers(view: View) -> list[int]:
    """Who answers for what was released, by id: whoever released it while they are there, else whoever stands in.

    Where nobody is left it stays with whoever released it: they read it once they are back.
    """
    ids = {one.email_key: one.id for one in view.people.values()}
    found = [ids[one] for one in rule.sees_to(view.circumstances, view.releaser) if one in ids]
    return found or [one for one in (view.request.decided_by,) if one is not None]


def hand_over(act: Act, view: View) -> Done[None]:
    """P8: whoever stands in for whoever released it is asked, and told; whoever stands in no longer keeps a copy.

    Where nobody may, whoever can mend it is told, once.
    """
    over, case = _over(view), view.circumstances
    if rule.keeps_from(case, view.releaser) is None:
        return Done(None, changed(view) if over else (), detail={"over": over}, quiet=not over)
    where = reached(act, case)
    new = ask_these(act, view, where.approvers, where.because)
    unheard = not where.approvers and not _heard(view)
    told = alarm(act, view.request, view.what, where) if new or unheard else ()
    shown = changed(view, new) if new or over or told else ()
    detail: dict[str, Any] = {**brought_in(view, new), "over": over, **warned_by(told)}
    return Done(None, (*told, *shown, *_tells(view)), detail=detail, quiet=not (new or over or told))


def why(view: View, reader: int) -> str:
    """Why it is with this reader, who came to it after it was released; empty for anybody else."""
    return _why(view, "it") if reader in _came(view, seers(view)) else ""


def _over(view: View) -> list[int]:
    """Those who stood in for somebody who is back, or wrote into it since, keep a copy alone; who is only out keeps the part for when they are back."""
    case = view.circumstances
    asked = [one for one in approvers(view) if not entitled(view, one.person_id)]
    over = [one for one in asked if one.because == "away" or case.conflict(view.people[one.person_id].email_key)]
    for one in over:
        one.part = "former"
    return [one.person_id for one in over]


def _heard(view: View) -> bool:
    """Whether somebody was told that nobody is left, since it was released; where nobody could be, it is tried again after a day."""
    last, since = view.alarm, view.request.decided_at
    if last is None or last.why != NOBODY_LEFT or (since is not None and last.raised_at < since):
        return False
    return last.state != "nobody" or view.now - last.raised_at < AGAIN


def _came(view: View, people: Iterable[int]) -> list[int]:
    """Those of them who were asked only once it had been released."""
    since, released = {one.person_id: one.since for one in view.parties}, view.request.decided_at
    return [one for one in people if one in since and released is not None and since[one] > released]


def _tells(view: View) -> tuple[Tell, ...]:
    """One word to each who sees to it instead, also where they hold its card already: an edited card counts as read."""
    request, words = view.request, f"{_why(view, view.what)} {_next(view)[0]}"
    since = {one.person_id: one.since for one in view.parties}
    whom = [one for one in seers(view) if one in since and one != request.decided_by]
    moments = {one: max(since[one], request.decided_at or since[one]) for one in whom}
    return tuple(
        Tell(one, words, f"comes:{request.id}:{at:%Y%m%d%H%M%S}", _next(view)[1], request.id)
        for one, at in moments.items()
    )


def _why(view: View, what: str) -> str:
    by = view.request.decided_by
    name = view.people[by].name if by is not None else "Somebody"
    how = HOW.get(rule.keeps_from(view.circumstances, view.releaser) or "", OTHERWISE)
    return f"{name}, who saw to {what} so far, {how}, so it came to you."


def _next(view: View) -> tuple[str, str]:
    """What is to be done with it, and the button for that."""
    link = view.link
    if view.request.state == "unknown":
        return "Nobody knows whether its mail arrived. Press Details, and say whether it is to be sent again.", DETAILS
    if view.request.state == "sending" or link is None:
        return "Its mail is on its way. Press Details to see it.", DETAILS
    if link.opened_at is not None:
        return "Its link was opened. Press Details for what may come up.", DETAILS
    unopened = "Nobody has opened its link yet. Ring the customer, and read out the passcode: press Passcode."
    return unopened, PASSCODE
