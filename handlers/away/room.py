"""What absences bring to the house: a form, a button and lists at home."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, ClassVar

from handlers.acting import Act
from handlers.away import steps, words
from handlers.cards import Button, Line, Page, Row, Sign
from handlers.forms import Answers, Date, Form, OnDay
from handlers.lists import few
from handlers.policy import Policy
from handlers.room import Asks, Does, Opens, Room, Rows
from handlers.rules.access import company_day
from handlers.rules.availability import Span, may_say


class AwayForm(Form):
    """The first and the last day of an absence."""

    name: ClassVar[str] = "away"
    title: ClassVar[str] = "I'm away"
    send: ClassVar[str] = "Save"
    intro: ClassVar[str] = (
        "While you are away, what waits for you goes to your deputy, or else to whoever comes next. You can come back early."
    )
    first: Annotated[Date, OnDay("First day", help="Left empty, it is today.", filled=True)]
    last: Annotated[
        Date,
        OnDay("Last day", help="The last day on which you are away.", missing="Please choose the last day."),
    ]


INVITES = "Say so before you go, and whoever stands in decides meanwhile."


def lists(act: Act) -> Mapping[str, Rows]:
    """Nothing for whom the policy gives nothing to do."""
    me = act.me.email_key
    if not may_say(act.policy, me):
        return {}
    policy, day = act.today, company_day(act.policy, act.now)
    out = act.store.people.out_of_reach(policy.roles.everybody())
    found = {"absence": few("When you are away", list(_mine(act, policy, day, out)))}
    if steps.oversees(act, policy, me) and (theirs := list(_everybody(act, policy, day, out))):
        found["away"] = few("Away", theirs)
    return found


def _mine(act: Act, policy: Policy, day: date, out: frozenset[str]) -> Iterator[Row]:
    me = act.me
    for one in act.store.absences.of(me.id, day):
        span = Span(one.first, one.last)
        yield Row(
            f"You are away {words.days(span, day)}.",
            Button("away_back", words.taking_back(span.first, day), one.id),
            _beneath(act, policy, span, day, out),
        )
    for span in _left(act.policy, me.email_key, day):
        told = f"You are away {words.days(span, day)}, as the policy file says."
        yield Row(told, None, _beneath(act, policy, span, day, out))
    yield Row(INVITES, Button("away", "I'm away", ""))


def _beneath(act: Act, policy: Policy, span: Span, day: date, out: frozenset[str]) -> str:
    """What is not seen to meanwhile; else who stands in."""
    me = act.me.email_key
    if told := " ".join(words.cautions(policy, me, span, day, out)):
        return f"{Sign.ALARM} {told}"
    return " · ".join(words.duties(act, policy, me, max(span.first, day), out))


def _everybody(act: Act, policy: Policy, day: date, out: frozenset[str]) -> Iterator[Row]:
    people = dict.fromkeys((*sorted(policy.roles.everybody()), *policy.roles.reviewers.holders))
    away = sorted((span, one) for one in people for span in _left(policy, one, day))
    for span, one in away:
        since = max(span.first, day)
        yield Row(
            f"{words.named(act, one)} · {words.days(span, day)}",
            small=" · ".join(words.duties(act, policy, one, since, out)),
        )


def _left(policy: Policy, email: str, day: date) -> list[Span]:
    """The absences of somebody that are not over, by what this policy says."""
    return sorted({Span(one.first, one.last) for one in policy.away(email) if one.last >= day})


TITLE = "Saved"


def _from_today(act: Act, answers: Answers) -> Mapping[str, str]:
    return {"first": company_day(act.policy, act.now).isoformat()}


def said(told: steps.Said) -> Page:
    """What stands there when it was saved."""
    return Page(TITLE, (Line(told.words), *(Line(one, Sign.ALARM) for one in told.cautions), *told.back))


def _sent(_: str) -> Page:
    return Page(TITLE, (Line("Your home shows when you are away."),))


ROOM = Room(
    "away",
    buttons={
        "away": Opens(AwayForm.name, "I'm away"), "away_back": Does(steps.back, "I'm back", back="home"),
    },
    forms=(
        Asks(
            AwayForm, steps.begin, lambda _, form, key: steps.say(form.first, form.last, key), _sent, new=True,
            supplied=_from_today, after=said,
        ),
    ),
    lists=lists,
)  # fmt: skip
