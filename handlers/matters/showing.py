"""A kind of matter as its room brings it, and a matter's card for one reader at a time; which room shows it is told by its id."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Generic, TypeVar

from handlers.acting import Context, Handler, Result, handler
from handlers.cards import Actions, Button, Card, Page, Part, Row, Small
from handlers.door import catch_up_cards
from handlers.matters import asking
from handlers.matters.asking import may_look
from handlers.matters.case import Case
from handlers.phrases import day_words
from handlers.room import ROOMS, DrawnCard, Room, Shows
from handlers.rules import Refused
from handlers.rules import whose_data as rule
from handlers.sealing import Unopened
from storage.database.store import Store
from storage.matters import Reminder
from storage.records import Party, Request
from storage.tables.reviews import PolicyText

K = TypeVar("K", bound=Case[Any])


@dataclass(slots=True)
class MatterOf(Generic[K]):
    """Defines what has a card: how it is loaded, the card itself (`drawn`), and the line that reminds people of it.

    Its ids begin with `prefix`; `gone` is what a person reads who may not know of it. All of its loaders raise
    `Refused` for an unknown id.
    """

    loads: type[K]
    card: Callable[..., Card]
    row: Callable[..., Row | None]
    prefix: str = field(init=False)
    gone: str = field(init=False)
    reroute: Handler[[str, int, str, str, datetime | None], None] = field(init=False)
    recheck: Handler[[str], None] = field(init=False)

    def __post_init__(self) -> None:
        """Make the handlers of every matter, under this kind's own name."""
        kind = self.loads.kind
        self.prefix, self.gone = kind.prefix, kind.gone
        self.reroute = handler(f"{kind.name}.reroute{kind.ending}", clause=kind.clause, about="matter")(self._reroute)
        self.recheck = handler(f"{kind.name}.recheck{kind.ending}", clause=kind.clause, about="matter")(self._recheck)

    def shown(self, ctx: Context, matter: str, reader: int, *, whole: bool = False) -> DrawnCard | None:
        """Return the card for a reader now, `whole` as Details shows it; None if that reader holds no copy."""
        case = self.case(ctx, matter)
        card = self.drawn_for(ctx, case, reader, whole=whole)
        return DrawnCard(card, case.matter.revision) if card is not None else None

    def drawn_for(self, ctx: Context, case: K, reader: int, *, whole: bool) -> Card | None:
        """Return the card for a reader who holds a copy or may look at Details; None for anyone else."""
        if reader not in case.everybody() and not (whole and self.may_look(ctx, case, reader)):
            return None
        card = self.drawn(ctx, case, reader, whole=whole)
        others = [case.people[one].name for one in case.everybody() if one != reader] if whole else []
        also = (Small(f"Also seen by {', '.join(others)}"),) if others else ()
        return replace(card, parts=(*card.parts, *also))

    def drawn(self, ctx: Context, case: K, reader: int, *, whole: bool) -> Card:
        """Draw its card for one reader, `whole` as Details shows it."""
        return self.card(case, reader, whole=whole)

    def may_look(self, ctx: Context, case: K, reader: int) -> bool:
        """Return True if a person without a copy may open Details: one who was told of an alarm about it."""
        return not case.has_no_part(reader) and may_look(ctx, case.matter, reader)

    def case(self, ctx: Context, matter: str) -> K:
        """Load the matter as it is now."""
        return self.loads.load(ctx, matter)

    def reminded(self, ctx: Context, reminder: Reminder) -> Row | None:
        """Return the line that reminds a person of a step; None if it no longer concerns them."""
        return self.row(self.case(ctx, reminder.matter_id), reminder)

    def waiting(self, store: Store) -> Sequence[str]:
        """Return the ids of matters that are waiting or watched, oldest first."""
        return store.matters.ids(self.loads.kind.row, self.loads.kind.watched)

    def _reroute(
        self, ctx: Context, matter: str, person: int, code: str, outgoing: str, began: datetime | None = None
    ) -> Result[None]:
        """Ask someone else, since the card couldn't be delivered to `person`; the delivery asks for it. See
        `asking.reroute_around`.
        """
        return asking.reroute_around(ctx, self.case(ctx, matter), person, code, outgoing, began)

    def _recheck(self, ctx: Context, matter: str) -> Result[None]:
        """Ask the people who decide now; the clock asks for it while the matter waits. See `asking.recheck_deciders`."""
        return asking.recheck_deciders(ctx, self.case(ctx, matter))


GONE = "I can’t find this request."
"""What people read if no kind of matter has the id."""
DETAILS = "details"
DECIDED = frozenset({"approved", "denied", "completed", "settled", "agreed", "let_go", "released"})
"""States that result from a decision; the others come with time, or from the person who asked."""


