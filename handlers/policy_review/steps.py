"""How a review of the policy begins and ends, who is reminded of it, and which text of the policy is in force (P14)."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

from handlers import finding
from handlers.acting import Context, Effect, Result, Tell, handler, seated
from handlers.cards import Row
from handlers.door import Repeated
from handlers.matters import asking, reminding
from handlers.phrases import list_words
from handlers.policy import Policy, PolicyError, load_policy
from handlers.policy_review.cards import due_words, review_already_words
from handlers.policy_review.state import CompleteForm, DeclaredChange, DeclareForm, ReviewCase, known_reviews, next_due
from handlers.rules import Refused
from handlers.rules import policy_review as rule
from handlers.rules.routing import Authority
from handlers.sealing import new_id
from handlers.telling import names_asked, reminder_line, tell_of
from storage.database.faults import OtherPolicy
from storage.matters import Reminder
from storage.tables.reviews import PolicyReview, PolicyText


def declaring_introduction(ctx: Context, _: str) -> str:
    """Return the text above the form of a change; raises `Refused` if this person may not declare one."""
    rule.check_declaring(ctx.policy, ctx.me.id)
    return "A significant change starts a review of the policy now."


@handler("policy_review.open", clause="P14")
def open_review(ctx: Context, policy: str = "policy") -> Result[None]:
    """Open the next review when it is near, and ask its reviewers. Run by the clock, for which `policy` is the deadline's key."""
    reviews = known_reviews(ctx.store)
    day = next_due(ctx.policy, reviews)
    if _is_reviewing(reviews) or rule.begins_at(ctx.policy, day) > ctx.now:
        schedule_next(ctx, reviews)
        return Result(None, quiet=True)
    # There is only one per day, however often the clock runs.
    review = PolicyReview(
        id=new_id("PR"), key=new_id("due"), why="due", stage="review", due_on=day.isoformat(), asked_at=ctx.now
    )
    detail, effects = _store_review(ctx, review)
    return Result(None, reminding.keep_for_morning(ctx, review, effects), review.id, detail)


@handler("policy_review.declare", clause="P14", prefetch=finding.rows_of_form)
def declare_change(ctx: Context, form: DeclareForm, key: str) -> Result[DeclaredChange]:
    """Declare a change: a significant one begins a review; any other waits until a second person agrees."""
    me = ctx.me
    rule.check_declaring(ctx.policy, me.id)
    if before := ctx.store.matters.submitted(PolicyReview, key):
        return Result(DeclaredChange(before.id, before.stage == "review"), quiet=True)
    rule.check_change_day(ctx.policy, ctx.now, form.changed)
    significant = form.significant == "yes"
    review = PolicyReview(
        id=new_id("PR"), key=key, why="change", stage="review" if significant else "second",
        due_on=ctx.policy.company_day(ctx.now).isoformat(), begun_by=me.id, change=form.what,
        changed_on=form.changed.isoformat(), asked_at=ctx.now,
    )  # fmt: skip
    detail, effects = _store_review(ctx, review)
    ctx.store.people.prefers_first(me, ctx.who.platform)
    change = {"significant": significant, "changed": review.changed_on}
    declared = DeclaredChange(review.id, significant, names_asked(ctx, detail))
    return Result(declared, effects, review.id, detail | change)


def _store_review(ctx: Context, review: PolicyReview) -> tuple[dict[str, Any], tuple[Effect, ...]]:
    """Store a new review and ask its deciders. Returns the details for the audit log, and the effects."""
    review.line = ctx.policy.company.home_line
    case = ReviewCase.begin(ctx, review)
    asked, effects = asking.begin_asking(ctx, case)
    schedule_next(ctx, case.reviews)
    return {**asked, "due": review.due_on}, effects


def completing_introduction(ctx: Context, review: str) -> str:
    """Return no text above the form; called when it opens, to raise `Refused` if this person has nothing left to
    complete.
    """
    _load_to_decide(ctx, review, "review")
    return ""


@handler("policy_review.complete", clause="P14", about="matter")
def complete_review(ctx: Context, matter: str, form: CompleteForm) -> Result[None]:
    """Complete a review that was held, and close others that it covers; the form says when the next one is due."""
    case, authority = _load_to_decide(ctx, matter, "review")
    review = case.matter
    rule.check_completion(ctx.policy, ctx.now, rule.HeldReview(form.held, form.following), _earliest_day(case))
    review.took_part, review.outcome, review.outcome_words = form.took_part, form.outcome, form.words
    review.held_on, review.next_on, review.completed_by = form.held.isoformat(), form.following.isoformat(), ctx.me.id
    asking.close_matter(ctx, review, "completed")
    stepped_in = asking.take_part(ctx, case, authority)
    covers = [one for one in case.reviews if one.is_open and _covers_review(ctx, form.held, one)]
    shown, covered = asking.bump_and_redraw(case), close_covered(ctx, covers, review.id)
    tells = _tell_declarer(case, ctx, f"{ctx.me.name} completed the review")
    schedule_next(ctx, case.reviews)
    detail = {"held": review.held_on, "next": review.next_on, "outcome": review.outcome, **stepped_in}
    return Result(None, (*shown, *covered, *tells), detail=detail)


