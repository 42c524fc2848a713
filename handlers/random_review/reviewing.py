"""What a reviewer makes of a drawn call, and the end of the days for that (P3, P10)."""

from __future__ import annotations

from typing import Any

from handlers.acting import Act, Done
from handlers.effects import Tell
from handlers.matters.asking import changed
from handlers.matters.case import allowed
from handlers.random_review import intents
from handlers.random_review.filling import filled, handed, lose, on_record, reviewers_of, unassigned
from handlers.random_review.forms import OutgoingForm
from handlers.random_review.reminding import REMIND
from handlers.random_review.review_view import GONE, WORDS, Reviewed, ReviewView, load_review
from handlers.random_review.view import load, seen
from handlers.random_review.words import month_words
from handlers.rules.refusal import Refused
from handlers.sealing import Seal
from handlers.telling_head import tell_head
from handlers.words import counted
from storage.commitments import commitment
from storage.records import Person
from storage.tables.draws import CallReview

UNTOLD = (
    "You said that the caller was not told of the recording ({review}). I report that as a finding of mine, with the call and without "
    "your name. If there is more to it, press Report in confidence."
)
UNREVIEWED = "Of the calls drawn from {month} {calls} not reviewed in time ({draw}). Press Details to see whose."


def introduction(act: Act, about: str) -> str:
    """What stands above the form; raises `Refused` as `review`."""
    _mine(act, about)
    return "What you heard is for training and quality. It may not be used against anybody without an approval of its own (P9)."


def review(act: Act, intent: intents.Review) -> Done[None]:
    """Its words are sealed, and go twelve months later; that a caller was not told is a finding of the bot's own.

    What was sent by mistake can be sent anew for as long as the call can be heard.
    """
    view = _mine(act, intent.matter)
    form, row = intent.form, view.review
    if view.grant is None or not act.store.grants.had(view.grant.id, view.call.id):
        raise Refused(
            "Please listen to the call before you review it. Press Listen in its Details.", clause="P10", code="unheard"
        )
    if view.outgoing and not isinstance(form, OutgoingForm):
        raise Refused("Please open this form again: the call is an outgoing one.", clause="P10", code="old_form")
    row.told = form.told if view.outgoing and isinstance(form, OutgoingForm) else ""
    seal, told = Seal(act), Reviewed(good=form.good, training=form.training).model_dump_json()
    if row.sealed is None:
        seal.begin(row.id)
    row.sealed = seal.sealed(row.id, told.encode(), WORDS)
    row.state, row.closed_at = "reviewed", act.now
    draw = seen(act, view.draw)
    detail: dict[str, Any] = {"told": row.told, "words": commitment(row.salt, WORDS, row.sealed.hex())}
    return Done(None, (*changed(draw), *_untold(act, row)), row.id, detail)


def _untold(act: Act, row: CallReview) -> tuple[Tell, ...]:
    """P3: it is found by itself; whoever heard it may say more in confidence."""
    if row.told != "no":
        return ()
    return (
        Tell(act.me.id, UNTOLD.format(review=row.id), f"random_review:{row.id}:untold", "breach_report", opens="new"),
    )


def end(act: Act, intent: intents.End) -> Done[None]:
    """The clock: access is over, and the Head hears how many calls nobody reviewed."""
    view = load(act, intent.matter)
    left = [one for one in view.reviews if one.state == "waiting"]
    for one in left:
        one.state, one.closed_at = "over", act.now
    grants = [one for one in act.store.draws.grants(view.reviews).values() if one.ended_at is None]
    for grant in grants:
        grant.ended_at = grant.ends_at
    act.store.deadlines.drop(REMIND, view.draw.id, act.now)
    detail = {"over": [one.id for one in left], "grants": [one.id for one in grants]}
    number = len(left) + view.unassigned
    if not number:
        return Done(None, changed(view), detail=detail)
    calls = f"{counted(number, 'call')} {'was' if number == 1 else 'were'}"
    words = UNREVIEWED.format(month=month_words(view.draw.month), calls=calls, draw=view.draw.id)
    told = tell_head(act, words, f"random_review:{view.draw.id}:over", "details", view.draw.id)
    return Done(None, (*changed(view), *told), detail=detail)


def recheck_review(act: Act, intent: intents.RecheckReview) -> Done[None]:
    """Whoever left, or reviews no more, hands the call to another reviewer, also to one who was named since.

    Where there is none, it stays with whoever is only out of reach; from whoever reviews no more it is taken, and waits (P10).
    """
    view = load_review(act, intent.matter)
    row = view.review
    if row.state != "waiting" or row.reviewer is None or _still_reviews(act, view.people[row.reviewer]):
        return Done(None, quiet=True)
    named = view.people[row.reviewer].email_key in act.policy.roles.reviewers.holders
    if named and not reviewers_of(act, seen(act, view.draw)):
        return Done(None, quiet=True)
    return _passed(act, view, "")


def restored(act: Act, intent: intents.EndRestoredReview) -> Done[None]:
    """P12: access from before a restore is over; the same reviewer gets the call anew."""
    return _passed(act, load_review(act, intent.matter), "restored")


def _passed(act: Act, view: ReviewView, why: str) -> Done[None]:
    busy = seen(act, view.draw).reviewing
    lose(act, view.review, why, "passed")
    given = filled(act, seen(act, view.draw))
    effects = (*handed(act, view.draw, busy), *unassigned(act, seen(act, view.draw)))
    return Done(None, effects, detail={"passed": view.review.id, "cause": why, **on_record(given)})


def _still_reviews(act: Act, person: Person) -> bool:
    return person.email_key in act.policy.roles.reviewers.holders and act.store.people.may_act(person.email_key)


def _mine(act: Act, about: str) -> ReviewView:
    view = load_review(act, about.partition(":")[0])
    allowed(view, act.who.person_id, lambda one: one.authority(act.me), GONE)
    if view.review.state not in ("waiting", "reviewed") or not view.open:
        raise Refused(
            "This call can’t be reviewed any more. Your card of the draw says why.", clause="P10", code="over"
        )
    return view
