"""What notices to callers bring to the house: their cards and forms, and how all of them are doing, at home (P3, P4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from handlers import room
from handlers.acting import Context
from handlers.cards import Button, Line, Page, Row, Sign
from handlers.handling import handler
from handlers.home import short_list, waiting_of
from handlers.matters.showing import MatterOf
from handlers.notices import forms, outages, steps
from handlers.notices.cards import notice_card, seen_words
from handlers.notices.state import NAMES, NoticeCase, last_check, last_look, reachable_overseers
from handlers.room import Asks, Opens, Room, Rows, card_shows, page_saying
from handlers.rules import notices as rule
from handlers.rules.access import company_day
from handlers.words import day_words, line_words, quantity_words
from storage.records import Recording
from storage.tables.calls import Declined, UnregisteredFile
from storage.tables.reviews import NoticeCheck, Outage

LONGEST = 80  # characters of what was wrong that a row shows


def notice_lists(ctx: Context) -> Mapping[str, Rows]:
    """What is waiting for the reader; for those who oversee the notices, how each of them is doing."""
    today = company_day(ctx.policy, ctx.now)
    may_enter = rule.may_enter(ctx.today, ctx.me.id, today)
    if not may_enter and ctx.me.id not in ctx.policy.seats.in_roles:
        return {}
    found = {
        "waiting": waiting_of(ctx, NoticeCheck, lambda one: f"{Sign.WAITING} {NAMES[one.notice]}: to be confirmed")
    }
    if rule.oversees_notices(ctx.today, ctx.me.id, today):
        found["notices"] = short_list("Notices to callers", [_notice_row(ctx, one) for one in rule.NOTICES])
        found["astray"] = short_list("Recordings that should not be there", list(_astray_rows(ctx)))
    if may_enter:
        found["outages"] = short_list("When callers were not told", list(_outage_rows(ctx)))
    return found


def _notice_row(ctx: Context, notice: str) -> Row:
    """One notice: when it was confirmed, by whom, and what the pages were seen to say."""
    check = next((one for one in ctx.store.matters.open(NoticeCheck) if one.notice == notice), None)
    last = last_check(ctx.store, notice, ("confirmed", "no"))
    sign, words = _notice_status(ctx, notice, NoticeCase.of(ctx, last) if last else None)
    small = " · ".join(one for one in (_pages_words(ctx, notice), _asked_words(ctx, check)) if one)
    about = check or last
    return Row(f"{sign} {words}", Button("details", "Details", about.id) if about else None, small or None)


def _notice_status(ctx: Context, notice: str, last: NoticeCase | None) -> tuple[Sign, str]:
    if last is None or last.matter.decided_by is None or last.matter.closed_at is None:
        return Sign.QUESTION, f"{NAMES[notice]} · never confirmed"
    changed, yes = last.matter.digest != rule.notice_digest(ctx.policy, notice), last.matter.state == "confirmed"
    how = "confirmed" if yes else "answered no"
    day = day_words(company_day(ctx.policy, last.matter.closed_at), None)
    since = ", and changed since" if changed else ""
    sign = Sign.ALARM if changed or _is_missing(ctx, notice) else Sign.APPROVED if yes else Sign.DENIED
    return sign, f"{NAMES[notice]} · {how} {day} by {last.people[last.matter.decided_by].name}{since}"


def _pages_words(ctx: Context, notice: str) -> str:
    if notice != "website":
        return ""
    look = last_look(ctx.store)
    if look is None or look.digest != rule.notice_digest(ctx.policy, notice):
        return "I have not looked at the pages yet."
    return f"I looked: {seen_words(look.answer, look.reasons)}"


def _is_missing(ctx: Context, notice: str) -> bool:
    look = last_look(ctx.store) if notice == "website" else None
    return look is not None and look.answer == "no" and look.digest == rule.notice_digest(ctx.policy, notice)


def _asked_words(ctx: Context, check: NoticeCheck | None) -> str:
    if check is None:
        return ""
    return f"waiting for {NoticeCase.of(ctx, check).asked_names} ({check.id})"


def _astray_rows(ctx: Context) -> Iterator[Row]:
    """P4, P5: calls on no line of the policy, files that are no calls, and what is left of callers who declined."""
    for line, number in ctx.store.counts(Recording.line, Recording.state == "out_of_scope").items():
        yield Row(
            f"{Sign.ALARM} {quantity_words(number, 'call')} on {line or 'no line'}, which is no line of the policy",
            small="P4",
        )
    if number := ctx.store.number(UnregisteredFile.over_at.is_(None)):
        yield Row(f"{Sign.ALARM} {quantity_words(number, 'file')} that could not be registered", small="P4")
    unmet = (ctx.store.matters.of_kind(Declined, one) for one in ctx.store.declines.unmet())
    for one in sorted(one.id for one in unmet if one is not None and one.trouble == "left"):
        yield Row(f"{Sign.ALARM} A caller declined, and what was recorded is still there", small=f"{one} · P5")


def _outage_rows(ctx: Context) -> Iterator[Row]:
    for one in ctx.store.rows(Outage, Outage.ended_at.is_(None), by=(Outage.last.desc(), Outage.id)):
        withdraw = Button("outage_withdraw", "Withdraw", one.id)
        yield Row(
            f"{Sign.ALARM} {outages.outage_days(one)} · {_line_names(ctx, one)}", withdraw, _small_words(ctx, one)
        )
    yield Row("Was the announcement down?", Button(forms.OutageForm.name, "Enter an outage", ""))


def _line_names(ctx: Context, one: Outage) -> str:
    if set(one.lines) >= set(ctx.policy.lines):
        return "every line"
    return ", ".join(line_words(line, ctx.policy)[0] for line in one.lines)


def _small_words(ctx: Context, one: Outage) -> str:
    number, who = ctx.store.entered.calls(one), ctx.store.people.get(one.entered_by).name
    why = one.why if len(one.why) <= LONGEST else f"{one.why[:LONGEST]}…"
    return f"{quantity_words(number, 'call')} · entered by {who} · “{' '.join(why.split())}” · {one.id}"


def _entered_page(told: outages.Entered) -> Page:
    number = quantity_words(told.calls, "call")
    words = f"{number} of these days {'is' if told.calls == 1 else 'are'} marked from now on, and not drawn for review. Your home shows the outage."
    lost = f"{quantity_words(told.drawn, 'drawn call')} that no one has reviewed yet will be taken from the review, and {'does' if told.drawn == 1 else 'do'} not come back."
    return Page("Entered", (Line(words), *((Line(lost),) if told.drawn else ())))


class Confirmations(MatterOf[NoticeCase]):
    """P3: those who oversee the notices may look at all of them."""

    def may_look(self, ctx: Context, case: NoticeCase, reader: int) -> bool:
        """As `MatterOf.may_look`."""
        return reader in reachable_overseers(ctx) or super().may_look(ctx, case, reader)


CONFIRMATIONS = Confirmations(NoticeCase, notice_card, steps.reminder_row)
begin_answer = handler("notices.begin", clause="P3")(room.open_form)
ROOM = Room(
    "notices",
    buttons={
        "notice_confirm": Opens(forms.NoticeForm.name, "Confirm"),
        "outage": Opens(forms.OutageForm.name, "Enter an outage", anew=True),
        "outage_withdraw": Opens(forms.WithdrawForm.name, "Withdraw"),
    },
    forms=(
        Asks(
            forms.NoticeForm, begin_answer, lambda about, form, _: steps.answer_notice(*about.partition(":")[::2], form),
            partial(card_shows, title="Kept"),
            intro=steps.answer_introduction,
        ),
        Asks(
            forms.OutageForm, outages.open_outage_form, lambda _, form, key: outages.enter_outage(form, key),
            page_saying("Your home shows the outage as soon as it is entered."), new=True,
            intro=outages.outage_introduction, again=outages.filled_outage_form, after=_entered_page,
        ),
        Asks(
            forms.WithdrawForm, begin_answer, lambda about, form, _: outages.withdraw_outage(about, form),
            page_saying("Your home shows which outages count."),
            intro=outages.taking_back,
        ),
    ),
    due={steps.ASK: steps.ask_for_notice, steps.REMIND: steps.remind_owner},
    matter=CONFIRMATIONS,
    lists=notice_lists,
)  # fmt: skip
