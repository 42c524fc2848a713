"""Each drawn call goes to a reviewer; what is lost is passed over, and the next of the drawn order takes its place (P10)."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from handlers.acting import Act, Done
from handlers.effects import Effect, Tell
from handlers.ids import new_id
from handlers.matters import asking
from handlers.matters.asking import changed
from handlers.random_review import intents
from handlers.random_review.freezing import cause
from handlers.random_review.reminding import GIVE, schedule_reminder
from handlers.random_review.view import LIVE, View, load, seen
from handlers.random_review.words import month_words
from handlers.rules import random_review as rule
from handlers.rules.access import company_day
from handlers.rules.calls import were_on
from handlers.rules.drawing import first_of, order_of
from handlers.telling_head import tell_head
from handlers.words import moment_words
from storage.draws import Candidate
from storage.records import Party, Person, Recording
from storage.tables.draws import CallReview, Draw, DrawList

NOBODY = "The calls of {month} are drawn, and nobody who reviews calls can be reached ({draw}). They wait until somebody can. Please see who reviews."
COME = "Calls drawn from {month} come to you to review now, until {until}. Press Details to hear them."


class Given(NamedTuple):
    """Calls that a step gave to reviewers or passed over, as which version by review, and whoever holds the draw's card since."""

    reviews: list[CallReview]
    versions: dict[str, int]
    joined: list[Party]


def fill(act: Act, intent: intents.Fill) -> Done[None]:
    """The clock: a call that was lost before it was reviewed is passed over, and the next of the order takes its place."""
    view = load(act, intent.matter)
    if view.draw.state != "drawn" or view.draw.review_until is None or view.draw.review_until <= act.now:
        return Done(None, quiet=True)
    busy = view.reviewing
    lost = {one.id: why for one in view.reviews if (why := _lost(act, view, one))}
    given = filled(act, seen(act, view.draw))
    if not lost and not given.reviews:
        return Done(None, quiet=True)
    return Done(None, handed(act, view.draw, busy), detail={"lost": lost, **on_record(given)})


def handed(act: Act, draw: Draw, busy: Collection[int]) -> tuple[Effect, ...]:
    """P10: everybody's card, and a word to whoever was not `busy` with calls of this draw before: an edited card counts as read.

    They are reminded from now on as well, on mornings of their own.
    """
    schedule_reminder(act, draw)
    view = seen(act, draw)
    return (*changed(view), *(_come(view, one) for one in view.reviewing if one not in busy))


def _come(view: View, person: int) -> Tell:
    draw = view.draw
    until = moment_words(draw.review_until, view.people[person].zone, view.now) if draw.review_until else ""
    words = COME.format(month=month_words(draw.month), until=until)
    first = next(one.id for one in view.of(person) if one.state == "waiting")
    return Tell(person, words, f"random_review:{draw.id}:come:{first}", "details", draw.id)


def lose(act: Act, review: CallReview, why: str, state: str = "lost") -> None:
    """A call is passed over, or goes to another reviewer: nobody hears it by this review any more."""
    review.state, review.closed_at, review.cause = state, act.now, why
    grant = act.store.grants.of(review.id)
    if grant is not None and grant.ended_at is None and act.now < grant.ends_at:
        grant.ended_at, grant.ended_why = act.now, "lost"
    act.store.deadlines.drop(GIVE, review.id, act.now)


def why_lost(act: Act, call: Recording, version: int | None = None) -> str:
    """Why a call can't be reviewed as things are, by its cause; empty where it can."""
    if version is not None and call.version != version:
        return "changed"
    if call.state == "out_of_scope":
        return "outside"
    declined = act.store.draws.declined([call.id])
    return cause(act, Candidate(call.id, call.department, call.line, call.started, call.state, call.erase_at), declined)


def _lost(act: Act, view: View, review: CallReview) -> str:
    """Why it is passed over from now on; empty for one that is not."""
    if review.state != "waiting":
        return ""
    [named] = act.store.recordings.named_by(review.id)
    why = why_lost(act, view.calls[review.recording_id], named.version)
    if why:
        lose(act, review, why)
    return why


def filled(act: Act, view: View) -> Given:
    """Until as many calls are drawn as are wanted, or none is left: each goes to a reviewer or is passed over.

    P10: a reviewer holds the draw's card from then on, also one who was away when it was announced, or is named since.
    """
    reviews = [one for listed in view.lists if listed.seed for one in _of_list(act, view, listed)]
    return Given(reviews, _versions(act, reviews), _joined(act, view, reviews))


