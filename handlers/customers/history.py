"""What became of a customer's request so far, on its card: every receipt, what was said, what went out, and what was had of it (P8, P11)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from handlers.cards import Line, Part, Said, Sign, When
from handlers.customers.facts import knows
from handlers.customers.known import Receipt
from handlers.customers.promised import promised
from handlers.customers.view import View
from handlers.customers.words import receipt_shown, withdrawn_by
from handlers.words import counted, line_words, masked

ERASED = "Who the customer is, and what anybody wrote about it, "
SHOWN = 6  # of what was said, on the card itself
LABELS = {
    "question": "Question from {who}", "answer": "Answer from {who}", "note": "{who} notes", "withdrawn": "{who} on the withdrawal",
    "late": "{who} told the customer that it is late", "another_voice": "{who} on another person in it",
    "asked_number": "{who} asked for another number", "allowed_number": "{who} allowed another number",
    "told_otherwise": "{who} on how they were told",
}  # fmt: skip


def outcome(view: View) -> tuple[Part, ...]:
    """First what it came to, who decided it, and that its day was missed."""
    return tuple(_outcome(view))


def _outcome(view: View) -> Iterator[Part]:
    request = view.request
    if request.state == "withdrawn" and request.closed_at is not None:
        by = withdrawn_by(view)
        withdrawn = f"Withdrawn, as {_name(view, by)} wrote down " if by is not None else "Withdrawn "
        yield Line((withdrawn, _when(view, request.closed_at), "."))
    if request.outcome and request.decided_at is not None:
        role = f" ({request.decided_as})" if request.decided_as else ""
        yield Line(
            (
                f"{request.outcome.capitalize()} by {_name(view, request.decided_by)}{role}, ",
                _when(view, request.decided_at),
            )
        )
    if request.refusal:
        yield Said(
            "The reason, as the customer reads it", view.policy.customers.refusals.get(request.refusal, request.refusal)
        )
    if request.answered_at is not None:
        yield Line(
            (
                "Answered: ",
                _when(view, request.answered_at),
                ". That is when the mail server took it, or they were told.",
            )
        )
    if view.links and request.state == "answered":
        yield from _opened(view)
    if request.missed_at is not None:
        due = promised(request)
        told = (
            "It was due ",
            When(request.missed_at, due.zone, view.now),
            " and not answered by then. That stays on record.",
        )
        yield Line(told, Sign.ALARM)


def receipts(view: View) -> tuple[Part, ...]:
    """Where somebody asked more than once: all of it, since the earliest counts."""
    return tuple(_receipts(view))


def _receipts(view: View) -> Iterator[Part]:
    if view.known is None:
        at: tuple[str | When, ...] = ("is gone.",)
        if view.gone_at is not None:
            at = ("was erased on ", _when(view, view.gone_at), ", as the policy says.")
        yield Line((ERASED, *at))
        return
    for one in view.known.receipts:
        who = view.people[one.by].name
        if len(view.known.receipts) > 1:
            yield Line(
                ("Asked ", _received(view, one), f", as {who} wrote down ", When(one.told_at, now=view.now), ".")
            )


def said(view: View, reader: int, *, whole: bool) -> tuple[Part, ...]:
    """What they know about the call, and what was said since, for whoever may read it."""
    if view.known is None or not knows(view, reader):
        return ()
    remarks = view.known.remarks if whole else view.known.remarks[-SHOWN:]
    told = (Said("What they know about the call", view.known.said),) if view.known.said else ()
    return (
        *told,
        *(Said(LABELS.get(one.kind, "{who}").format(who=_who(view, one.by, reader)), one.words) for one in remarks),
    )


def had(view: View) -> tuple[Part, ...]:
    """What became of the link: to which numbers its passcode was read, and what was heard or fetched."""
    return (*_rung(view), *_heard(view))


def _opened(view: View) -> Iterator[Part]:
    """Whether the customer opened the newest link, and until when it works."""
    link = view.links[0]
    if link.opened_at is not None:
        fetched = (", and fetched or heard everything ", _when(view, link.fetched_at)) if link.fetched_at else ()
        yield Line(("The customer opened the link ", _when(view, link.opened_at), *fetched, "."))
    elif link is view.link:
        yield Line(("The customer has not opened the link yet. It works until ", _when(view, link.ends_at), "."))
    elif link.state != "withdrawn":
        yield Line("The link is over, and the customer never opened it.")


def _rung(view: View) -> Iterator[Part]:
    for one in view.known.rung if view.known else ():
        other = "" if one.on_call else f", which {_name(view, one.allowed_by)} allowed"
        yield Line(
            (f"Passcode read to {masked(one.number)}{other}, by {_name(view, one.by)}, ", _when(view, one.at), ".")
        )


def _heard(view: View) -> Iterator[Part]:
    for call in view.recordings:
        mine = [one for one in view.listenings if one.recording_id == call.id]
        for kind, what in (("played", "Heard"), ("downloaded", "Downloaded")):
            if times := [one.at for one in mine if one.kind == kind]:
                began = When(call.started, line_words(call.line, view.policy)[1], view.now)
                yield Line(
                    (f"{what} {counted(len(times), 'time')}, last ", _when(view, max(times)), ": call of ", began)
                )


def _received(view: View, one: Receipt) -> str | When:
    return receipt_shown(one, line_words(view.request.line, view.policy)[1], view.now)


def _when(view: View, at: datetime) -> When:
    return When(at, line_words(view.request.line, view.policy)[1], view.now)


def _who(view: View, person: int, reader: int) -> str:
    return "You" if person == reader else view.people[person].name


def _name(view: View, person: int | None) -> str:
    return view.people[person].name if person is not None and person in view.people else "somebody"
