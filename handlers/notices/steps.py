"""What people and the clock do about notices: plan, ask, answer, look at the pages, remind (P3)."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from handlers import phrases, sealing, telling
from handlers.acting import Context, Effect, Result, handler
from handlers.cards import Row
from handlers.door import Repeated
from handlers.matters import asking, reminding
from handlers.notices.state import NoticeCase, NoticeForm, last_check, last_look, redraw_homes, tell_overseers
from handlers.rules import Refused
from handlers.rules import notices as rule
from handlers.rules.routing import Authority
from storage.matters import Reminder
from storage.tables.reviews import NoticeCheck, PageLook

ASK, REMIND = "notices.ask", "notices.remind"
DAILY, UNSEEN_AGAIN = timedelta(days=1), timedelta(hours=1)
CHANGED = "The wording, an address or a line has changed since you opened this. Please open it from the card again."


def wanted_deadlines(ctx: Context) -> Mapping[str, datetime]:
    """Return when (UTC) the clock must ask for each notice, if it isn't set to do so already; only reads."""
    moments: dict[str, datetime] = {}
    waiting = {one.notice: one for one in ctx.store.matters.open(NoticeCheck)}
    for notice in rule.NOTICES:
        coming = ctx.store.deadlines.coming(ASK, notice)
        at = _due_moment(ctx, notice, waiting.get(notice), coming)
        if at is not None and coming != at:
            moments[notice] = at
    return moments


@handler("notices.plan", clause="P3")
def plan_notices(ctx: Context) -> Result[None]:
    """Set the clock to ask for each notice when it is next due."""
    for notice, at in wanted_deadlines(ctx).items():
        ctx.store.deadlines.set(ASK, notice, at)
    return Result(None, quiet=True)


@handler("notices.open", clause="P3")
def ask_for_notice(ctx: Context, notice_id: str) -> Result[None]:
    """Ask for a notice to be confirmed if it is due; if its wording has changed, its open card shows that."""
    notice = next((one for one in rule.NOTICES if one == notice_id), None)
    if notice is None:
        return Result(None, quiet=True)
    check = next((one for one in ctx.store.matters.open(NoticeCheck) if one.notice == notice), None)
    digest = rule.notice_digest(ctx.policy, notice)
    if check is not None:
        if check.digest == digest:
            return Result(None, quiet=True)
        check.why, check.digest = "changed", digest
        change = {"notice": notice, "why": check.why, "digest": digest, "due": check.due_on}
        return Result(None, asking.bump_and_redraw(NoticeCase.of(ctx, check)), check.id, change)
    at, why = _next_due(ctx, notice)
    if at > ctx.now:
        ctx.store.deadlines.set(ASK, notice, at)
        return Result(None, quiet=True)
    check = NoticeCheck(
        id=sealing.new_id("N"), notice=notice, why=why, digest=digest, asked_at=ctx.now, due_on=ctx.policy.company_day(ctx.now).isoformat(),
        line=ctx.policy.company.home_line,
    )  # fmt: skip
    detail, effects = _ask_owner(ctx, check)
    return Result(None, effects, check.id, detail | {"notice": notice, "why": why, "digest": digest})


@handler("notices.answer", clause="P3", about="matter")
def answer_notice(ctx: Context, matter: str, about: str, form: NoticeForm) -> Result[None]:
    """P3: record the owner's answer. After a no, the overseers are told and the owner is asked again next working day.

    `about` is the start of the digest of the notice as the owner's card showed it; if the notice has changed since, the
    answer is refused.
    """
    case, authority = _load_to_answer(ctx, matter, about, form)
    check, look = case.matter, case.look
    check.decided_by, check.words, check.look = ctx.me.id, form.words, look.id if look else ""
    stepped_in = asking.take_part(ctx, case, authority)
    asking.close_matter(ctx, check, "confirmed" if form.answer == "yes" else "no")
    _ask_again(ctx, check)
    detail = {"answer": form.answer, "look": check.look, "state": check.state, **stepped_in}
    words = f"{case.name}: {ctx.me.name} answered no."
    once = f"notices:{check.id}:no"
    told = tell_overseers(ctx, words, once, "details", check.id) if check.state == "no" else ()
    return Result(None, (*asking.bump_and_redraw(case), *told, *redraw_homes(ctx)), detail=detail)


