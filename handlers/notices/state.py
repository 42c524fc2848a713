"""A notice that is to be confirmed with all that belongs to it, read once, so that rules and cards need not ask the store (P3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from handlers.acting import Context
from handlers.cards import When
from handlers.effects import Effect, Home, Tell
from handlers.matters.asking import filling
from handlers.matters.case import Case, Kind, More
from handlers.rules import notices as rule
from handlers.rules.routing import Authority
from storage.database.store import Store
from storage.tables.reviews import NoticeCheck, PageLook

NAMES: Mapping[str, str] = {
    "phone": "Phone announcement",
    "website": "Notice on the website",
    "outgoing": "Words on outgoing calls",
}


@dataclass(frozen=True, kw_only=True)
class NoticeCase(Case[NoticeCheck]):
    """One confirmation; `look` is what the pages were seen to say when it was answered, and until then what they were seen to say last."""

    kind = Kind(
        "N-", name="notices", clause="P3", row=NoticeCheck, decided_by=rule.NoticeCircumstances,
        what="the confirmation", gone="I can't find this notice.",
    )  # fmt: skip
    look: PageLook | None = None

    @classmethod
    def load_more(cls, ctx: Context, matter: NoticeCheck) -> More:
        """What the pages were seen to say."""
        return More(fields={"look": _look_at_pages(ctx, matter)})

    @property
    def name(self) -> str:
        """What the notice is called."""
        return NAMES[self.matter.notice]

    def about(self, reader: int) -> tuple[str | When, ...]:
        """Which notice it is."""
        return (f" · {self.name}",)

    @property
    def due(self) -> date:
        return date.fromisoformat(self.matter.due_on)

    @property
    def overdue(self) -> bool:
        """Since the day after it was asked for."""
        return self.due < self.today

    @property
    def circumstances(self) -> rule.NoticeCircumstances:
        """What the rules of who confirms need of it."""
        return self.judged_by(rule.NoticeCircumstances, owner=rule.owner_role(self.policy, self.matter.notice))

    def authority(self, person: int) -> Authority:
        """By which role this person confirms; raises `Refused` with the reason why not."""
        title = self.policy.role(self.circumstances.owner).title
        return self.authority_or(f"This notice is for the {title} to confirm.", person)


def reachable_overseers(ctx: Context) -> list[int]:
    """The Head and the Manager, Human Resources, or who stands in for them today, and can be reached."""
    return filling(ctx, *rule.OVERSEEING)


def tell_overseers(ctx: Context, words: str, once: str, button: str = "", matter: str = "") -> tuple[Effect, ...]:
    """A line in words to each of them but to who did it."""
    others = [one for one in reachable_overseers(ctx) if one != ctx.who.person_id]
    return tuple(Tell(one, words, once, button, matter) for one in others)


def redraw_homes(ctx: Context) -> tuple[Effect, ...]:
    """Their homes, and that of who did it, which show what changed."""
    people = dict.fromkeys(
        (*reachable_overseers(ctx), *((ctx.who.person_id,) if ctx.who.person_id is not None else ()))
    )
    return tuple(Home(one, home.platform) for one in people for home in ctx.store.people.homes(one))


def _look_at_pages(ctx: Context, check: NoticeCheck) -> PageLook | None:
    if check.notice != "website":
        return None
    if check.decided_by is not None:
        return ctx.store.row(PageLook, check.look) if check.look else None
    last = last_look(ctx.store)
    return last if last is not None and check.is_open and last.digest == check.digest else None


def last_check(store: Store, notice: str, states: Sequence[str] = ("confirmed",)) -> NoticeCheck | None:
    """The confirmation of a notice that ended last in one of these states."""
    mine = (NoticeCheck.notice == notice, NoticeCheck.state.in_(states))
    return store.first_row(NoticeCheck, *mine, by=(NoticeCheck.closed_at.desc(),))


def last_look(store: Store) -> PageLook | None:
    """What the pages were seen to say last."""
    return store.first_row(PageLook, by=(PageLook.number.desc(),))
