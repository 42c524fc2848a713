"""A draw ends undrawn where a restore, or a clock that was ahead, spoilt what it rests on, and is frozen anew (P10, P12)."""

from __future__ import annotations

from handlers.acting import Act, Done
from handlers.effects import Effect, Tell
from handlers.matters.asking import changed
from handlers.random_review import intents
from handlers.random_review.freezing import WHOSE, drawn_up, in_place_of, put
from handlers.random_review.reminding import ANEW, COUNT, OPEN, REMIND
from handlers.random_review.view import View, load
from handlers.random_review.words import IN_DOUBT, RESTORED, month_words
from handlers.rules import random_review as rule
from handlers.telling_head import tell_head
from storage.commitments import commitment

UNSAFE = (
    "My database was restored from a copy while the random review of {month} waited for lines ({draw}). Its number may be known by "
    "now, so it ends undrawn. I freeze the lists anew with another number, and ask for other lines."
)
TOO_EARLY = (
    "I froze the lists of the random review of {month} by a clock that was ahead ({draw}): they are not due yet. That draw ends "
    "undrawn. I freeze them anew on their day, and ask for other lines then."
)
DECIDED = (
    "I froze the lists of the random review of {month} by a clock that was ahead ({draw}), and it is decided already: calls of the last "
    "days may be in no list. Card and file say so. Once the month is over, the {head} may have it drawn again."
)


def end_restored(act: Act, intent: intents.EndRestoredDraw) -> Done[None]:
    """P12: whoever knows its number from before the restore could type the line that suits; what is counted can't be steered any more.

    One that was frozen since the restore was found stays: another start, or another replica, comes late.
    """
    view, found = load(act, intent.matter), act.store.audit.restored()
    begun = act.store.audit.about(view.draw.id)[0].seq
    if view.draw.state != "waiting" or (found is not None and begun > found.seq):
        return Done(None, quiet=True)
    act.store.deadlines.set(ANEW, view.draw.id, act.now)
    return _ended(act, view, "restored", UNSAFE)


def anew(act: Act, intent: intents.Anew) -> Done[None]:
    """The clock: the lists as they are now, another number, and other lines; unless the month was drawn again meanwhile."""
    before = load(act, intent.matter)
    if before.draw.state != "restored" or before.again:
        return Done(None, quiet=True)
    draw = drawn_up(act, before.draw.month, before.draw.ordinal + 1, f"anew:{before.draw.id}")
    return put(act, draw, in_place_of(draw, before.draw.id, RESTORED))


def too_early(act: Act, view: View) -> Done[None]:
    """The clock stands before the day of the lists again: they are frozen on that day, or it is told that they are decided."""
    draw = view.draw
    if draw.state == "waiting":
        act.store.deadlines.set(OPEN, WHOSE, rule.next_opening(act.policy, act.now))
        return _ended(act, view, "early", TOO_EARLY)
    if IN_DOUBT in draw.why:
        return Done(None, quiet=True)
    draw.why = f"{draw.why} {IN_DOUBT}".lstrip()
    words = {"words": commitment(draw.salt, "again", draw.why)}
    return Done(None, (*changed(view), *_told(act, view, DECIDED, "early")), detail=words)


def _ended(act: Act, view: View, state: str, words: str) -> Done[None]:
    draw = view.draw
    draw.state, draw.closed_at, draw.sealed = state, act.now, b""
    act.store.deadlines.drop_all((COUNT, REMIND), draw.id, act.now)
    return Done(None, (*changed(view), *_told(act, view, words, state)), detail={"state": state})


def _told(act: Act, view: View, words: str, once: str) -> tuple[Effect, ...]:
    """Whoever holds its card is told, since an edited card counts as read; and the Head in any case."""
    head = act.policy.role("head_of_customer_success").title
    told = words.format(month=month_words(view.draw.month), draw=view.draw.id, head=head)
    key, holders = f"random_review:{view.draw.id}:{once}", view.everybody()
    others = (one for one in tell_head(act, told, key, "details", view.draw.id) if one.person not in holders)
    return (*(Tell(one, told, key, "details", view.draw.id) for one in holders), *others)