@handler("policy_review.confirm", clause="P14", about="matter")
def confirm_insignificant(ctx: Context, matter: str) -> Result[None]:
    """Agree, as a second person, that a change isn't significant, so no review begins."""
    case, authority = _load_to_decide(ctx, matter, "second")
    case.matter.seconded_by, case.matter.seconded_at = ctx.me.id, ctx.now
    asking.close_matter(ctx, case.matter, "settled")
    stepped_in = asking.take_part(ctx, case, authority)
    shown = asking.bump_and_redraw(case)
    tells = _tell_declarer(case, ctx, f"{ctx.me.name} confirmed that the change is not significant")
    return Result(None, (*shown, *tells), detail=stepped_in)


@handler("policy_review.disagree", clause="P14", about="matter")
def call_significant(ctx: Context, matter: str) -> Result[None]:
    """Call a change significant, as a second person, so the review begins now, for both roles."""
    case, authority = _load_to_decide(ctx, matter, "second")
    review = case.matter
    review.seconded_by, review.seconded_at, review.stage = ctx.me.id, ctx.now, "review"
    review.due_on = ctx.policy.company_day(ctx.now).isoformat()
    stepped_in = asking.take_part(ctx, case, authority)
    case = ReviewCase.of(ctx, review)  # which is no longer anyone's own case
    asked, effects = asking.ask_and_redraw(ctx, case)
    tells = _tell_declarer(case, ctx, f"{ctx.me.name} called the change significant, so the policy is reviewed now")
    schedule_next(ctx, case.reviews)
    return Result(None, (*effects, *tells), detail={**asked, **stepped_in})


def close_covered(ctx: Context, reviews: Iterable[PolicyReview], by: str) -> tuple[Effect, ...]:
    """Close reviews that another review, or the policy file, covers (`by`), and redraw their cards."""
    effects: list[Effect] = []
    for one in reviews:
        one.covered_by = by
        asking.close_matter(ctx, one, "covered")
        effects += asking.bump_and_redraw(ReviewCase.of(ctx, one))
    return tuple(effects)


def overtaken_reviews(ctx: Context, reviews: Sequence[PolicyReview]) -> list[PolicyReview]:
    """Return open regular reviews that aren't due soon any more, since the policy file names a later day."""
    far = rule.begins_at(ctx.policy, next_due(ctx.policy, reviews)) > ctx.now
    return [one for one in reviews if far and one.is_open and one.why == "due"]


def _load_to_decide(ctx: Context, review: str, stage: str) -> tuple[ReviewCase, Authority]:
    """Load a review that this person may decide at this stage; raises `Refused` or `Repeated` if it was decided."""
    case, authority = ReviewCase.load_for_decider(ctx, review)
    done_by = case.matter.completed_by if stage == "review" else case.matter.seconded_by
    if not case.matter.is_open and done_by == ctx.me.id:
        raise Repeated(review)
    if not case.matter.is_open or case.matter.stage != stage:
        raise Refused(review_already_words(case, ctx.me), clause="P14", code="already")
    return case, authority


def _earliest_day(case: ReviewCase) -> date:
    """Return the earliest day a review can be held: the declaration of its change, or the day after the last review."""
    if case.matter.why == "change":
        return case.policy.company_day(case.matter.asked_at)
    return case.last + timedelta(days=1)


def _covers_review(ctx: Context, held: date, other: PolicyReview) -> bool:
    """Return True if a review held on this day counts for the other one too, since the other was known by then."""
    return other.stage == "review" and ctx.policy.company_day(other.asked_at) <= held


def _tell_declarer(case: ReviewCase, ctx: Context, what: str) -> tuple[Effect, ...]:
    """Tell the person who declared the change, since an edited card isn't noticed."""
    review, declarer = case.matter, case.matter.declared_by
    if declarer is None or declarer == ctx.me.id:
        return ()
    key = f"policy_review:{review.id}:{review.revision}"
    return tell_of(review.id, [declarer], f"{what}.", key)


OPEN, REMIND = "policy_review.open", "policy_review.remind"
POLICY = "policy"


