"""A notice to be confirmed with what belongs to it, read once, and the forms; their words are here (P3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, ClassVar, Literal

from handlers.acting import Context, Effect, Home, Tell
from handlers.cards import Option, When
from handlers.forms import Date, Form, OnDay, OneOf, Text, Words
from handlers.matters.asking import people_filling
from handlers.matters.case import Case, Kind, More
from handlers.policy import Policy
from handlers.rules import notices as rule
from handlers.rules.phone import written_number
from handlers.rules.routing import Authority
from storage.database.store import Store
from storage.tables.reviews import NoticeCheck, Outage, PageLook

YesNo = Literal["yes", "no"]
ALL = "all"


def _yes_no(_: Policy) -> tuple[Option, ...]:
    """Return the two answers of the form."""
    return (Option("yes", "Yes"), Option("no", "No"))


def _any_lines(policy: Policy) -> tuple[Option, ...]:
    """Return the choice of a line, or all of them."""
    named = ((number, f"{line.label} ({written_number(number)})"[:75]) for number, line in policy.lines.items())
    return (Option(ALL, "Every line"), *(Option(*one) for one in named))


class NoticeForm(Form):
    """An owner's answer, after phoning the lines, listening to outgoing calls, or looking at the two pages."""

    name: ClassVar[str] = "notice_confirm"
    title: ClassVar[str] = "Confirm a notice"
    send: ClassVar[str] = "Send"
    answer: Annotated[YesNo, OneOf("Is it exactly like that?", _yes_no, help="If one word differs, the answer is no.")]
    words: Annotated[
        Text, Words("What did you hear or see?", 1500, lines=True,
        help="Which phone or page, and when. It is kept with the confirmation."),
    ]  # fmt: skip


class OutageForm(Form):
    """Days on which callers were not told."""

    name: ClassVar[str] = "outage"
    title: ClassVar[str] = "Enter an outage"
    send: ClassVar[str] = "Enter"
    intro: ClassVar[str] = (
        "I mark these days’ calls for approvers, leave them out of reviews, and tell the Head and the Manager, Human Resources."
    )
    line: Annotated[str, OneOf("Which line?", _any_lines, initial=ALL)]
    first: Annotated[Date, OnDay("First day", help="In the line’s time zone.")]
    last: Annotated[Date, OnDay("Last day", help="Today at the latest, and at most 31 days in all.")]
    why: Annotated[Text, Words("What was wrong?", 1000, lines=True, help="One sentence is enough.")]


class WithdrawForm(Form):
    """An outage that was entered by mistake."""

    name: ClassVar[str] = "outage_withdraw"
    title: ClassVar[str] = "Withdraw an outage"
    send: ClassVar[str] = "Withdraw"
    why: Annotated[
        Text, Words("Why was it a mistake?", 1000, lines=True,
        help="Its calls are no longer marked. Calls it took out of a review don’t come back."),
    ]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class NoticeCase(Case[NoticeCheck]):
    """A confirmation of a notice; `look` is what the pages said when it was answered, or last said while it is open.

    `needs_outage`: it was answered no, and no outage was entered since then.
    """

    kind = Kind(
        "N-", name="notices", clause="P3", row=NoticeCheck, decided_by=rule.NoticeCircumstances,
        what="the confirmation", gone="I can’t find this notice.",
    )  # fmt: skip
    look: PageLook | None = None
    needs_outage: bool = False

    @classmethod
    def load_more(cls, ctx: Context, matter: NoticeCheck) -> More:
        """Load what the pages said, and whether an outage was entered after a no."""
        needs_outage = matter.state == "no" and not ctx.store.entered.has(
            Outage.entered_at >= matter.closed_at, Outage.ended_at.is_(None)
        )
        return More(fields={"look": _look_at_pages(ctx, matter), "needs_outage": needs_outage})

    @property
    def name(self) -> str:
        """The notice's name."""
        return rule.NAMES[self.matter.notice]

    def about(self, reader: int) -> tuple[str | When, ...]:
        """Return what lists add to its name: which notice it is."""
        return (f" · {self.name}",)

    @property
    def due(self) -> date:
        """The company's day on which it was asked for."""
        return date.fromisoformat(self.matter.due_on)

    @property
    def overdue(self) -> bool:
        """True from the day after it was asked for."""
        return self.due < self.today

    @property
    def circumstances(self) -> rule.NoticeCircumstances:
        """The confirmation as the routing rules see it."""
        return self.judged_by(rule.NoticeCircumstances, owner=rule.owner_role(self.policy, self.matter.notice))

    def authority(self, person: int) -> Authority:
        """Return the role by which this person confirms; raises `Refused` with the reason."""
        title = self.policy.role(self.circumstances.owner).title
        return self.authority_or(f"This notice is for the {title} to confirm.", person)


def reachable_overseers(ctx: Context) -> list[int]:
    """Return the Head and the Manager, Human Resources, or who stands in for them today, and can be reached."""
    return people_filling(ctx, *rule.OVERSEEING)


def tell_overseers(ctx: Context, words: str, key: str, button: str = "", matter: str = "") -> tuple[Effect, ...]:
    """Tell the overseers of something, except the person who did it; the same `key` is told once."""
    others = [one for one in reachable_overseers(ctx) if one != ctx.who.person_id]
    return tuple(Tell(one, words, key, button, matter) for one in others)


def redraw_homes(ctx: Context) -> tuple[Effect, ...]:
    """Redraw the homes of the overseers and of the person who did it."""
    mine = (ctx.who.person_id,) if ctx.who.person_id is not None else ()
    homes = ctx.store.people.homes(*reachable_overseers(ctx), *mine)
    return tuple(Home(one.person_id, one.platform) for one in homes if one.person_id is not None)


def _look_at_pages(ctx: Context, check: NoticeCheck) -> PageLook | None:
    """Return what the pages said for this confirmation; None for other notices, or if they weren't looked at."""
    if check.notice != "website":
        return None
    if check.decided_by is not None:
        return ctx.store.row(PageLook, check.look) if check.look else None
    last = last_look(ctx.store)
    return last if last is not None and check.is_open and last.digest == check.digest else None


def last_check(store: Store, notice: str, states: Sequence[str] = ("confirmed",)) -> NoticeCheck | None:
    """Return the confirmation of a notice that ended last in one of these states."""
    of_this_notice = (NoticeCheck.notice == notice, NoticeCheck.state.in_(states))
    return store.first_row(NoticeCheck, *of_this_notice, by=(NoticeCheck.closed_at.desc(),))


def refused_before(store: Store, outage: Outage) -> Sequence[NoticeCheck]:
    """Return the confirmations answered no for which this outage may be the first entered since."""
    by = (Outage.entered_at.desc(),)
    before = store.first_row(Outage, Outage.id != outage.id, Outage.ended_at.is_(None), by=by)
    since = (NoticeCheck.closed_at > before.entered_at,) if before is not None else ()
    return store.rows(NoticeCheck, NoticeCheck.state == "no", *since)


def last_look(store: Store) -> PageLook | None:
    """Return what the pages said when last looked at."""
    return store.first_row(PageLook, by=(PageLook.number.desc(),))
