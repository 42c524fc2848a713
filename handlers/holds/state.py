"""A hold with what belongs to it, read once; and the forms of holds, with what they are filled with when they open (P12)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, ClassVar

from pydantic import Field

from handlers import finding
from handlers.acting import Context
from handlers.cards import Filled, Sheet
from handlers.forms import Answers, AnyOf, Date, Form, OnDay, Text, Words
from handlers.matters.case import Case, Kind, More
from handlers.phrases import moment_words, quantity_words
from handlers.policy import Policy
from handlers.rules import Refused
from handlers.rules import holds as rule
from handlers.rules.holds import HoldCircumstances
from handlers.rules.routing import Authority
from storage.holds import STANDING, HeldCall
from storage.records import Person, Recording, Request
from storage.tables.calls import ErasurePause, Hold


@dataclass(frozen=True, slots=True)
class BegunHold:
    """The hold that now exists, and until when; `asked` are the names of those who have to confirm it.

    `erased` are the times at which other chosen calls were erased; `too_late` counts calls whose deletion has already
    been requested.
    """

    hold: str
    until: datetime
    asked: tuple[str, ...] = field(compare=False)
    number: int
    erased: tuple[datetime, ...] = ()
    too_late: int = 0


FIRST = 5
"""How many calls the card itself shows."""


@dataclass(frozen=True, kw_only=True)
class HoldCase(Case[Hold]):
    """One hold; `calls` are the first of its `number` calls."""

    kind = Kind(
        "H-", name="hold", clause="P12", row=Hold, decided_by=HoldCircumstances, what="hold",
        gone="I can’t find this hold.", waits=lambda hold: hold.keeps, watched=STANDING,
        names=lambda hold: (hold.set_by, hold.renewed_by, hold.closed_by),
    )  # fmt: skip
    calls: list[HeldCall]
    number: int

    @classmethod
    def load_more(cls, ctx: Context, matter: Hold) -> More:
        """Load its calls, and the people on them, who have a conflict."""
        calls = ctx.store.holds.calls(matter.id, FIRST)
        fields = {"calls": calls, "number": calls[0].of if calls else 0}
        return More(operators=ctx.store.recordings.operators([matter.id])[matter.id], fields=fields)

    @property
    def over(self) -> bool:
        """True if it no longer keeps anything, even before the clock has closed it."""
        return not self.matter.keeps or self.now >= self.matter.ends_at

    @property
    def asker(self) -> Person:
        return self.people[self.matter.asked_by]

    def authority(self, person: int) -> Authority:
        """Return the role by which this person decides on it; raises `Refused` with the reason."""
        asked = self.asked if self.matter.is_open else frozenset[int]()
        return rule.decides_as(self.circumstances, person, asked)

    def has_no_part(self, person_id: int) -> bool:
        """Return True if this person must have no part in it: the case is about them, or they were on one of its calls."""
        return self.involved.why(person_id) is not None

    def everybody(self) -> list[int]:
        """Return everyone with a copy of the card; a person who set it and has a conflict since is left out."""
        first, holders = self.matter.asked_by, super().everybody()
        return [one for one in holders if one != first or self.matter.begun == "asked" or not self.has_no_part(one)]


PEOPLE = "hold_people"
"""The look-up of whom a case is about."""
MOST_PEOPLE = 20


def _most_calls(policy: Policy) -> int:
    return policy.holds.most_calls


Calls = Annotated[
    list[Annotated[int, Field(ge=1, lt=2**31)]], AnyOf("Which calls?", "recordings", _most_calls,
    help="Type part of the number, the operator’s name, a date or the CRM reference.", placeholder="Find a call"),
]  # fmt: skip
CaseName = Annotated[
    Text, Words("For which case?", 120, help="Use one name for each case.", placeholder="Customer claim, March invoice")
]
Reason = Annotated[Text, Words("Why must they be kept?", 1000, lines=True, help="The person who decides reads it.")]
Concerned = Annotated[
    list[str], AnyOf("Is the case about a colleague?", PEOPLE, lambda _: MOST_PEOPLE,
    help="They have no part in this hold and won’t see it.", placeholder="Find a person"),
]  # fmt: skip
End = Annotated[
    Date | None, OnDay("Until when?", help="Leave it empty for as long as the policy allows. If the hold must be confirmed, the person who confirms it decides."),
]  # fmt: skip
Until = Annotated[Date, OnDay("Until when?", help="Leave it empty for as long as the policy allows.", filled=True)]


class HoldForm(Form):
    """A hold of some calls, which any member of staff may ask for."""

    name: ClassVar[str] = "hold"
    title: ClassVar[str] = "Hold calls"
    send: ClassVar[str] = "Hold"
    recordings: Calls
    case: CaseName
    reason: Reason
    until: End = None
    concerned: Concerned = Field(default_factory=list)


class RenewForm(Form):
    """A new end for a hold in force."""

    name: ClassVar[str] = "hold_renew"
    title: ClassVar[str] = "Renew this hold"
    send: ClassVar[str] = "Renew"
    until: Until


class ReleaseForm(Form):
    """Why a hold is released or not confirmed."""

    name: ClassVar[str] = "hold_release"
    title: ClassVar[str] = "Stop holding these calls"
    send: ClassVar[str] = "Stop holding"
    words: Annotated[Text, Words("Why is it no longer needed?", 1000, lines=True, help="It appears on the card.")]


MOST_OPTIONS = 40


def hold_introduction(ctx: Context, _: str = "") -> str:
    """Return what a person reads before asking for a hold."""
    if rule.may_set(ctx.policy, ctx.me.id):
        return f"A hold lasts {ctx.policy.holds.most_days} days at most, and can be renewed."
    days = ctx.policy.holds.provisional_working_days
    head = ctx.policy.role("head_of_customer_success").title
    return f"The hold takes effect at once and lasts {quantity_words(days, 'working day')}, unless the {head} confirms it for longer."


def default_end(ctx: Context, answers: Answers) -> Mapping[str, str]:
    """Return what fills in an end that was left empty: the last day that the policy allows."""
    return {"until": rule.last_day(ctx.policy, ctx.now).isoformat()}


def filled_hold_form(ctx: Context, request: str) -> tuple[Sheet, Filled]:
    """Return the form with the calls of the matter from whose card it opens: a request or a pause of erasures. Calls
    that were erased meanwhile are named above.
    """
    calls = [one for one in _calls_of(ctx, request) if finding.may_know(ctx, one)]
    moments = [
        at for one in calls if one.state == "erased" and (at := ctx.store.erasures.erased_at(one.id)) is not None
    ]
    gone = " ".join(f"A call of {request} was erased on {moment_words(at, ctx.me.zone, ctx.now)}." for at in moments)
    offered = [finding.call_option(ctx.policy, one, ctx.now) for one in calls if one.state in THERE]
    values = {"recordings": [one.value for one in offered]} if offered else {}
    sheet = HoldForm.sheet(ctx.policy, intro=f"{gone} {hold_introduction(ctx)}".strip())
    return sheet, Filled(values, {}, {"recordings": offered} if offered else {})


def _calls_of(ctx: Context, request: str) -> list[Recording]:
    """Return the calls of a request, or of a pause of erasures, whose card this person holds; none for anyone else."""
    found = ctx.store.matters.get(request) if request else None
    if found is None or ctx.me.id not in ctx.store.matters.holders(found)[request]:
        return []
    if isinstance(found, ErasurePause):
        return ctx.store.recordings.all_of(ctx.store.pauses.calls(found.id, MOST_OPTIONS))
    return ctx.store.recordings.of_request(found.id) if isinstance(found, Request) else []


THERE = ("present", "declined", "closed")
"""States of a call whose audio is there."""


@dataclass(frozen=True, slots=True)
class ChosenCalls:
    """Calls that can be held; when others were erased; and for how many the recorder was asked already."""

    calls: list[Recording]
    erased: tuple[datetime, ...]
    too_late: int


def choose_calls(ctx: Context, ids: Iterable[int]) -> ChosenCalls:
    """Return the chosen calls that this person may know of, even those past their time. Raises `Refused` at the field."""
    wanted = list(dict.fromkeys(ids))
    known = [one for one in ctx.store.recordings.all_of(wanted) if finding.may_know(ctx, one)]
    with_audio = [one for one in known if one.state in THERE]
    erased_at = {one.id: ctx.store.erasures.erased_at(one.id) for one in known if one.state == "erased"}
    erased = [at for at in erased_at.values() if at is not None]
    if erased and not with_audio:
        zone = ctx.me.zone
        words = " ".join(f"This call was erased on {moment_words(at, zone, ctx.now)}." for at in erased)
        raise Refused.at({"recordings": f"{words} It can’t be held any more."}, "P12")
    if len(with_audio) + len(erased) < len(wanted) or not with_audio:
        raise Refused.at({"recordings": "One of these calls is no longer there. Please choose again."}, "P12")
    return ChosenCalls(
        with_audio, tuple(erased), ctx.store.erasures.asked(one.id for one in with_audio if one.closed(ctx.now))
    )
