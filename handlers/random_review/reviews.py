"""Giving each drawn call to a reviewer, who hears it and says what it was like, and replacing lost calls by the next in order (P3, P10)."""

from collections.abc import Collection
from datetime import datetime
from zoneinfo import ZoneInfo

from handlers import phrases, telling
from handlers.acting import Context, Effect, Result, Tell, announcement_down, handler
from handlers.cards import Row
from handlers.matters import asking, reminding
from handlers.random_review.cards import month_words
from handlers.random_review.state import LIVE, WORDS, CallReviewCase, DrawCase, OutgoingForm, ReviewForm, ReviewWords
from handlers.rules import Refused
from handlers.rules import random_review as rule
from handlers.sealing import Seal, new_id
from storage.matters import Reminder
from storage.records import Grant, Person, Recording
from storage.tables.reviews import CallReview, Draw

GIVE, END, REMIND = (f"random_review.{one}" for one in ("give", "end", "remind"))
NO_REVIEWER = "Calls from {month} were drawn, but I couldn’t reach any reviewer ({draw}). Please find one."
LEFT = "Reminder: review {calls} from {month} by {until}."
COME = "You have new calls from {month} to review by {until}."
UNTOLD = "You said that the caller wasn’t told about the recording ({review}). If someone should look into it, press Report in confidence."
UNREVIEWED = "{calls} drawn from {month} {were} not reviewed in time."


def cause_left_out(
    ctx: Context, call: Recording, declined: dict[int, tuple[bool, int]]
) -> tuple[rule.Cause, int | None] | None:
    """Return why this call can't be reviewed now, and who entered the decline or outage; None if it can.

    `declined` has calls whose caller declined: by id, whether that is undecided and who said it.
    """
    known = ctx.policy.lines.get(call.line)
    undecided, said_by = declined.get(call.id, (False, None))
    why = rule.cause_of(
        state=call.state, closed=call.erase_at is not None and call.erase_at <= ctx.now, declined=call.id in declined,
        undecided=undecided, announced=known is None or not announcement_down(ctx.store, ctx.policy, call.line, call.started),
    )  # fmt: skip
    if why is None:
        return None
    if why == "unannounced" and known is not None:
        outage = ctx.store.entered.down_on(call.line, call.started.astimezone(ZoneInfo(known.time_zone)).date())
        return why, outage.entered_by if outage else None
    return why, said_by if why in ("declined", "restricted") else None


@handler("random_review.fill", clause="P10", about="matter")
def replace_lost(ctx: Context, matter: str) -> Result[None]:
    """Pass over calls that were lost before their review, and draw the next in order; also give calls whose reviewer
    lost access to another. Run by the clock.
    """
    case = DrawCase.load(ctx, matter)
    if case.matter.state != "drawn" or case.matter.review_until is None or case.matter.review_until <= ctx.now:
        return Result(None, quiet=True)
    busy = case.reviewing
    lost = [one for one in case.reviews if one.state == "waiting" and _is_lost(ctx, case, one)]
    cut_off = [one for one in case.reviews if one.state == "waiting" and _is_cut_off(ctx, one)]
    for one in cut_off:
        _end_review(ctx, one, "", state="passed")
    given = assign_reviewers(ctx, DrawCase.of(ctx, case.matter))
    if not (lost or cut_off or given):
        return Result(None, quiet=True)
    detail = {"lost": [one.id for one in lost], "passed": [one.id for one in cut_off]}
    return Result(None, _hand_over_cards(ctx, case.matter, busy), detail=detail)


def _is_cut_off(ctx: Context, review: CallReview) -> bool:
    """Return True if the reviewer's access has ended, so that the call goes to another reviewer."""
    grant = ctx.store.grants.of(review.id)
    return grant is not None and grant.ended_at is not None


def _hand_over_cards(ctx: Context, draw: Draw, busy: Collection[int]) -> tuple[Effect, ...]:
    """P10: redraw the card for each holder, and message those who had it already, since an edited card isn't noticed.

    `busy` are the people who had calls to review before.
    """
    schedule_next_morning(ctx, draw)
    case = DrawCase.of(ctx, draw)
    had = {one.person_id for one in case.parties if one.since < ctx.now}
    new = (one for one in case.reviewing if one not in busy and one in had)
    return (*asking.bump_and_redraw(case), *(_tell_new_calls(case, one) for one in new))


