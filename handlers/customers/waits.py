"""Whose turn it is with a customer's request, why, and what happens if nobody does anything (P8)."""

from __future__ import annotations

from handlers.cards import Line, Part, Sign
from handlers.customers.known import Remarked
from handlers.customers.view import View
from handlers.matters.alarming import told
from handlers.matters.case import entitled
from handlers.rules.refusal import Refused

IN_TIME = "If it runs late, that stays on record."
LATE = "It is late, and that stays on record."


def question(view: View) -> Remarked | None:
    """The question that nobody has answered yet."""
    asked = [one for one in view.known.remarks if one.kind in ("question", "answer")] if view.known else []
    return asked[-1] if asked and asked[-1].kind == "question" else None


def waits_for(view: View) -> str:
    """What the customer, or whoever filed it, has yet to give, in words; empty where nothing is missing."""
    if view.known is None or not view.request.is_open:
        return ""
    missing = []
    if view.known.identified is None:
        missing.append("to be identified")
    if not view.known.address:
        missing.append("to name an e-mail address")
    return " and ".join(missing)


def missing(view: View) -> str:
    """Why it can't be released yet, after “since”: what the customer has yet to give, and a call; empty where nothing is missing."""
    waits = waits_for(view)
    told = [f"the customer has yet {waits}"] if waits else []
    if view.request.is_open and not view.recordings:
        told.append("no call is named yet")
    return " and ".join(told)


def turn(view: View, reader: int) -> tuple[Part, ...]:
    """Why it came to this reader, and what happens if nobody does anything."""
    if not view.request.is_open:
        return ()
    if view.request.state == "stuck":
        return (Line(f"Nobody may release it as things are. {told(view)}".strip(), Sign.ALARM),)
    return (Line(_whose(view, reader)),)


def _whose(view: View, reader: int) -> str:
    late = LATE if view.request.due_at is not None and view.now > view.request.due_at else IN_TIME
    if waits := waits_for(view):
        return f"The customer has yet {waits}. Until then it can’t be released. {late}"
    if view.asks(reader):
        return f"{_why(view, reader)} {late}".strip()
    return f"It waits for {names(view)}. {late}"


def names(view: View) -> str:
    """Whoever is asked to release it."""
    there = list(
        dict.fromkeys(view.people[one.person_id].name for one in view.approvers if entitled(view, one.person_id))
    )
    *first, last = there or ["whoever may release it"]
    return f"{', '.join(first)} or {last}" if first else last


def _why(view: View, reader: int) -> str:
    try:
        authority = view.authority(view.people[reader])
    except Refused:
        return ""
    person = view.people[reader]
    title = view.policy.role(authority.role).title
    if (
        person.email_key in view.policy.customers.handlers
        and person.email_key != view.policy.role(authority.role).holder
    ):
        return (
            "You are one of those who confirm customers’ requests: who asks, that the call is theirs, and the address."
        )
    as_what = f"stand in for the {title}" if authority.deputy else f"are the {title}"
    return f"You {as_what}: you confirm who asks, that the call is theirs, and the address."
