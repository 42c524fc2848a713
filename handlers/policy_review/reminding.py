"""When the clock looks at the policy's review again, and who is reminded (P14)."""

from __future__ import annotations

from datetime import datetime

from handlers.acting import Act, Done
from handlers.cards import Button, Row
from handlers.handling import handler
from handlers.matters.case import entitled
from handlers.matters.reminding import tell
from handlers.policy_review.cards import due_words
from handlers.policy_review.view import View, due, load
from handlers.rules.access import company_day
from handlers.rules.policy_review import begins_at, next_reminder
from handlers.telling import ON_A_LINE

OPEN, REMIND = "policy_review.open", "policy_review.remind"
POLICY = "policy"


def schedule(act: Act) -> None:
    """Ask the clock for what comes next, by the policy in force and by what is stored; anew, where it had another moment.

    A reminder that has come, and was not done yet, stays.
    """
    reviews, reviewing = act.store.reviews.open(), False
    for one in reviews:
        reviewing = reviewing or one.stage == "review"
        view = View(one, [], {}, act.policy, act.now, company_day(act.policy, act.now))
        _set(act, REMIND, one.id, next_reminder(act.policy, view.due, act.now), sooner=True)
    if reviewing:
        act.store.deadlines.drop(OPEN, POLICY, act.now)
    else:
        _set(act, OPEN, POLICY, begins_at(act.policy, due(act.store, act.policy)))


@handler("policy_review.remind", clause="P14", about="matter")
def remind(act: Act, matter: str) -> Done[None]:
    """Whoever it waits for, and the clock is set for the next one; once a day, however often it is asked for."""
    view = load(act, matter)
    if not view.review.is_open:
        return Done(None, quiet=True)
    people = [one.person_id for one in view.approvers]
    fell = min(act.now, act.store.deadlines.moment(REMIND, matter) or act.now)
    schedule(act)
    tell(act, view.review, REMIND, people, fell)
    return Done(None, detail={"reminded": people})


def row(view: View, person: int) -> Row | None:
    """How one person is reminded; None for whoever is to see to it no more."""
    if not view.review.is_open or not view.asks(person) or not entitled(view, person):
        return None
    button, label = ("details", "Details") if view.doubted else ("review_complete", "Complete the review")
    return Row(_words(view), Button(f"{ON_A_LINE}{button}", label, view.review.id, "primary"), view.review.id)


def _words(view: View) -> str:
    if view.doubted:
        return (
            f"A change of the recording system ({view.review.id}) waits for a second person to say whether it is significant. "
            "Press Details to read it and to answer."
        )
    today = company_day(view.policy, view.now)
    if view.review.why == "change":
        why = "A significant change of the recording system was declared, and the policy has not been reviewed since."
    elif view.due > today:
        why = f"The review of the call recording policy is due on {due_words(view)}."
    elif view.due == today:
        why = "The review of the call recording policy is due today."
    else:
        why = f"The review of the call recording policy was due on {due_words(view)}, and nobody has completed it yet."
    return f"{why} Press Complete the review once it was held."


def _set(act: Act, kind: str, subject: str, at: datetime, *, sooner: bool = False) -> None:
    coming = act.store.deadlines.coming(kind, subject)
    if coming is None or (coming > at if sooner else coming != at):
        act.store.deadlines.set(kind, subject, at)
