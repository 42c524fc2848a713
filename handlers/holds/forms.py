"""The forms of holds, and what they are filled with when they open (P12)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Annotated, ClassVar

from pydantic import Field

from handlers import finding
from handlers.acting import Context
from handlers.cards import Filled, Option, Sheet
from handlers.forms import Answers, AnyOf, Date, Form, OnDay, Text, Words
from handlers.holds.cards import THERE, erased_at, may_hold
from handlers.policy import Policy
from handlers.rules import holds as rule
from handlers.words import length_words, line_words, masked_number, moment_words, quantity_words
from storage.records import Recording, Request
from storage.tables.calls import ErasurePause

PEOPLE = "hold_people"
"""The look-up of whom a case is about."""
MOST_PEOPLE = 20


def _most_calls(policy: Policy) -> int:
    return policy.holds.most_calls


Calls = Annotated[
    list[Annotated[int, Field(ge=1, lt=2**31)]],
    AnyOf(
        "Which calls?",
        "recordings",
        _most_calls,
        help="Type part of the number, the operator's name, a date or the CRM reference.",
        placeholder="Find a call",
    ),
]
Case = Annotated[
    Text,
    Words(
        "For which case?",
        120,
        help="Holds are counted per case.",
        placeholder="Claim of a customer, March invoice",
        missing="Please name the case.",
    ),
]
Reason = Annotated[
    Text,
    Words(
        "Why must they be kept?",
        1000,
        lines=True,
        help="The person who decides reads it.",
        missing="Please say in a sentence why they must be kept.",
    ),
]
Concerned = Annotated[
    list[str],
    AnyOf(
        "Is the case about a colleague?",
        PEOPLE,
        lambda _: MOST_PEOPLE,
        help="They have no part in this hold and won’t see it.",
        placeholder="Find a person",
    ),
]
Until = Annotated[Date, OnDay("Until when?", help="Leave it empty for as long as the policy allows.", filled=True)]


class AskForm(Form):
    """Anybody of the staff asks for a hold of some calls."""

    name: ClassVar[str] = "hold_ask"
    title: ClassVar[str] = "Ask for a hold"
    send: ClassVar[str] = "Hold"
    recordings: Calls
    case: Case
    reason: Reason
    concerned: Concerned = Field(default_factory=list)


class HoldForm(Form):
    """A hold of calls that are chosen, by whoever may set one."""

    name: ClassVar[str] = "hold"
    title: ClassVar[str] = "Hold calls"
    send: ClassVar[str] = "Hold"
    recordings: Calls
    case: Case
    reason: Reason
    until: Until
    concerned: Concerned = Field(default_factory=list)


class RenewForm(Form):
    """Another end for a hold."""

    name: ClassVar[str] = "hold_renew"
    title: ClassVar[str] = "Renew this hold"
    send: ClassVar[str] = "Renew"
    until: Until


class ReleaseForm(Form):
    """A hold is not needed, or no longer."""

    name: ClassVar[str] = "hold_release"
    title: ClassVar[str] = "Release this hold"
    send: ClassVar[str] = "Release"
    words: Annotated[
        Text,
        Words(
            "Why is it no longer needed?",
            1000,
            lines=True,
            help="It stays on the card.",
            missing="Please say in a sentence why it is no longer needed.",
        ),
    ]


MOST_OPTIONS = 40


def form_to_ask(ctx: Context, request: str) -> tuple[Sheet, Filled]:
    """The form that asks for a hold, about the calls of a request where one is named."""
    return _fill_form(ctx, AskForm, request, asking_introduction(ctx))


def asking_introduction(ctx: Context, _: str = "") -> str:
    """What somebody reads first who asks for a hold."""
    days = ctx.policy.holds.provisional_working_days
    head = ctx.policy.role("head_of_customer_success").title
    return f"The calls are kept at once, for {quantity_words(days, 'working day')}. The {head} confirms the hold or lets it go."


def form_to_set(ctx: Context, request: str) -> tuple[Sheet, Filled]:
    """The form that sets a hold, about the calls of a request where one is named."""
    sheet, filled = _fill_form(ctx, HoldForm, request, setting_introduction(ctx))
    return sheet, replace(filled, values={**filled.values, **default_end(ctx, {})})


def setting_introduction(ctx: Context, _: str = "") -> str:
    """What somebody reads first who sets a hold."""
    return f"A hold lasts {ctx.policy.holds.most_days} days at most, and can be renewed."


def default_end(ctx: Context, answers: Answers) -> Mapping[str, str]:
    """The end that stands where none was chosen."""
    return {"until": rule.last_day(ctx.policy, ctx.now).isoformat()}


def people_to_choose(ctx: Context, typed: str) -> list[Option]:
    """Whom a case may be about: for whoever sets holds anybody who was ever here, for all others those in a role."""
    return finding.find_colleagues(ctx, typed) if _may_set_holds(ctx) else finding.find_people(ctx, typed)


def people_named(ctx: Context, values: Iterable[str]) -> list[Option]:
    """Whoever was chosen before."""
    return finding.name_colleagues(ctx, values) if _may_set_holds(ctx) else finding.named_people(ctx, values)


def _may_set_holds(ctx: Context) -> bool:
    return rule.may_set(ctx.policy, ctx.me.id)


def _fill_form(ctx: Context, form: type[Form], request: str, words: str) -> tuple[Sheet, Filled]:
    sheet = form.sheet(ctx.policy, intro=words)
    calls = [one for one in _calls_of(ctx, request) if may_hold(ctx, one)]
    there = [one for one in calls if one.state in THERE]
    moments = [at for one in calls if one.state == "erased" and (at := erased_at(ctx, one)) is not None]
    gone = " ".join(f"A call of {request} was erased on {moment_words(at, ctx.me.zone, ctx.now)}." for at in moments)
    offered = [_call_option(ctx, one) for one in there]
    values = {"recordings": [one.value for one in offered]} if offered else {}
    return replace(sheet, intro=f"{gone} {words}".strip()), Filled(
        values, {}, {"recordings": offered} if offered else {}
    )


def _calls_of(ctx: Context, request: str) -> list[Recording]:
    """The calls of a request whose card this person holds, or those that wait in a pause; nothing for anybody else."""
    found = ctx.store.matters.get(request) if request else None
    if found is None or ctx.me.id not in ctx.store.matters.holders(found):
        return []
    if isinstance(found, ErasurePause):
        return ctx.store.recordings.all_of(ctx.store.pauses.calls(found.id, MOST_OPTIONS))
    return ctx.store.recordings.of_request(found.id) if isinstance(found, Request) else []


def _call_option(ctx: Context, one: Recording) -> Option:
    label = f"{moment_words(one.started, line_words(one.line, ctx.policy)[1], ctx.now)} · {one.operator_name}"
    small = [one.direction, masked_number(one.caller), length_words(one.seconds), one.crm]
    return Option(str(one.id), label, " · ".join(part for part in small if part))
