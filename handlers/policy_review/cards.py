"""What people see of the policy's review, in every state; all its words for people are here (P14)."""

from datetime import date

from handlers.cards import Actions, Button, Card, Facts, Line, Part, Said, Sign, Small, Title, When, Words, said
from handlers.matters.case import who_was_told
from handlers.phrases import capitalise, day_words, moment_words, one_line, quantity_words
from handlers.policy_review.state import OUTCOMES, ReviewCase
from storage.records import Person

SIGNS = {
    "waiting": Sign.WAITING, "stuck": Sign.ALARM, "completed": Sign.APPROVED, "settled": Sign.APPROVED, "covered": Sign.ENDED,
}  # fmt: skip


def policy_review_card(case: ReviewCase, reader: int, *, whole: bool = False) -> Card:
    """Return the card of a review for one reader; `whole` as Details shows it."""
    return Card(
        (
            Title(SIGNS[case.matter.state], _review_title(case, reader), _review_state(case, reader)),
            *_outcome_parts(case, reader, whole=whole),
            *((Facts(_review_facts(case, reader)),) if whole else ()),
            *(
                (Said("", one_line(case.matter.change)),)
                if case.matter.change and not whole and not case.matter.closed_at
                else ()
            ),
            *(_change_parts(case) if whole else ()),
            *_why_parts(case),
            *_turn_parts(case, reader, whole=whole),
            *_policy_review_buttons(case, reader),
            Small(case.small),
        ),
        _review_summary(case, reader),
    )


def review_already_words(case: ReviewCase, me: Person) -> str:
    """Tell a person why their press came too late."""
    review, thing = case.matter, "change" if case.doubted else "review"
    if review.closed_at is None:
        return "A second person called this change significant, so its review is open."
    when = moment_words(review.closed_at, me.zone, case.now)
    how = {"completed": "completed", "settled": "confirmed as not significant", "covered": "closed"}[review.state]
    by = review.completed_by if review.state == "completed" else review.seconded_by
    who = "" if review.state == "covered" else f" by {case.name_of(by, me.id)}"
    return f"This {thing} was already {how}{who} on {when}."


def due_words(case: ReviewCase) -> str:
    """Return the day on which the review is due, such as “Sat 1 Jul 2028”."""
    return day_words(case.due, None)


def _review_title(case: ReviewCase, reader: int) -> str:
    """Return the card's title: a change to judge, or the policy to review."""
    if case.doubted:
        return f"{capitalise(case.name_of(case.matter.declared_by, reader))} declared a change to the recording system"
    if case.matter.state == "waiting" and case.asks(reader):
        return "Please review the call recording policy"
    return "Review of the call recording policy"


def _review_state(case: ReviewCase, reader: int) -> str:
    """Return the review's state in a few words, as this reader should read it; empty if the title asks them."""
    match case.matter.state:
        case "waiting":
            return "" if case.asks(reader) else f"waiting for {case.asked_names}"
        case "stuck":
            return "no one can review it"
        case "completed":
            return f"completed by {case.name_of(case.matter.completed_by, reader)}"
        case "settled":
            return "not significant"
        case _:
            return "no longer needed"


def _outcome_parts(case: ReviewCase, reader: int, *, whole: bool) -> tuple[Part, ...]:
    """Say how the review ended, and who ended it; nothing while it is open."""
    review = case.matter
    if review.closed_at is None:
        return ()
    when = When(review.closed_at, now=case.now)
    if review.state == "completed":
        return (
            Line(("Completed ", when, ".")),
            *said(
                ("", f"{OUTCOMES[review.outcome]}. {one_line(review.outcome_words)}".strip()),
                ("Who took part", review.took_part if whole else ""),
            ),
        )
    if review.state == "settled":
        who = capitalise(case.name_of(review.seconded_by, reader))
        return (Line((f"{who} confirmed that this change is not significant, ", when, ".")),)
    why = (
        "The policy file names a later review"
        if review.covered_by == "file"
        else f"{review.covered_by} was completed, and counts for this one as well"
    )
    return (Line((f"{why}, ", when, ".")),)


