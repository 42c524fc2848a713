"""Entering and withdrawing outages, and what notices add to the bot (P3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from handlers import home, phrases, sealing
from handlers.acting import Context, Effect, Result, handler
from handlers.cards import Button, Filled, Line, Page, Row, Sheet, Sign
from handlers.door import Repeated
from handlers.matters.asking import redraw_matters
from handlers.matters.showing import MatterOf
from handlers.notices import cards, state, steps
from handlers.notices.state import NoticeCase, OutageForm, WithdrawForm
from handlers.room import Asks, Lists, Opens, Room, Rows, page_saying
from handlers.rules import Refused
from handlers.rules import notices as rule
from storage.entered import Down
from storage.tables.reviews import NoticeCheck, Outage

GONE = "I can’t find this outage."


@dataclass(frozen=True, slots=True)
class EnteredOutage:
    """An outage that was entered, how many calls it marks, and how many of those were drawn and not reviewed yet."""

    outage: str
    calls: int
    drawn: int = 0


def outage_introduction(ctx: Context, _: str = "") -> str:
    """Return the text above the form, with today's date; raises `Refused` if this person may not enter an outage."""
    _check_may_enter(ctx)
    today = phrases.day_words(ctx.policy.company_day(ctx.now), None)
    return f"{OutageForm.intro} Today is {today} in {rule.home_city(ctx.policy)}."


def filled_outage_form(ctx: Context, matter: str) -> tuple[Sheet, Filled]:
    """Return the form with days filled in: from the last yes until today, if it opens from a card that was answered no,
    else today. All of it can be changed.
    """
    today, check = ctx.policy.company_day(ctx.now), ctx.store.matters.of_kind(NoticeCheck, matter)
    values = {"line": state.ALL, "first": today.isoformat(), "last": today.isoformat()}
    if check is not None and check.state == "no":
        values |= _offered_values(ctx, check)
    affected = _affected_words(ctx, Down(ctx.me.id, date.fromisoformat(values["first"]), today, list(ctx.policy.lines)))
    intro = f"{outage_introduction(ctx)} {affected}. If you change the days, you’ll see the number after sending."
    return OutageForm.sheet(ctx.policy, "", intro), Filled(values)


@handler("notices.enter_outage", clause="P3")
def enter_outage(ctx: Context, form: OutageForm, key: str) -> Result[EnteredOutage]:
    """Enter an outage: from now on its calls are marked on every card, and none is drawn for review."""
    _check_may_enter(ctx)
    rule.check_outage(ctx.policy, ctx.now, form.first, form.last)
    lines = list(ctx.policy.lines) if form.line == state.ALL else [form.line]
    alike = ctx.store.rows(Outage, Outage.ended_at.is_(None), Outage.first == form.first, Outage.last == form.last)
    same = next((one for one in alike if one.lines == lines), None)
    if same is not None or ctx.store.outbox.seen(sealing.short_key(key), ctx.now):
        return Result(_entered_reply(ctx, same), quiet=True)
    outage = Outage(
        id=sealing.new_id("O"), first=form.first, last=form.last, lines=lines, why=form.why, entered_by=ctx.me.id, entered_at=ctx.now,
    )  # fmt: skip
    ctx.store.entered.add(outage)
    detail = {
        "first": outage.first.isoformat(), "last": outage.last.isoformat(), "lines": [sealing.hashed_name(one) for one in lines],
    }  # fmt: skip
    words = f"{ctx.me.name} entered an outage, {outage_days(outage)} ({outage.id}): {_affected_words(ctx, outage)}. Manage lists all outages."
    effects = (*_redraw_cards(ctx, outage), *state.tell_overseers(ctx, words, f"outage:{outage.id}"))
    return Result(_entered_reply(ctx, outage), (*effects, *state.redraw_homes(ctx)), outage.id, detail)


def withdrawal_introduction(ctx: Context, value: str) -> str:
    """Return the text above the form that withdraws an outage; raises `Refused` if there is none, or this person may not."""
    outage = _require_outage(ctx, value)
    return f"{outage_days(outage)}: {_affected_words(ctx, outage)}. Calls it took out of a review don’t come back. It was entered on {phrases.day_words(ctx.policy.company_day(outage.entered_at), None)}."


@handler("notices.withdraw_outage", clause="P3", about="outage_id")
def withdraw_outage(ctx: Context, outage_id: str, form: WithdrawForm) -> Result[None]:
    """Withdraw an outage entered by mistake; its calls are no longer marked, and all of it stays on record."""
    known = ctx.store.row(Outage, outage_id)
    if known is not None and known.ended_by == ctx.me.id:
        raise Repeated(known.id)
    outage = _require_outage(ctx, outage_id)
    outage.ended_by, outage.ended_why = ctx.me.id, form.why
    ctx.store.entered.end(outage, ctx.now)
    words = f"{ctx.me.name} withdrew the outage {outage.id}, {outage_days(outage)}. Manage lists all outages."
    effects = (*_redraw_cards(ctx, outage), *state.tell_overseers(ctx, words, f"outage:{outage.id}:back"))
    return Result(None, (*effects, *state.redraw_homes(ctx)))