def _tell_new_calls(case: DrawCase, person: int) -> Tell:
    """Tell a reviewer of new calls to review, and until when."""
    draw = case.matter
    until = phrases.moment_words(draw.review_until, case.people[person].zone, case.now) if draw.review_until else ""
    words = COME.format(month=month_words(draw.month), until=until)
    first = next(one.id for one in case.of_reviewer(person) if one.state == "waiting")
    return Tell(person, words, f"random_review:{draw.id}:come:{first}", "details", draw.id)


def _end_review(ctx: Context, review: CallReview, why: str, entered_by: int | None = None, state: str = "lost") -> None:
    """End the review of a call that is passed over or goes to another reviewer; its access ends."""
    asking.close_matter(ctx, review, state)
    review.cause, review.entered_by = why, entered_by
    grant = ctx.store.grants.of(review.id)
    if grant is not None and grant.ended_at is None and ctx.now < grant.ends_at:
        grant.ended_at, grant.ended_why = ctx.now, "lost"


def _why_lost(ctx: Context, call: Recording) -> tuple[str, int | None] | None:
    """Return why a call can't be reviewed at present, and who entered that; None if it can."""
    if call.state == "out_of_scope":
        return "outside", None
    declined = ctx.store.draws.declined([call.id])
    return cause_left_out(ctx, call, declined)


def _is_lost(ctx: Context, case: DrawCase, review: CallReview) -> bool:
    """Return True if the call can't be reviewed any more; its review is then ended here."""
    why = _why_lost(ctx, case.calls[review.recording_id])
    if why is not None:
        _end_review(ctx, review, *why)
    return why is not None


def assign_reviewers(ctx: Context, case: DrawCase) -> list[CallReview]:
    """Give drawn calls to reviewers until as many as wanted have one, or none is left; return the new reviews.

    P10: a reviewer has the draw's card from then on, within working hours, even one who was away before or is newly named.
    """
    reviews = [one for name in case.frozen.departments for one in _assign_list(ctx, case, name)]
    new = asking.give_copies(ctx, case.matter, [one.reviewer for one in reviews if one.reviewer is not None])
    reminding.hold_cards(ctx, case.matter, [one.person_id for one in new])
    return reviews


def _assign_list(ctx: Context, case: DrawCase, name: str) -> list[CallReview]:
    """Give the calls of one department's list to reviewers, in the drawn order; return the new reviews."""
    reviews = case.of_department(name)
    skipped = {str(one.recording_id) for one in reviews if one.state == "lost"}
    drawn = {str(one.recording_id) for one in reviews if one.state in LIVE}
    order, wanted = case.frozen.order(name, case.seed), case.frozen.wanted(name)
    new, reviewers = list[CallReview](), reviewers_of(ctx)
    while missing := [one for one in rule.first_drawn(order, wanted, skipped) if one not in drawn]:
        if not reviewers:  # it waits for a reviewer; that is no reason to pass it over
            break
        [call] = ctx.store.recordings.all_of([int(missing[0])])
        review = _assign_call(ctx, case, name, call, order.index(missing[0]), reviewers)
        (skipped if review.state == "lost" else drawn).add(missing[0])
        new.append(review)
    return new


def _assign_call(
    ctx: Context, case: DrawCase, name: str, call: Recording, place: int, reviewers: list[Person]
) -> CallReview:
    """Give the call to the next reviewer who wasn't on it; if there is none, it counts as lost."""
    passed = [one for one in case.reviews if one.recording_id == call.id and one.state == "passed" and not one.cause]
    had_it = {one.reviewer for one in passed}
    lost = _why_lost(ctx, call)
    candidates = [one for one in reviewers if one.id not in had_it] or reviewers
    reviewer = None if lost else _find_reviewer(ctx, candidates, call, place)
    review = CallReview(
        id=new_id("RV"), draw_id=case.matter.id, department=name, recording_id=call.id, place=place,
        reviewer=reviewer, asked_at=ctx.now, line=call.line,
    )  # fmt: skip
    if reviewer is None:
        review.state, review.closed_at = "lost", ctx.now
        review.cause, review.entered_by = lost or ("own", None)
    ctx.store.insert(review)
    if reviewer is not None:
        ctx.store.matters.name_call(review.id, call.id)
        ctx.store.deadlines.set(GIVE, review.id, ctx.now)
    return review


def _find_reviewer(ctx: Context, reviewers: list[Person], call: Recording, place: int) -> int | None:
    """Return the reviewer whose turn it is and who wasn't on the call; one who is away only if there is no other."""
    on_it = asking.involved_people(ctx.store, operators=filter(None, [call.operator_id])).operators
    present = asking.not_away(ctx, each := [one.id for one in reviewers])
    found = (rule.reviewer_at(place, on_it, some) for some in (present, [one for one in each if one not in present]))
    return next((one for one in found if one is not None), None)


