"""What people see of the policy's review, in every state; all its words for people stand here (P14)."""

from __future__ import annotations

from datetime import date

from handlers.cards import Actions, Button, Card, Facts, Line, Part, Said, Sign, Small, Title, When, Words
from handlers.matters.asking import told
from handlers.matters.case import came_as
from handlers.policy_review.forms import OUTCOMES
from handlers.policy_review.state import View
from handlers.words import capital, counted, day_words, listed, moment_words
from storage.records import Person

SIGNS = {
    "waiting": Sign.WAITING, "stuck": Sign.ALARM, "completed": Sign.APPROVED, "settled": Sign.APPROVED, "covered": Sign.ENDED,
}  # fmt: skip
STAYS = "If no one answers, it stays open. The person it is waiting for is reminded "
DAILY = "each working day."


def card(view: View, reader: int) -> Card:
    """The card of a review for one reader: whoever declared the change, or whoever is or was asked."""
    return Card(
        (
            Title(SIGNS[view.review.state], _what(view), _state(view, reader)),
            *_outcome(view, reader),
            Facts(_facts(view, reader)),
            *_change(view),
            *_why(view),
            *_turn(view, reader),
            *_buttons(view, reader),
            Small(_small(view, reader)),
        ),
        _summary(view, reader),
    )


def already(view: View, me: Person) -> str:
    """Why a press came too late, for whoever made it."""
    review, thing = view.review, "change" if view.doubted else "review"
    if review.closed_at is None:
        return "A second person called this change significant, so its review is open."
    when = moment_words(review.closed_at, me.zone, view.now)
    how = {"completed": "completed", "settled": "confirmed as not significant", "covered": "closed"}[review.state]
    by = review.completed_by if review.state == "completed" else review.seconded_by
    who = "" if review.state == "covered" else f" by {'you' if by == me.id else _name(view, by)}"
    return f"This {thing} was already {how}{who} on {when}."


def due_words(view: View) -> str:
    """The day from which it is late, such as “Sat 1 Jul 2028”."""
    return day_words(view.due, None)


def _what(view: View) -> str:
    return "Change of the recording system" if view.doubted else "Policy review"


def _state(view: View, reader: int) -> str:
    match view.review.state:
        case "waiting":
            return "waiting for you" if view.asks(reader) else f"waiting for {_asked(view)}"
        case "stuck":
            return "no one can see to it"
        case "completed":
            return f"completed by {_by(view, view.review.completed_by, reader)}"
        case "settled":
            return "not significant"
        case _:
            return "no longer needed"


def _outcome(view: View, reader: int) -> tuple[Part, ...]:
    review = view.review
    if review.closed_at is None:
        return ()
    when = When(review.closed_at, now=view.now)
    if review.state == "completed":
        return (
            Line((f"Completed by {_by(view, review.completed_by, reader)}, ", when)),
            Said("Outcome", f"{OUTCOMES[review.outcome]}. {review.outcome_words}"),
            Said("Who took part", review.took_part),
        )
    if review.state == "settled":
        who = capital(_by(view, review.seconded_by, reader))
        return (Line((f"{who} confirmed that this change is not significant, ", when)),)
    why = (
        "The policy file names a later review"
        if review.covered_by == "file"
        else f"{review.covered_by} was completed, and counts for this one as well"
    )
    return (Line((f"{why}, ", when)),)


def _facts(view: View, reader: int) -> tuple[tuple[str, Words], ...]:
    review = view.review
    rows: list[tuple[str, Words]] = []
    if review.declared_by is not None:
        rows += [
            ("Declared by", capital(_by(view, review.declared_by, reader))),
            ("Changes on", _day(review.changed_on)),
            ("Declared", When(review.asked_at, now=view.now)),
        ]
    if review.why == "due" and review.closed_at is None:
        rows.append(("Last review", day_words(view.last, None)))
    if review.why == "due":
        rows.append(("Due", due_words(view)))
    if review.state == "completed":
        rows += [("Held", _day(review.held_on)), ("Next review", _day(review.next_on))]
    return tuple(rows)


def _change(view: View) -> tuple[Part, ...]:
    return (Said("What changes", view.review.change),) if view.review.change else ()


def _why(view: View) -> tuple[Part, ...]:
    """Why it came."""
    review = view.review
    if review.closed_at is not None:
        return ()
    if view.doubted:
        who = _name(view, review.declared_by)
        return (Line(f"{who} calls this change not significant. It takes a second person to say so."),)
    if review.why == "due":
        years = view.policy.policy_review.years
        every = "year" if years == 1 else f"{years} years"
        return (Line(f"The policy is reviewed every {every}, and this review is due on {due_words(view)}."),)
    if review.seconded_by is not None:
        return (
            Line(f"{_name(view, review.seconded_by)} called this change significant, so the policy is reviewed now."),
        )
    return (Line("This change was declared significant, so the policy is reviewed now."),)


def _turn(view: View, reader: int) -> tuple[Part, ...]:
    """Why it came to this reader, and what happens if nobody answers."""
    if view.review.state == "stuck":
        hearer = told(view) if view.alarm is not None else ""
        return (Line(f"No one whom the policy names can be asked now. {hearer}".strip(), Sign.ALARM),)
    if view.review.closed_at is not None:
        return ()
    return (Line(f"{came_as(view, reader) if view.asks(reader) else ''}{STAYS}{_before(view)}{DAILY}"),)


def _before(view: View) -> str:
    """On which days one is reminded before it is due; nothing where it is due at once, or on that day alone."""
    if view.review.why != "due":
        return ""
    *days, last = sorted(view.policy.policy_review.remind_days_before, reverse=True) or [0]
    if not last:
        return "from when it is due on "
    told = " and ".join(part for part in (", ".join(map(str, days)), counted(last, "day")) if part)
    return f"{told} before it is due, or on the next working day, and from then on "


def _buttons(view: View, reader: int) -> tuple[Part, ...]:
    review = view.review
    if review.state != "waiting" or not view.asks(reader):
        return ()
    if view.doubted:
        return (
            Actions(
                (
                    Button("review_confirm", "Confirm", review.id, "primary"),
                    Button("review_disagree", "It is significant", review.id),
                )
            ),
        )
    return (Actions((Button("review_complete", "Complete the review", review.id, "primary"),)),)


def _small(view: View, reader: int) -> str:
    others = [view.people[one].name for one in view.everybody() if one != reader]
    seen = f" · also seen by {', '.join(others)}" if others else ""
    return f"{view.review.id} · P14{seen}"


def _summary(view: View, reader: int) -> str:
    if view.review.state != "waiting" or not view.asks(reader):
        return f"{_what(view)} {view.review.id}: {_state(view, reader)}."
    if view.doubted:
        return f"{_name(view, view.review.declared_by)} asks you to confirm that a change is not significant."
    return "The call recording policy is to be reviewed, and it needs you."


def _asked(view: View) -> str:
    return listed([view.people[party.person_id].name for party in view.approvers], "or") or "no one"


def _by(view: View, person_id: int | None, reader: int) -> str:
    return "you" if person_id == reader else _name(view, person_id)


def _name(view: View, person_id: int | None) -> str:
    return view.people[person_id].name if person_id in view.people else "no one"


def _day(iso: str) -> str:
    return day_words(date.fromisoformat(iso), None)