def outage_days(outage: Outage) -> str:
    """Return an outage's first and last day in words."""
    if outage.first == outage.last:
        return phrases.day_words(outage.first, None)
    return f"{phrases.day_words(outage.first, None)} to {phrases.day_words(outage.last, None)}"


def _offered_values(ctx: Context, check: NoticeCheck) -> Mapping[str, str]:
    """Return the first day and the reason that an answer of no suggests."""
    last = state.last_check(ctx.store, check.notice)
    since = last.closed_at if last is not None and last.closed_at is not None else check.asked_at
    why = f"{rule.NAMES[check.notice]} ({check.id}): {check.words}"
    earliest = ctx.policy.company_day(ctx.now) - timedelta(days=rule.LONGEST_OUTAGE - 1)
    first = max(ctx.policy.company_day(since), earliest)
    return {"first": first.isoformat(), "why": why[:1000]}


def _entered_reply(ctx: Context, outage: Outage | None) -> EnteredOutage:
    """Return what the person who entered an outage reads; empty if the same form was sent before."""
    if outage is None:
        return EnteredOutage("", 0)
    [number] = ctx.store.entered.calls(outage)
    return EnteredOutage(outage.id, number, ctx.store.entered.drawn(outage))


def _affected_words(ctx: Context, outage: Outage | Down) -> str:
    """Say how many calls an outage concerns, and how many of them are drawn."""
    [number], drawn = ctx.store.entered.calls(outage), ctx.store.entered.drawn(outage)
    words = f"{_calls_are(number)} affected"
    return f"{words}, {drawn} of them drawn for review and not reviewed yet" if drawn else words


def _calls_are(number: int) -> str:
    """Return the start of a sentence about the calls from an outage's days, with its verb."""
    calls = phrases.quantity_words(number, "call") if number else "No calls"
    return f"{calls} from these days {'is' if number == 1 else 'are'}"


def _redraw_cards(ctx: Context, outage: Outage) -> tuple[Effect, ...]:
    """Redraw open requests that name one of the outage's calls, and notices answered no before it."""
    return redraw_matters(ctx, [*ctx.store.entered.requests(outage), *state.refused_before(ctx.store, outage)])


def _require_outage(ctx: Context, value: str) -> Outage:
    """Return an outage that counts; raises `Refused` if there is none, it was withdrawn, or this person may not."""
    _check_may_enter(ctx)
    outage = ctx.store.row(Outage, value)
    if outage is None:
        raise Refused(GONE, code="unknown")
    if outage.ended_at is not None:
        raise Refused("This outage has already been withdrawn.", clause="P3", code="already")
    return outage


def _check_may_enter(ctx: Context) -> None:
    """Raise `Refused` unless this person may enter outages today."""
    if not rule.may_enter(ctx.today, ctx.me.id, ctx.policy.company_day(ctx.now)):
        titles = " or the ".join(ctx.policy.role(name).title for name in rule.OVERSEEING)
        raise Refused(
            f"Only the {titles} can enter outages. Please tell one of them.", clause="P3", code="not_entitled"
        )


LONGEST = 80  # characters of what was wrong that a row shows


def notice_lists(ctx: Context) -> Lists:
    """Return what is waiting for the reader; for those who oversee the notices, how each of them is doing."""
    today = ctx.policy.company_day(ctx.now)
    may_enter = rule.may_enter(ctx.today, ctx.me.id, today)
    if not may_enter and ctx.me.id not in ctx.policy.seats.in_roles:
        return {}
    words = lambda one: f"{Sign.WAITING} {rule.NAMES[one.notice]}: to be confirmed"  # noqa: E731
    found = {"waiting": lambda: home.waiting_of(ctx, NoticeCheck, words)}
    if rule.oversees_notices(ctx.today, ctx.me.id, today):
        draw = lambda those: [_notice_row(ctx, one) for one in those]  # noqa: E731
        found["notices"] = lambda: home.drawn_list("Notices to callers", rule.NOTICES, draw)
    if may_enter:
        found["outages"] = lambda: Rows(
            "Callers weren’t told", ctx.store.entered.outages() + 1, partial(_outage_rows, ctx)
        )
    return found


def _notice_row(ctx: Context, notice: str) -> Row:
    """Return the row of one notice: when and by whom it was confirmed, and what its pages said."""
    check = next((one for one in ctx.store.matters.open(NoticeCheck) if one.notice == notice), None)
    last = state.last_check(ctx.store, notice, ("confirmed", "no"))
    sign, words = _notice_status(ctx, notice, NoticeCase.of(ctx, last) if last else None)
    about = check or last
    small = f"waiting for {NoticeCase.of(ctx, check).asked_names} ({check.id})" if check is not None else None
    return Row(f"{sign} {words}", Button("details", "Details", about.id) if about else None, small)