def _review_facts(case: ReviewCase, reader: int) -> tuple[tuple[str, Words], ...]:
    """Return the facts for Details: who declared the change, and the days of the reviews."""
    review = case.matter
    rows: list[tuple[str, Words]] = []
    if review.declared_by is not None:
        rows += [
            ("Declared by", capitalise(case.name_of(review.declared_by, reader))),
            ("Changes on", _day_of_iso(review.changed_on)),
            ("Declared", When(review.asked_at, now=case.now)),
        ]
    if review.why == "due" and review.closed_at is None:
        rows.append(("Last review", day_words(case.last, None)))
    if review.why == "due":
        rows.append(("Due", due_words(case)))
    if review.state == "completed":
        rows += [("Held", _day_of_iso(review.held_on)), ("Next review", _day_of_iso(review.next_on))]
    return tuple(rows)


def _change_parts(case: ReviewCase) -> tuple[Part, ...]:
    """Return what changes in the recording system, if the review came from a change."""
    return (Said("What changes", case.matter.change),) if case.matter.change else ()


def _why_parts(case: ReviewCase) -> tuple[Part, ...]:
    """Say why the review came."""
    review = case.matter
    if review.closed_at is not None:
        return ()
    if case.doubted:
        return (Line("It was declared not significant. A second person has to agree."),)
    if review.why == "due":
        years = case.policy.policy_review.years
        every = "year" if years == 1 else f"{years} years"
        return (Line(f"The policy is reviewed every {every}, and this review is due on {due_words(case)}."),)
    if review.seconded_by is not None:
        return (
            Line(f"{case.name_of(review.seconded_by)} called this change significant, so the policy is reviewed now."),
        )
    return (Line("This change was declared significant, so the policy is reviewed now."),)


def _turn_parts(case: ReviewCase, reader: int, *, whole: bool) -> tuple[Part, ...]:
    """Say why the review came to this reader, and what happens without an answer."""
    if case.matter.state == "stuck":
        return (Line(f"I can’t reach anyone the policy names. {who_was_told(case)}".strip(), Sign.ALARM),)
    if case.matter.closed_at is not None or not whole:
        return ()
    came = case.asked_as_words(reader) if case.asks(reader) else ""
    return (Line(f"{came}Reminders come {_reminder_days_words(case)} until it is answered."),)


def _reminder_days_words(case: ReviewCase) -> str:
    """Say on which days reminders come; those that would come on a day off come on the next working day."""
    if case.matter.why != "due":
        return "each working day"
    *days, last = sorted(case.policy.policy_review.remind_days_before, reverse=True) or [0]
    if not last:
        return "each working day from the day it is due"
    told = " and ".join(part for part in (", ".join(map(str, days)), quantity_words(last, "day")) if part)
    return f"{told} before it is due, then each working day"


def _policy_review_buttons(case: ReviewCase, reader: int) -> tuple[Part, ...]:
    """Return the buttons of people asked; Details for everyone."""
    review = case.matter
    found = [Button("details", "Details", review.id)]
    if review.state == "waiting" and case.asks(reader) and case.doubted:
        disagree = Button("review_disagree", "It is significant", review.id)
        found = [Button("review_confirm", "Confirm", review.id, "primary"), disagree, *found]
    elif review.state == "waiting" and case.asks(reader):
        found = [Button("review_complete", "Complete the review", review.id, "primary"), *found]
    return (Actions(tuple(found)),)


def _review_summary(case: ReviewCase, reader: int) -> str:
    """Return the card's one sentence for notifications and screen readers."""
    if case.matter.state != "waiting" or not case.asks(reader):
        return f"{_review_title(case, reader)}: {_review_state(case, reader)}."
    if case.doubted:
        return f"{case.name_of(case.matter.declared_by)} is asking you to confirm that a change is not significant."
    return "Please review the call recording policy."


def _day_of_iso(iso: str) -> str:
    """Return a stored day (ISO) in words."""
    return day_words(date.fromisoformat(iso), None)