def _versions(act: Act, reviews: list[CallReview]) -> dict[str, int]:
    given = {one.id: one.recording_id for one in reviews if one.reviewer is not None}
    now = {one.id: one.version for one in act.store.recordings.all_of(given.values())}
    return {review: now[call] for review, call in given.items()}


def _joined(act: Act, view: View, reviews: list[CallReview]) -> list[Party]:
    known, new = {one.person_id: one for one in view.parties}, list[Party]()
    for person in dict.fromkeys(one.reviewer for one in reviews if one.reviewer is not None):
        if person in known:
            known[person].unreachable = ""  # whom the card did not reach then is here again
            continue
        new.append(Party(matter_id=view.draw.id, person_id=person, part="copy", role="", since=act.now))
        act.store.matters.ask(new[-1])
    return new


def _of_list(act: Act, view: View, listed: DrawList) -> list[CallReview]:
    mine = [one for one in view.reviews if one.department == listed.department]
    skipped = {str(one.recording_id) for one in mine if one.state == "lost"}
    drawn = {str(one.recording_id) for one in mine if one.state in LIVE}
    order, new, reviewers = order_of(map(str, listed.calls), listed.seed), list[CallReview](), reviewers_of(act, view)
    while missing := [one for one in first_of(order, listed.wanted, skipped) if one not in drawn]:
        if not reviewers:  # nobody is there: it waits, and is passed over for no such reason
            break
        [call] = act.store.recordings.all_of([int(missing[0])])
        review = _reviewed(act, view, listed, call, order.index(missing[0]), reviewers)
        (skipped if review.state == "lost" else drawn).add(missing[0])
        new.append(review)
    return new


def _reviewed(
    act: Act, view: View, listed: DrawList, call: Recording, place: int, reviewers: list[Person]
) -> CallReview:
    """The call goes to the reviewer whose turn it is and who was not on it; else it is lost at once."""
    before = {
        one.reviewer for one in view.reviews if one.recording_id == call.id and one.state == "passed" and not one.cause
    }
    why = why_lost(act, call)
    may = [one for one in reviewers if one.id not in before] or reviewers
    reviewer = None if why else _whose(act, may, call, place)
    review = CallReview(
        id=new_id("RV"), draw_id=view.draw.id, department=listed.department, recording_id=call.id, place=place,
        reviewer=reviewer, asked_at=act.now, line=call.line,
    )  # fmt: skip
    if reviewer is None:
        review.state, review.cause, review.closed_at = "lost", why or "own", act.now
    act.store.draws.review(review)
    if reviewer is not None:
        act.store.deadlines.set(GIVE, review.id, act.now)
    return review


def _whose(act: Act, reviewers: list[Person], call: Recording, place: int) -> int | None:
    """The reviewers who are there in turn; where each of these was on the call, whoever is away."""
    day, people = company_day(act.policy, act.now), act.store.people
    on_it = people.aliases(were_on(call.operator_key, call.operators_before))
    there = [one for one in reviewers if not act.today.is_away(one.email_key, day)]
    away = [one for one in reviewers if one not in there]
    found = (rule.whose(place, on_it, [(one.id, frozenset({one.email_key})) for one in some]) for some in (there, away))
    return next((one for one in found if one is not None), None)


def reviewers_of(act: Act, view: View) -> list[Person]:
    """Whoever may review its calls now (P10): those of the draw in its order, then whoever reviews since."""
    people, holders = act.store.people, act.policy.roles.reviewers.holders
    ids = dict.fromkeys([*view.draw.reviewers, *people.ids_for(holders).values()])
    named = people.named(ids)
    return [named[one] for one in ids if named[one].email_key in holders and people.may_act(named[one].email_key)]


def unassigned(act: Act, view: View) -> tuple[Effect, ...]:
    """A word to the Head, once a day, where calls are drawn and nobody is there to review them."""
    if reviewers_of(act, view) or not any(one.wanted for one in view.lists):
        return ()
    words = NOBODY.format(month=month_words(view.draw.month), draw=view.draw.id)
    once = f"random_review:{view.draw.id}:unassigned:{company_day(act.policy, act.now)}"
    return tell_head(act, words, once, "details", view.draw.id)


def on_record(given: Given) -> dict[str, object]:
    """What the audit log says of calls that were given to reviewers or passed over: by the review's id, the call and the cause,
    and as which version it is named; and of whoever holds the draw's card since.
    """
    found: dict[str, object] = {
        "reviews": {one.id: [one.recording_id, one.reviewer, one.cause] for one in given.reviews},
        "versions": given.versions,
    }
    return found | {**asking.on_record(given.joined)} if given.joined else found