def answer_introduction(ctx: Context, value: str) -> str:
    """Say above the form what to listen for or look at; raises `Refused` if this person has nothing to answer."""
    case, _ = _load_to_answer(ctx, *value.partition(":")[::2])
    notices = ctx.policy.notices
    match case.matter.notice:
        case "phone":
            return f"Phone each line from outside and listen until someone answers. Before that, you should hear all of: “{notices.announcement}”"
        case "outgoing":
            return f"Listen to how outgoing calls begin. Staff should say: “{notices.outgoing}”"
        case _:
            page, contact = notices.website or "the page with the notice", notices.contact or "the Contact us page"
            return f"Look at {page}. It should say: “{notices.announcement}”. Then check that {contact} links to it."


def is_due(ctx: Context) -> bool:
    """Return True if the pages must be looked at now: daily, hourly while they can't be seen, and when the wording
    changes. The worker that looks asks this.
    """
    last = last_look(ctx.store)
    if last is None or last.digest != rule.notice_digest(ctx.policy, "website"):
        return True
    every = UNSEEN_AGAIN if last.answer == "unseen" else DAILY
    return not last.looked_at <= ctx.now < last.looked_at + every


@handler("notices.looked", clause="P3")
def note_pages_seen(ctx: Context, answer: str, reasons: tuple[str, ...], digest: str) -> Result[None]:
    """Store what the pages said, as the worker saw them: `answer` is yes, no or unseen. If that hasn't changed, only
    the time is updated; otherwise cards and homes are redrawn.
    """
    last = last_look(ctx.store)
    if digest != rule.notice_digest(ctx.policy, "website"):
        return Result(None, quiet=True)  # the policy changed while the pages were read
    if last is not None and _is_same(last, answer, reasons, digest, ctx.now):
        last.looked_at = ctx.now
        return Result(None, quiet=True)
    look = PageLook(
        id=sealing.new_id("PL"), number=last.number + 1 if last else 1, at=ctx.now, looked_at=ctx.now, answer=answer, reasons=list(reasons),
        digest=digest,
    )  # fmt: skip
    ctx.store.insert(look)
    plan_notices.do(ctx)
    check = next((one for one in ctx.store.matters.open(NoticeCheck) if one.notice == "website"), None)
    shown = asking.bump_and_redraw(NoticeCase.of(ctx, check)) if check is not None else ()
    detail = {"answer": look.answer, "reasons": look.reasons, "digest": look.digest}
    return Result(None, (*shown, *redraw_homes(ctx)), look.id, detail)


@handler("notices.remind", clause="P3", about="matter")
def remind_owner(ctx: Context, matter: str) -> Result[None]:
    """Remind the owner each week until the notice is confirmed. Run by the clock."""
    again = partial(ctx.store.deadlines.set, REMIND, matter, rule.next_reminder(ctx.policy, ctx.now))
    return reminding.remind_asked(ctx, NoticeCase.load(ctx, matter), REMIND, again)


def reminder_row(case: NoticeCase, reminder: Reminder) -> Row | None:
    """Return the line that reminds a person; None if they have nothing to confirm any more."""
    if not case.waits_for(reminder.person_id):
        return None
    name = f"{case.name[0].lower()}{case.name[1:]}"
    due = "today" if case.due == case.today else f"now. It was due on {phrases.day_words(case.due, None)}"
    return telling.reminder_line(f"Please confirm the {name} {due}.", case.matter.id)


