"""A draw, and a drawn call, with what belongs to them, read once; and the form by which a reviewer says what a call was like (P3, P10)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import ConfigDict

from handlers.acting import Context
from handlers.cards import Option, When
from handlers.forms import Form, OneOf, Words
from handlers.matters.case import Case, Kind, More
from handlers.policy.values import Text
from handlers.room import Given
from handlers.rules import Refused, deadlines, draw_file
from handlers.rules.random_review import DrawCircumstances, seed_of
from handlers.rules.routing import Authority
from handlers.sealing import Seal, Unseen
from storage.records import Grant, Recording
from storage.tables.reviews import CallReview, Draw

OUTGOING = "outgoing"
TOLD = (Option("yes", "Yes, at the start"), Option("no", "No, or too late"), Option("unsure", "I can’t tell"))


class ReviewForm(Form):
    """What a reviewer makes of an incoming call."""

    name: ClassVar[str] = "call_review"
    title: ClassVar[str] = "Review this call"
    send: ClassVar[str] = "Send"
    good: Annotated[Text, Words("What was good?", 1500, lines=True)] = ""
    training: Annotated[
        Text, Words("What training does it suggest?", 1500, lines=True, help="The Head of Customer Success reads it.")
    ] = ""


class OutgoingForm(ReviewForm):
    """What a reviewer makes of an outgoing call, and whether the customer was told that it is recorded (P3)."""

    told: Annotated[
        Literal["yes", "no", "unsure"],
        OneOf("Were they told at the start that the call is recorded?", lambda _: TOLD, help="The policy asks (P3)."),
    ]


def form_for(given: Given) -> type[Form]:
    """Return the form that a call needs: an outgoing one, as the button's value says, has one more question."""
    return OutgoingForm if given.about.endswith(f":{OUTGOING}") else ReviewForm


LIVE = ("waiting", "reviewed", "over")
"""States of a review whose call counts as drawn."""
WORDS = "review"


@dataclass(frozen=True, kw_only=True)
class DrawCase(Case[Draw]):
    """A draw; `reviews` are the calls that were given to reviewers or passed over, `calls` those calls by id."""

    kind = Kind(
        "RD-", name="random_review", clause="P10", row=Draw, decided_by=DrawCircumstances, what="the draw",
        gone="I can’t find this draw.",
    )  # fmt: skip
    frozen: draw_file.Frozen
    reviews: list[CallReview]
    calls: Mapping[int, Recording]

    @classmethod
    def load_more(cls, ctx: Context, matter: Draw) -> More:
        """Load its lists, and what became of the drawn calls."""
        reviews = ctx.store.draws.reviews(matter.id)
        frozen, calls = (
            draw_file.Frozen.model_validate(matter.frozen),
            ctx.store.recordings.by_id(one.recording_id for one in reviews),
        )
        people = [person for one in reviews for person in (one.reviewer, one.entered_by)]
        return More(people=people, fields={"frozen": frozen, "reviews": reviews, "calls": calls})

    def about(self, reader: int) -> tuple[str | When, ...]:
        """Return what lists add to its name: the month."""
        return (f" · {date.fromisoformat(f'{self.matter.month}-01'):%B %Y}",)

    def authority(self, person: int) -> Authority:
        """Return the role by which this person may draw without the beacon; raises `Refused` for anyone else."""
        title = self.policy.role("head_of_customer_success").title
        return self.authority_or(f"Only the {title} can draw without the beacon.", person)

    @property
    def late(self) -> bool:
        """True if the Head was asked to draw without the beacon."""
        return any(one.part != "copy" for one in self.parties)

    @property
    def seed(self) -> str:
        """The seed that decides the order of a drawn month's calls."""
        return seed_of(self.matter.list_hash, draw_file.deciding_bytes(self.matter.signature, self.matter.number))

    def of_reviewer(self, reader: int) -> list[CallReview]:
        """Return the calls that this reader has, or had, to review."""
        return [one for one in self.reviews if one.reviewer == reader and one.state in LIVE]

    @property
    def reviewing(self) -> list[int]:
        """Reviewers who have calls left to review."""
        left = (one.reviewer for one in self.reviews if one.state == "waiting" and one.reviewer is not None)
        return list(dict.fromkeys(left))

    def of_department(self, department: str) -> list[CallReview]:
        """Return what became of the calls of one department's list."""
        return [one for one in self.reviews if one.department == department]

    @property
    def unassigned(self) -> int:
        """How many of the drawn calls still need a reviewer."""
        if self.matter.state != "drawn":
            return 0
        return sum(self._calls_unassigned(name) for name in self.frozen.departments)

    def _calls_unassigned(self, name: str) -> int:
        """Return how many calls of a department's list are still to be given to reviewers."""
        states = [one.state for one in self.of_department(name)]
        left = len(self.frozen.departments[name].calls) - states.count("lost")
        return min(self.frozen.wanted(name), left) - sum(states.count(one) for one in LIVE)


def is_late(draw: Draw) -> bool:
    """Return True if a draw's lists were frozen late, as when the bot was down or was first used later that month."""
    return draw.due_at is not None and draw.asked_at - draw.due_at > deadlines.LATE


class ReviewWords(Unseen):
    """A reviewer's words about a call, as they are sealed."""

    model_config = ConfigDict(frozen=True)
    good: str
    training: str


@dataclass(frozen=True, kw_only=True)
class CallReviewCase(Case[CallReview]):
    """A drawn call, for its reviewer, who may have `heard` it; `written` is what they wrote, None before that or once it is
    erased.
    """

    kind = Kind(
        "RV-", name="random_review", ending="_review", clause="P10", row=CallReview,
        decided_by=DrawCircumstances, what="the review", gone="I can’t find this call to review.",
    )  # fmt: skip
    draw: Draw
    call: Recording
    grant: Grant | None = None
    heard: bool = False
    written: ReviewWords | None = None

    @classmethod
    def load_more(cls, ctx: Context, matter: CallReview) -> More:
        """Load its draw, its call, and what was written of it."""
        found = ctx.store.draws.of_review(matter)
        if found is None:
            raise Refused(cls.kind.gone, code="unknown")
        draw, call, grant = found
        told = Seal(ctx).opened(matter.id, matter.sealed, WORDS) if matter.sealed else None
        written = ReviewWords.model_validate_json(told) if told is not None else None
        heard = grant is not None and ctx.store.grants.had(grant.id, call.id)
        fields = {"draw": draw, "call": call, "grant": grant, "heard": heard, "written": written}
        return More(people=[matter.reviewer], fields=fields)

    @property
    def outgoing(self) -> bool:
        """True for an outgoing call, at whose start the customer has to be told that it is recorded."""
        return self.call.direction == OUTGOING

    @property
    def hearable(self) -> bool:
        """True if the call can be heard, and so be reviewed."""
        grant = self.grant
        if grant is None or grant.ended_at is not None or self.now >= grant.ends_at:
            return False
        return not self.call.closed(self.now)

    def authority(self, person: int) -> Authority:
        """Return the authority of its reviewer, which goes by a role in name only; raises `Refused` for anyone else."""
        if person != self.matter.reviewer:
            raise Refused(self.kind.gone, clause="P10", code="not_reviewer")
        return Authority(person, "head_of_customer_success", deputy=False)

    def everybody(self) -> list[int]:
        """Return its reviewer, the only one who has its card."""
        return [self.matter.reviewer] if self.matter.reviewer is not None else []