def reviewers_of(ctx: Context) -> list[Person]:
    """Return the people who may review calls and can be reached now, in the policy's order (P10)."""
    named = ctx.store.people.named(ctx.policy.seats.reviewers)
    return [named[one] for one in asking.who_is_there(ctx, ctx.policy.seats.reviewers)]


def tell_unassigned(ctx: Context, case: DrawCase) -> tuple[Effect, ...]:
    """Tell the Head, once a day, if calls are drawn and no reviewer can be reached."""
    if reviewers_of(ctx) or not case.unassigned:
        return ()
    words = NO_REVIEWER.format(month=month_words(case.matter.month), draw=case.matter.id)
    key = f"random_review:{case.matter.id}:unassigned:{ctx.policy.company_day(ctx.now)}"
    return telling.tell_head(ctx, words, key, "details", case.matter.id)


@handler("random_review.give", clause="P10", about="matter")
def give_access(ctx: Context, matter: str) -> Result[None]:
    """Give the reviewer access to a call until the time for reviewing is over. Run by the clock."""
    review = ctx.store.matters.of_kind(CallReview, matter)
    if review is None or review.reviewer is None or review.state != "waiting":
        return Result(None, quiet=True)
    draw, call = ctx.store.matters.of_kind(Draw, review.draw_id), ctx.store.recordings.get(review.recording_id)
    has_access = ctx.store.grants.of(review.id) is not None
    if has_access or draw is None or call is None or draw.review_until is None or draw.review_until <= ctx.now:
        return Result(None, quiet=True)
    grant = Grant(
        id=new_id("G"), matter_id=review.id, person_id=review.reviewer, starts_at=ctx.now, ends_at=draw.review_until
    )
    ctx.store.insert(grant)
    detail = {"grant": grant.id, "until": grant.ends_at.isoformat(), "person": review.reviewer, "recording": call.id}
    return Result(None, detail=detail)


def review_introduction(ctx: Context, about: str) -> str:
    """Return the words above the form; raises `Refused` if this person can't review the call any more."""
    _load_own_review(ctx, about)
    return "What you heard is for training and quality. It may not be used against anyone without a separate approval (P9)."


@handler("random_review.review", clause="P10", about="matter")
def review_call(ctx: Context, matter: str, form: ReviewForm) -> Result[None]:
    """Store a review; its words are sealed, and erased after twelve months.

    It can be sent again while the call can be heard. A reviewer who says that a caller wasn't told can report it in
    confidence.
    """
    case = _load_own_review(ctx, matter)
    row = case.matter
    if not case.heard:
        raise Refused(
            "Please listen to the call before you review it. Press Listen in its Details.", clause="P10", code="unheard"
        )
    if case.outgoing and not isinstance(form, OutgoingForm):
        raise Refused("Please open this form again: this was an outgoing call.", clause="P10", code="old_form")
    row.told = form.told if case.outgoing and isinstance(form, OutgoingForm) else ""
    seal, told = Seal(ctx), ReviewWords(good=form.good, training=form.training).model_dump_json()
    if row.sealed is None:
        seal.begin(row)
    row.sealed = seal.sealed(row.id, told.encode(), WORDS)
    asking.close_matter(ctx, row, "reviewed")
    redrawn = asking.redraw_matters(ctx, [case.draw])
    return Result(None, (*redrawn, *_offer_report(ctx, row)), row.id, {"told": row.told})


def _offer_report(ctx: Context, row: CallReview) -> tuple[Tell, ...]:
    """P3: offer the reviewer to report in confidence that the caller wasn't told."""
    if row.told != "no":
        return ()
    return (
        Tell(ctx.me.id, UNTOLD.format(review=row.id), f"random_review:{row.id}:untold", "breach_report", opens="new"),
    )


@handler("random_review.end", clause="P10", about="matter")
def end_reviews(ctx: Context, matter: str) -> Result[None]:
    """End access when the time is over, and tell the Head in the morning how many calls weren't reviewed. Run by the clock."""
    case = DrawCase.load(ctx, matter)
    left = [one for one in case.reviews if one.state == "waiting"]
    for one in left:
        asking.close_matter(ctx, one, "over")
    grants = [one for one in ctx.store.grants.of_all(one.id for one in case.reviews).values() if one.ended_at is None]
    for grant in grants:
        grant.ended_at = grant.ends_at
    ctx.store.deadlines.drop(case.matter.id)
    detail = {"over": [one.id for one in left], "grants": [one.id for one in grants]}
    if left or case.unassigned:
        reminding.schedule_reminder(ctx, case.matter, END, telling.who_is_told(ctx), ctx.now)
    return Result(None, asking.bump_and_redraw(case), detail=detail)