def kind_of(matter: str) -> MatterOf[Any]:
    """Return the kind of matter that has this id.
    Raises `Refused` if none has, with the words for people who may not know of it.
    """
    for room in ROOMS:
        if room.matter is not None and matter.startswith(room.matter.prefix):
            return room.matter
    raise Refused(GONE, code="unknown")


def may_know(ctx: Context, matter: str, reader: int) -> bool:
    """Return True if a person may know of this matter: it isn't their own case and isn't routed around them (P9). False
    for an unknown id, and for words that can't be opened.
    """
    try:
        case: Case[Any] = kind_of(matter).case(ctx, matter)
        return case.may_be_named_to(reader)
    except (Refused, Unopened):
        return False


def hidden_inquiries(ctx: Context) -> frozenset[str]:
    """P11: return investigations that are open or ended too recently to be shown to operators or in the figures."""
    policy, store = ctx.policy, ctx.store.whose_data
    reasons = [key for key in policy.reasons if rule.is_investigation(policy, key, longer=False)]
    inquiries = [_inquiry_of_request(*one) for one in store.inquiries(reasons)]
    holds = store.held({call for one in inquiries for call in one.calls})
    ends = rule.when_each_ends(policy, inquiries, [rule.Hold(*one) for one in holds])
    return rule.hidden_at(policy, ctx.now, ends)


def _inquiry_of_request(request: Request, calls: set[int], over_at: datetime | None) -> rule.Inquiry:
    """Return a request as the rule sees it. It ends with its decision or its access, whichever is later."""
    moments = [one for one in (request.asked_at, request.closed_at, over_at) if one is not None]
    ends_at = None if request.is_open else max(moments)
    return rule.Inquiry(request.id, request.about, frozenset(calls), request.asked_at, ends_at)


def details_page(ctx: Context, matter: str) -> Page:
    """Return the whole card, with what is needed too rarely to be shown in the chat.
    `matter` is a button's value: an id, and perhaps more after a colon. Raises `Refused` if the reader holds no copy.
    """
    matter = matter.partition(":")[0]
    kind = kind_of(matter)
    drawn = kind.shown(ctx, matter, ctx.me.id, whole=True)
    if drawn is None:
        raise Refused(kind.gone, code="no_copy")
    parts = (part for one in drawn.card.parts for part in _without_details(one))
    return Page("Details", (*parts, *_values_of_its_day(ctx, matter)), drawn.card.summary)


def _without_details(part: Part) -> tuple[Part, ...]:
    """Drop the Details button, which a reader of Details doesn't need."""
    if not isinstance(part, Actions):
        return (part,)
    left = tuple(one for one in part.buttons if one.action != DETAILS)
    return (Actions(left),) if left else ()


def show_card(ctx: Context, matter: str, reader: int) -> DrawnCard | None:
    """Return a matter's card for one reader now, with a way to Details if a platform drops a part; None without a copy.

    Raises `Refused` for an unknown id.
    """
    drawn = kind_of(matter).shown(ctx, matter, reader)
    return drawn and replace(drawn, card=replace(drawn.card, rest=Button(DETAILS, "Details", matter)))


def _values_of_its_day(ctx: Context, matter: str) -> tuple[Part, ...]:
    """P14: return the line that says which day's policy was in force when it was closed; empty while it is open."""
    row = ctx.store.matters.get(matter)
    if row is None or row.closed_at is None:
        return ()
    text = ctx.store.first_row(PolicyText, PolicyText.since <= row.closed_at, by=(PolicyText.number.desc(),))
    if text is None:
        return ()
    how = "Drawn" if row.state == "drawn" else "Decided" if row.state in DECIDED else "Closed"
    return (Small(f"{how} under the policy of {day_words(ctx.policy.company_day(text.since), None)}"),)


@handler("matters.pressed", about="matter")
def note_press(ctx: Context, matter: str) -> Result[None]:
    """Note that a person who pressed a button on a card can be reached. Asked for beside what the button does.

    P13: a press on anything that isn't a matter, such as a confidential report, leaves no log entry.
    """
    if ctx.store.matters.get(matter) is None:
        return Result(None, quiet=True)
    me, behind = ctx.me.id, catch_up_cards(ctx, ctx.me.id)
    came_back = asking.mark_reachable(ctx.store.row(Party, matter, me))
    if not came_back and not behind:  # as after nearly every press
        return Result(None, quiet=True)
    case = kind_of(matter).case(ctx, matter)
    if came_back:
        return Result(None, asking.bump_and_redraw(case), detail={"person": me}, clause=case.clause)
    return Result(None, behind if me in case.everybody() else (), quiet=True)


ROOM = Room("matters", buttons={DETAILS: Shows(details_page, "Details")})