def _notice_status(ctx: Context, notice: str, last: NoticeCase | None) -> tuple[Sign, str]:
    """Say when and by whom a notice was last answered, and whether it has changed since."""
    if last is None or last.matter.decided_by is None or last.matter.closed_at is None:
        return Sign.QUESTION, f"{rule.NAMES[notice]} · never confirmed"
    changed, yes = last.matter.digest != rule.notice_digest(ctx.policy, notice), last.matter.state == "confirmed"
    how = "confirmed" if yes else "answered no"
    day = phrases.day_words(ctx.policy.company_day(last.matter.closed_at), None)
    since = ", and changed since" if changed else ""
    sign = Sign.ALARM if changed else Sign.APPROVED if yes else Sign.DENIED
    return sign, f"{rule.NAMES[notice]} · {how} {day} by {last.people[last.matter.decided_by].name}{since}"


def _outage_rows(ctx: Context, most: int, skip: int) -> list[Row]:
    """Return rows of the outages that count, and after the last of them the way to enter one."""
    number, by = ctx.store.entered.outages(), (Outage.last.desc(), Outage.id)
    those = ctx.store.rows(Outage, Outage.ended_at.is_(None), by=by, most=most, skip=skip) if skip < number else []
    counted = zip(those, ctx.store.entered.calls(*those), strict=True)
    enter = Row("Was the announcement down?", Button(state.OutageForm.name, "Enter an outage", ""))
    return [*(_outage_row(ctx, one, calls) for one, calls in counted), enter][:most]


def _outage_row(ctx: Context, one: Outage, calls: int) -> Row:
    withdraw = Button("outage_withdraw", "Withdraw", one.id)
    words = f"{Sign.ALARM} {outage_days(one)} · {_line_names(ctx, one)}"
    return Row(words, withdraw, _small_words(one, calls, ctx.store.people.get(one.entered_by).name))


def _line_names(ctx: Context, one: Outage) -> str:
    """Name the lines of an outage."""
    if set(one.lines) >= set(ctx.policy.lines):
        return "every line"
    return ", ".join(phrases.line_words(line, ctx.policy)[0] for line in one.lines)


def _small_words(one: Outage, number: int, who: str) -> str:
    """Return the small print of an outage's row: its calls, who entered it, and why."""
    why = one.why if len(one.why) <= LONGEST else f"{one.why[:LONGEST]}…"
    return f"{phrases.quantity_words(number, 'call')} · entered by {who} · “{' '.join(why.split())}” · {one.id}"


def _entered_page(entered: EnteredOutage) -> Page:
    """Return the page shown after entering an outage: how many calls it marks and takes out of reviews."""
    marked = f"{_calls_are(entered.calls)} now marked, and won’t be drawn for review. Manage shows the outage."
    words = marked if entered.calls else "There are no calls from these days. Manage shows the outage."
    lost = f"{phrases.quantity_words(entered.drawn, 'drawn call')} not reviewed yet will be taken out of the review for good."
    return Page("Entered", (Line(words), *((Line(lost),) if entered.drawn else ())))


class Confirmations(MatterOf[NoticeCase]):
    """P3: those who oversee the notices may look at all of them."""

    def may_look(self, ctx: Context, case: NoticeCase, reader: int) -> bool:
        """Return True if this reader oversees notices, or `MatterOf.may_look` allows it."""
        return reader in state.reachable_overseers(ctx) or super().may_look(ctx, case, reader)


CONFIRMATIONS = Confirmations(NoticeCase, cards.notice_card, steps.reminder_row)
ROOM = Room(
    "notices",
    buttons={
        "notice_confirm": Opens(state.NoticeForm.name, "Confirm"),
        "outage": Opens(state.OutageForm.name, "Enter an outage", prefilled=True),
        "outage_withdraw": Opens(state.WithdrawForm.name, "Withdraw"),
    },
    forms=(
        Asks(
            state.NoticeForm, lambda about, form, _: steps.answer_notice(*about.partition(":")[::2], form),
            page_saying("Manage shows all notices."),
            intro=steps.answer_introduction,
        ),
        Asks(
            state.OutageForm, lambda _, form, key: enter_outage(form, key),
            new=True, intro=outage_introduction, again=filled_outage_form, after=_entered_page,
        ),
        Asks(
            state.WithdrawForm, lambda about, form, _: withdraw_outage(about, form),
            page_saying("Manage shows which outages count."),
            intro=withdrawal_introduction,
        ),
    ),
    due={steps.ASK: steps.ask_for_notice, steps.REMIND: steps.remind_owner},
    matter=CONFIRMATIONS,
    lists=notice_lists,
)  # fmt: skip
