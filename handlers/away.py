"""Absences: a person says from when until when they are away, and deputies decide meanwhile."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, ClassVar

from handlers import sealing
from handlers.acting import Context, Effect, Home, Result, handler
from handlers.cards import Button, Line, Page, Row, Sign
from handlers.door import Repeated
from handlers.forms import Answers, Date, Form, OnDay
from handlers.home import AWAY, short_list
from handlers.matters.asking import cannot_be_asked
from handlers.phrases import day_words, list_words
from handlers.policy import Policy
from handlers.room import Asks, Does, Lists, Opens, Room
from handlers.rules import Refused
from handlers.rules import availability as rule
from handlers.rules.availability import Span, deputies_there, gaps_in_roles, has_duties
from storage.tables.reviews import Absence


def absence_days(span: Span, today: date) -> str:
    """Return the days in words, such as “until Fri 8 Jan”, or “from Mon 21 Dec to Fri 8 Jan” before they begin."""
    last = day_words(span.last, today)
    if span.first <= today:
        return "today" if span.last == today else f"until {last}"
    return f"on {last}" if span.first == span.last else f"from {day_words(span.first, today)} to {last}"


def take_back_label(first: date, today: date) -> str:
    """Return the label of the button that ends an absence: “I'm back” once it has begun, “Take back” before."""
    return "I'm back" if first <= today else "Take back"


def unfilled_role_cautions(policy: Policy, person: int, span: Span, today: date, out: frozenset[int]) -> Iterator[str]:
    """Yield a sentence for each role that no one fills on some remaining day of the absence. `out` are the people who
    can't be asked at present.
    """
    for gap in gaps_in_roles(policy, person, Span(max(span.first, today), span.last), out):
        since = "Today" if gap.since == today else f"From {day_words(gap.since, today)}"
        title = policy.role(gap.role).title
        yield f"{since}, no one can act as {title}. Please ask the policy’s owner to name a deputy."


def _duties_handed_over(ctx: Context, policy: Policy, person: int, day: date, out: frozenset[int]) -> Iterator[str]:
    """Yield what this person does by the policy, and for each role they hold, who covers it on that day. `out` are the
    people who can't be asked at present.
    """
    for name, role in policy.seats.roles.items():
        if person == role.holder:
            names = list_words([ctx.store.people.get(one).name for one in deputies_there(policy, name, day, out)], "or")
            yield f"{role.title}: covered by {names or 'no one'}"
        elif person in role.deputies:
            yield f"deputy of the {role.title}"
    if person in policy.seats.reviewers:
        yield policy.roles.reviewers.title


@dataclass(frozen=True)
class AbsenceReply:
    """What the person reads after saving: the days, how to take them back, and duties no one covers meanwhile."""

    words: str
    cautions: tuple[str, ...]


def away_introduction(ctx: Context, _: str) -> str:
    """Return no text above the form; called when it opens, to raise `Refused` for people who have nothing to hand over."""
    rule.check_may_be_away(ctx.policy, ctx.me.id)
    return ""


@handler("away.say")
def enter_absence(ctx: Context, first: date, last: date, key: str) -> Result[AbsenceReply]:
    """Enter an absence; it counts at once, and joins any of this person's that it touches."""
    return enter_days(ctx, rule.Span(first, last), key)


def enter_days(ctx: Context, wanted: rule.Span, key: str = "") -> Result[AbsenceReply]:
    """Enter an absence, and join it with any of this person's that it touches. `key` is that of a form, which may be
    sent twice; empty where no form was sent.
    """
    me, today = ctx.me, ctx.policy.company_day(ctx.now)
    rule.check_may_be_away(ctx.policy, me.id)
    entered = ctx.store.entered.of(me.id, today)
    span = rule.join_absence(*wanted, today, [rule.Span(one.first, one.last) for one in entered])
    touched = [one for one in entered if rule.spans_meet(span, rule.Span(one.first, one.last))]
    sent_before = bool(key) and ctx.store.outbox.seen(sealing.short_key(key), ctx.now)
    if sent_before or [(one.first, one.last) for one in touched] == [span]:
        return Result(_entered_words(ctx, span), quiet=True)
    absence = Absence(id=sealing.new_id("W"), person_id=me.id, first=span.first, last=span.last, entered_at=ctx.now)
    for one in touched:
        ctx.store.entered.end(one, ctx.now)
    ctx.store.entered.add(absence)
    detail = {"first": span.first.isoformat(), "last": span.last.isoformat(), "instead_of": [one.id for one in touched]}
    return Result(_entered_words(ctx, span), _own_homes(ctx), absence.id, detail)


@handler("away.back", about="absence_id")
def take_back(ctx: Context, absence_id: str) -> Result[None]:
    """End the absence from now on; days that are over stay as they were."""
    absence = ctx.store.row(Absence, absence_id)
    if absence is None or absence.person_id != ctx.me.id:
        raise Refused("I can’t find this absence.", code="unknown")
    if absence.ended_at is not None or absence.last < ctx.policy.company_day(ctx.now):
        raise Repeated(absence.id)
    ctx.store.entered.end(absence, ctx.now)
    detail = {"first": absence.first.isoformat(), "last": absence.last.isoformat()}
    return Result(None, _own_homes(ctx), detail=detail)


