"""Reviewers type lines, unseen by each other; then it is told which of them count (P10)."""

from __future__ import annotations

from contextlib import suppress

from handlers.acting import Act, Done
from handlers.effects import Tell
from handlers.matters.asking import changed
from handlers.matters.case import allowed
from handlers.random_review import intents
from handlers.random_review.cards import hashes
from handlers.random_review.reminding import COUNT, DRAW, REMIND
from handlers.random_review.view import GONE, View, load, seen
from handlers.random_review.words import month_words
from handlers.rules import random_review as rule
from handlers.rules.drawing import line_of
from handlers.rules.refusal import Refused
from handlers.sealing import Seal
from handlers.telling_head import tell_head
from handlers.written import Unopened
from storage.commitments import commitment
from storage.tables.draws import DrawLine

LINE = "line"
UNREADABLE = "What the random review of {month} had sealed can’t be read any more, so nothing was drawn ({draw}). Press Details to have it drawn again."
NO_LINES = "Nobody typed a line for the random review of {month} in time, so nothing was drawn ({draw}). Press Details to have it drawn again."


def introduction(act: Act, draw: str) -> str:
    """What stands above the form; raises `Refused` for whoever has no line to type."""
    _contributing(act, draw)
    return "Your line, another reviewer’s and a number that I have chosen already decide which calls are drawn. Nobody can know beforehand where that leads."


def contribute(act: Act, intent: intents.Contribute) -> Done[None]:
    """It is sealed until it counts; the receipt says which hashes stood before it, and is never edited. The second line ends it."""
    view = _contributing(act, intent.matter)
    draw, words = view.draw, line_of(intent.form.line)
    if not words:
        raise Refused.at({"line": "Nothing of this can be seen. Please type something that can."}, "P10")
    sealed = Seal(act).sealed(draw.id, words.encode(), _place(act.me.id))
    act.store.draws.say(DrawLine(draw_id=draw.id, person_id=act.me.id, sealed=sealed, at=act.now))
    detail: dict[str, object] = {"words": commitment(draw.salt, LINE, words)}
    view = seen(act, draw)
    if len(view.lines) == rule.LINES:
        with suppress(Unopened):  # the clock finds it, and says so
            detail |= _counted(act, view)
    return Done(None, (*changed(view), _receipt(act, view)), detail=detail)


def count(act: Act, intent: intents.Count) -> Done[None]:
    """The clock: it is drawn with the lines there are; without any nothing is drawn, and the Head is told."""
    view = load(act, intent.matter)
    draw = view.draw
    if draw.state != "waiting":
        return Done(None, quiet=True)
    if not view.lines:
        return undrawn(act, view, NO_LINES)
    try:
        detail = _counted(act, view)
    except Unopened:
        return undrawn(act, view, UNREADABLE)
    return Done(None, changed(view), detail=detail)


def undrawn(act: Act, view: View, words: str) -> Done[None]:
    """Nothing is drawn, and the Head hears why, in words with the month and the draw left open."""
    draw = view.draw
    draw.state, draw.closed_at, draw.sealed = "undrawn", act.now, b""
    act.store.deadlines.drop(REMIND, draw.id, act.now)
    told = tell_head(
        act,
        words.format(month=month_words(draw.month), draw=draw.id),
        f"random_review:{draw.id}:undrawn",
        "details",
        draw.id,
    )
    return Done(None, (*changed(view), *told), detail={"state": "undrawn"})


def _contributing(act: Act, draw: str) -> View:
    view = load(act, draw)
    allowed(view, act.who.person_id, lambda _: _asked(act, view), GONE)
    late = view.draw.due_at is not None and view.draw.due_at < act.now
    stage = "lines" if view.draw.state == "waiting" and not late else view.draw.state
    rule.contribute(stage, lines=len(view.lines), again=act.me.id in view.typed)
    return view


def _asked(act: Act, view: View) -> bool:
    rule.reviewer(view.policy, act.me.email_key)
    if not view.is_asked(act.me.id):
        rule.not_asked()
    return True


def _counted(act: Act, view: View) -> dict[str, object]:
    """From now on everybody may read the lines that count; nothing about them changes once the number is told.

    Raises `Unopened` where one of them can't be read, or the key is gone.
    """
    draw, seal = view.draw, Seal(act)
    opened = [seal.opened(draw.id, one.sealed, _place(one.person_id)) for one in view.lines]
    for one, told in zip(view.lines, opened, strict=True):
        if told is None:
            raise Unopened
        one.line, one.sealed = told.decode(), b""
    draw.state, draw.counted_at = "counted", act.now
    act.store.deadlines.drop_all((COUNT, REMIND), draw.id, act.now)
    act.store.deadlines.set(DRAW, draw.id, act.now + rule.BEFORE_THE_NUMBER)
    return {"state": "counted", "lines": [one.person_id for one in view.in_order]}


def _receipt(act: Act, view: View) -> Tell:
    words = (
        f"Your line for the random review of {month_words(view.draw.month)} is in. Please keep this message, and a copy of your "
        f"line: I had fixed these hashes before I knew it.\n{hashes(view)}"
    )
    return Tell(act.me.id, words, f"random_review:{view.draw.id}:line", "details", view.draw.id)


def _place(person: int) -> str:
    return f"{LINE}:{person}"