def draw_reminder_row(case: DrawCase, reminder: Reminder) -> Row | None:
    """Return the line that reminds a reviewer, or tells the Head what wasn't reviewed; None if there is nothing to say."""
    person, draw, month = reminder.person_id, case.matter, month_words(case.matter.month)
    if reminder.step == END:
        number = sum(one.state == "over" for one in case.reviews) + case.unassigned
        calls, were = phrases.quantity_words(number, "call"), "was" if number == 1 else "were"
        return telling.reminder_line(UNREVIEWED.format(calls=calls, month=month, were=were), draw.id)
    left = sum(one.state == "waiting" for one in case.of_reviewer(person))
    if not left:
        return None
    until = phrases.moment_words(draw.review_until, case.people[person].zone, case.now) if draw.review_until else ""
    words = LEFT.format(calls=phrases.quantity_words(left, "call"), month=month, until=until)
    return telling.reminder_line(words, draw.id)


def reassign_review(ctx: Context, case: CallReviewCase) -> Result[None]:
    """P10: give a call to another reviewer if its own left or no longer reviews.

    Without another, it stays with a reviewer who is only unreachable; otherwise it waits for one.
    """
    row = case.matter
    if row.state != "waiting" or row.reviewer is None or _still_reviews(ctx, row.reviewer):
        return Result(None, quiet=True)
    named = row.reviewer in ctx.policy.seats.reviewers
    if named and not reviewers_of(ctx):
        return Result(None, quiet=True)
    busy = DrawCase.of(ctx, case.draw).reviewing
    _end_review(ctx, row, "", state="passed")
    assign_reviewers(ctx, DrawCase.of(ctx, case.draw))
    effects = (*_hand_over_cards(ctx, case.draw, busy), *tell_unassigned(ctx, DrawCase.of(ctx, case.draw)))
    return Result(None, effects, detail={"passed": [row.id]})


def _still_reviews(ctx: Context, person: int) -> bool:
    """Return True if this person reviews by the policy and may act."""
    return person in asking.who_is_there(ctx, ctx.policy.seats.reviewers)


def _load_own_review(ctx: Context, about: str) -> CallReviewCase:
    """Load the review of this reviewer; raises `Refused` if the call can't be heard or reviewed any more."""
    case, _ = CallReviewCase.load_for_decider(ctx, about.partition(":")[0])
    if case.matter.state not in ("waiting", "reviewed") or not case.hearable:
        raise Refused(
            "This call can’t be reviewed any more. Your card of the draw says why.", clause="P10", code="over"
        )
    return case


def schedule_next_morning(ctx: Context, draw: Draw) -> None:
    """Set a reminder for the next morning when a reviewer has calls left, unless an earlier one is set."""
    if draw.state == "drawn" and draw.review_until is not None:
        reviewers = {one.reviewer for one in ctx.store.draws.reviews(draw.id) if one.reviewer is not None}
        zones = map(_zone_of_person, ctx.store.people.named(reviewers).values())
        coming = rule.next_reminder(ctx.policy, draw.review_until, ctx.now, zones)
        if coming is not None:
            ctx.store.deadlines.advance(REMIND, draw.id, coming)


@handler("random_review.remind", clause="P10", about="matter")
def remind_reviewers(ctx: Context, matter: str) -> Result[None]:
    """Remind reviewers with calls left, on mornings of their own. Run by the clock."""
    case = DrawCase.load(ctx, matter)
    fell = min(ctx.now, ctx.store.deadlines.moment(REMIND, matter) or ctx.now)
    people = [one for one in case.reviewing if _is_their_morning(case, one, fell)]
    schedule_next_morning(ctx, case.matter)
    if not people:
        return Result(None, quiet=True)
    reminding.schedule_reminder(ctx, case.matter, REMIND, people, fell)
    return Result(None, detail={"reminded": people})


def _is_their_morning(case: DrawCase, person: int, fell: datetime) -> bool:
    """Return True if one of this person's reminder mornings lies between `fell` (aware) and now."""
    until, zone = case.matter.review_until, _zone_of_person(case.people[person])
    return until is not None and any(fell <= at <= case.now for at in rule.reminder_mornings(case.policy, until, zone))


def _zone_of_person(person: Person) -> str:
    """Return a person's time zone; empty for one who was never looked up, who gets the line's days."""
    return person.zone if person.checked_at else ""