def _own_homes(ctx: Context) -> tuple[Effect, ...]:
    """Return what redraws this person's home on each platform."""
    return tuple(Home(ctx.me.id, home.platform) for home in ctx.store.people.homes(ctx.me.id))


def absence_words(ctx: Context, span: rule.Span) -> str:
    """Return the sentence that says these days are entered, and where to take them back unless they come from the
    policy file.
    """
    today = ctx.policy.company_day(ctx.now)
    sentence = f"You’re away {absence_days(span, today)}."
    for one in ctx.store.entered.own_days(ctx.me.id, today):
        if one.first <= span.first and span.last <= one.last:
            where = "on Home" if one.first <= today else "in Manage"
            return f"{sentence} If that changes, press {take_back_label(one.first, today)} {where}."
    return sentence


def _entered_words(ctx: Context, span: rule.Span) -> AbsenceReply:
    """Return what the person reads after saving these days."""
    policy, today, me = ctx.today, ctx.policy.company_day(ctx.now), ctx.me.id
    out = cannot_be_asked(ctx.store, policy)
    ctx.store.write_down()
    return AbsenceReply(absence_words(ctx, span), tuple(unfilled_role_cautions(policy, me, span, today, out)))


class AwayForm(Form):
    """The first and the last day of an absence."""

    name: ClassVar[str] = "away"
    title: ClassVar[str] = "I'm away"
    send: ClassVar[str] = "Save"
    intro: ClassVar[str] = (
        "While you’re away, what needs you goes to your deputy or the next person. You can come back early."
    )
    first: Annotated[Date, OnDay("First day", help="Leave it empty for today.", filled=True)]
    last: Annotated[Date, OnDay("Last day", help="The last day you’re away.")]


INVITES = "Tell me before you go, so your deputy can decide."


def home_lists(ctx: Context) -> Lists:
    """Return the absence list at home; empty for people without a role."""
    me = ctx.me.id
    if not has_duties(ctx.policy, me):
        return {}
    return {
        AWAY: lambda: short_list("", list(_entered_rows(ctx, begun=True))),
        "absence": lambda: short_list("When you are away", list(_own_rows(ctx))),
    }


def _entered_rows(ctx: Context, *, begun: bool) -> Iterator[Row]:
    """Yield the rows of the absences entered in the chat: of one that has begun, or of those to come."""
    policy, day = ctx.today, ctx.policy.company_day(ctx.now)
    for one in ctx.store.entered.own_days(ctx.me.id, day):
        span = Span(one.first, one.last)
        if begun is (span.first <= day):
            button = Button("away_back", take_back_label(span.first, day), one.id)
            small = _small_words(ctx, policy, span, day, cannot_be_asked(ctx.store, policy))
            yield Row(f"You’re away {absence_days(span, day)}", button, small)


def _own_rows(ctx: Context) -> Iterator[Row]:
    """Yield the rows of the absence list: what is to come, what the policy file says, and a button to enter more."""
    me, policy, day = ctx.me, ctx.today, ctx.policy.company_day(ctx.now)
    out = cannot_be_asked(ctx.store, policy)
    yield from _entered_rows(ctx, begun=False)
    for span in _absences_left(ctx.policy, me.id, day):
        words = f"You’re away {absence_days(span, day)}, as the policy file says."
        yield Row(words, None, _small_words(ctx, policy, span, day, out))
    yield Row(INVITES, Button("away", "I'm away", ""))


def _small_words(ctx: Context, policy: Policy, span: Span, day: date, out: frozenset[int]) -> str:
    """Warn of duties that no one covers meanwhile, or else say who covers for this person."""
    me = ctx.me.id
    if cautions := " ".join(unfilled_role_cautions(policy, me, span, day, out)):
        return f"{Sign.ALARM} {cautions}"
    return " · ".join(_duties_handed_over(ctx, policy, me, max(span.first, day), out))


def _absences_left(policy: Policy, person: int, day: date) -> list[Span]:
    """Return the absences of this person that aren't over, according to this policy."""
    return sorted({Span(one.first, one.last) for one in policy.away(person) if one.last >= day})


TITLE = "Saved"


def _from_today(ctx: Context, answers: Answers) -> Mapping[str, str]:
    """Fill in today, the company's day, where the first day was left empty."""
    return {"first": ctx.policy.company_day(ctx.now).isoformat()}


def entered_page(reply: AbsenceReply) -> Page:
    """Return the page shown after saving."""
    return Page(TITLE, (Line(reply.words), *(Line(one, Sign.ALARM) for one in reply.cautions)))


ROOM = Room(
    "away",
    buttons={
        "away": Opens(AwayForm.name, "I'm away"), "away_back": Does(take_back, "I'm back", back="home"),
    },
    forms=(
        Asks(
            AwayForm, lambda _, form, key: enter_absence(form.first, form.last, key), new=True,
            supplied=_from_today, after=entered_page, intro=away_introduction,
        ),
    ),
    lists=home_lists,
)  # fmt: skip