def form_value(case: NoticeCase) -> str:
    """Return the value of the form's button: the id, and the start of the digest that is confirmed."""
    return f"{case.matter.id}:{case.matter.digest[:8]}"


def _ask_owner(ctx: Context, check: NoticeCheck) -> tuple[dict[str, object], tuple[Effect, ...]]:
    """Store a confirmation and ask its owner, in one message with everything else of that morning.

    Returns the details for the audit log, and the effects.
    """
    asked, effects = asking.begin_asking(ctx, NoticeCase.begin(ctx, check))
    ctx.store.deadlines.set(REMIND, check.id, rule.next_reminder(ctx.policy, ctx.now))
    return {**asked, "due": check.due_on}, reminding.keep_for_morning(ctx, check, effects)


def _load_to_answer(
    ctx: Context, matter: str, about: str, form: NoticeForm | None = None
) -> tuple[NoticeCase, Authority]:
    """Load a confirmation that this person may answer; raises `Refused` if it was answered, or its wording changed since."""
    case, authority = NoticeCase.load_for_decider(ctx, matter)
    if not case.matter.is_open:
        check, said = case.matter, "confirmed" if form is not None and form.answer == "yes" else "no"
        if form is not None and (check.decided_by, check.state, check.words) == (ctx.me.id, said, form.words):
            raise Repeated(check.id)
        raise Refused("This has already been answered. Its card says how.", clause="P3", code="already")
    if not rule.notice_digest(ctx.policy, case.matter.notice).startswith(about or "-"):
        raise Refused(CHANGED, clause="P3", code="changed")
    return case, authority


def _is_same(last: PageLook, answer: str, reasons: Sequence[str], digest: str, now: datetime) -> bool:
    """Return True if the pages say the same as last time.

    The causes of an unseen page may vary; such a time counts from the first.
    """
    same = (last.digest, last.answer) == (digest, answer)
    if last.answer == "unseen":
        return same and last.at <= now  # a clock that ran ahead puts nothing off
    return same and last.reasons == list(reasons)


def _ask_again(ctx: Context, check: NoticeCheck) -> None:
    """Set the clock to ask for a notice again after its answer; what its page said before that no longer counts."""
    at, _ = rule.next_due(ctx.policy, check.notice, _ended_check(check), None, ctx.now)
    ctx.store.deadlines.set(ASK, check.notice, at)


def _due_moment(
    ctx: Context, notice: rule.Notice, waiting: NoticeCheck | None, coming: datetime | None
) -> datetime | None:
    """Return when to ask for a notice to be confirmed; None while an open card asks for it as it is now. `coming` is
    when the clock asks, if it is set.
    """
    if waiting is not None:
        at = ctx.now if waiting.digest != rule.notice_digest(ctx.policy, notice) else None
    else:
        at, why = _next_due(ctx, notice)
        if why == "first":  # a morning that moves on with each day would never come
            return coming or at
    return coming if at is not None and coming is not None and coming <= at <= ctx.now else at


def _next_due(ctx: Context, notice: rule.Notice) -> tuple[datetime, rule.Why]:
    """Return when a notice is next due and why; a first confirmation is due once its morning has come."""
    last = _ended_check(last_check(ctx.store, notice, ("confirmed", "no")))
    look = last_look(ctx.store) if notice == "website" else None
    seen = rule.Seen(look.at, look.answer, look.digest, look.looked_at) if look is not None else None
    at, why = rule.next_due(ctx.policy, notice, last, seen, ctx.now)
    coming = ctx.store.deadlines.moment(ASK, notice)
    return (min(at, coming) if why == "first" and coming is not None else at), why


def _ended_check(check: NoticeCheck | None) -> rule.Ended | None:
    """Return a closed confirmation as the rule sees it; None if there is none."""
    if check is None or check.closed_at is None:
        return None
    return rule.Ended(check.closed_at, check.digest, check.state)