def schedule_next(ctx: Context, reviews: Sequence[PolicyReview]) -> None:
    """Set the clock for the next reminders and the next review, by the policy in force.

    A reminder that is due and not done yet stays.
    """
    for one in (one for one in reviews if one.is_open):
        at = rule.next_reminder(ctx.policy, date.fromisoformat(one.due_on), ctx.now)
        ctx.store.deadlines.advance(REMIND, one.id, at)
    opens = None if _is_reviewing(reviews) else rule.begins_at(ctx.policy, next_due(ctx.policy, reviews))
    ctx.store.deadlines.set(OPEN, POLICY, opens)


def _is_reviewing(reviews: Iterable[PolicyReview]) -> bool:
    """Return True if a review is open; a change that a second person must judge first doesn't count."""
    return any(one.is_open and one.stage == "review" for one in reviews)


@handler("policy_review.remind", clause="P14", about="matter")
def remind_of_review(ctx: Context, matter: str) -> Result[None]:
    """Remind the people a review is waiting for, at most once a day, and set the next reminder. Run by the clock."""
    case = ReviewCase.load(ctx, matter)
    return reminding.remind_asked(ctx, case, REMIND, lambda: schedule_next(ctx, case.reviews))


def review_reminder_row(case: ReviewCase, reminder: Reminder) -> Row | None:
    """Return the line that reminds a person; None if they no longer decide on it."""
    if not case.waits_for(reminder.person_id):
        return None
    return reminder_line(_reminder_words(case), case.matter.id)


def _reminder_words(case: ReviewCase) -> str:
    """Say why the policy must be reviewed or a change judged, and by when."""
    if case.doubted:
        return "Reminder: say whether a change to the recording system is significant."
    if case.matter.why == "change":
        return "Reminder: review the call recording policy, because the recording system has changed."
    when = "today" if case.due == case.today else f"on {due_words(case)}"
    return f"Reminder: the review of the call recording policy {'was' if case.due < case.today else 'is'} due {when}."


UNEXPECTED = "If you didn’t expect this, please ask the policy’s owner."


def refuse_a_replaced_policy(ctx: Context) -> None:
    """Raise `OtherPolicy` if a newer policy text has replaced this one, so that an old bot can't bring it back."""
    if newest := ctx.store.policy_texts.replacing(ctx.policy.digest):
        raise OtherPolicy(newest.digest, ctx.policy.digest)


@handler("policy.in_force", clause="P14", about=lambda: "policy")
def keep_policy_text(ctx: Context) -> Result[bool]:
    """Store the policy's text if it is new, and tell the people whom its changes concern, once for all programs. Called
    at each start, and daily.

    Returns True if it is new; bots with another text take no work from now on. Raises `OtherPolicy` for a replaced
    text.
    """
    refuse_a_replaced_policy(ctx)
    policy, before, reviews = ctx.policy, ctx.store.policy_texts.newest(), known_reviews(ctx.store)
    ctx.store.audit.declare(policy.digest)
    if before is not None and before.digest == policy.digest:
        schedule_next(ctx, reviews)
        return Result(False, quiet=True)
    kept = ctx.store.policy_texts.keep(policy.digest, policy.text, ctx.now)
    covered = close_covered(ctx, overtaken_reviews(ctx, reviews), "file")
    told = _tell_changes(ctx, before, f"policy.in_force:{kept.number}")
    schedule_next(ctx, reviews)
    detail = {"digest": policy.digest, "number": kept.number, "told": sorted(one.person for one in told)}
    return Result(True, (*covered, *told), detail=detail)


def _tell_changes(ctx: Context, before: PolicyText | None, key: str) -> list[Tell]:
    """Tell each person what changed in the roles that concern them; empty if this version can't read the former text."""
    changes: dict[int, list[str]] = {}
    with suppress(PolicyError):
        former = load_policy(before.text) if before else ctx.policy
        for change in rule.role_changes(former, ctx.policy):
            for who in _concerned_people(ctx, former, change):
                changes.setdefault(who, []).append(_change_words(ctx, change))
    return [Tell(who, " ".join([*words, UNEXPECTED]), key) for who, words in changes.items()]


def _concerned_people(ctx: Context, former: Policy, change: rule.Change) -> dict[int, None]:
    """Return past and present holders of the role and reviewers of the policy, by both the former and the current file."""
    day, both = ctx.policy.company_day(ctx.now), (seated(ctx.store, former), ctx.today)
    return dict.fromkeys((
        *ctx.store.people.resolve((*change.before, *change.now)).values(),
        *(who for policy in both for name in rule.REVIEWING for who in (policy.held(name).holder, *policy.holders_on(name, day))),
    ))  # fmt: skip


def _change_words(ctx: Context, change: rule.Change) -> str:
    """Say who holds a role now, and who held it before."""
    ids = ctx.store.people.resolve((*change.before, *change.now))
    people = ctx.store.people.named(ids.values())
    before, now = (list_words([people[ids[one]].name for one in each], "and") for each in (change.before, change.now))
    return f"The policy file now names a different {change.title}: {now}. Before, it was {before}."
