"""What the phone system says of a call whose customer declined, until it is over: off, still recorded, or ended (P5)."""

from __future__ import annotations

from datetime import timedelta

from handlers.acting import Act, Done
from handlers.declined.cards import off_told, still_told
from handlers.declined.view import Trouble, View, load
from handlers.effects import Effect, Tell
from handlers.handling import handler
from handlers.matters.asking import changed
from handlers.telling_head import tell_head
from storage.declines import LIVE

LEFT, A_DAY = "left", timedelta(days=1)
NOT_REGISTERED = (
    "What was recorded of a call whose customer declined ({matter}) is in the recording system and was never registered, so I can't erase"
    " it. Please have whoever runs that take it away, or give it its metadata."
)


@handler("declined.confirm", clause="P5", about="matter")
def confirm(act: Act, matter: str, recordings: tuple[str, ...] = ()) -> Done[None]:
    """Read back another way: nothing of it is recorded. Said once, and again where that was not so in between."""
    view = load(act, matter)
    row, before = view.declined, view.declined.live
    named = act.store.declines.name(row, recordings)
    row.looked_at = act.now
    if before not in LIVE or (before == "off" and not named):
        return Done(None, quiet=True)
    row.live, row.legs, row.trouble = "off", [], ""
    if before != "off":
        row.stopped_at = act.now
    told = _word(view, off_told(view), "off") if before == "still" else ()
    return Done(None, (*changed(view), *told), detail={"live": "off", "at": act.now.isoformat()})


@handler("declined.still", clause="P5", about="matter")
def still(
    act: Act, matter: str, legs: tuple[str, ...] = (), trouble: Trouble = "", recordings: tuple[str, ...] = ()
) -> Done[None]:
    """It is recorded all the same, or nobody can tell: the agent hears so at once, in a message and not only on a card."""
    view = load(act, matter)
    row = view.declined
    act.store.declines.name(row, recordings)
    row.looked_at = act.now
    as_before = (row.live, row.legs, row.trouble) == ("still", list(legs), trouble)
    if row.live not in LIVE or as_before:
        return Done(None, quiet=True)
    row.live, row.legs, row.trouble = "still", list(legs), trouble
    detail = {"live": "still", "legs": len(legs), "trouble": trouble}
    return Done(None, (*changed(view), *_word(view, still_told(), "still")), detail=detail)


@handler("declined.over", clause="P5", about="matter")
def over(act: Act, matter: str) -> Done[None]:
    """The call has ended, so nothing more of it is recorded."""
    view = load(act, matter)
    if view.declined.live not in LIVE:
        return Done(None, quiet=True)
    view.declined.live = "over"
    return Done(None, changed(view), detail={"live": "over"})


@handler("declined.again", clause="P5", about="matter")
def again(act: Act, matter: str) -> Done[None]:
    """The phone system shows it once more: what was said of it is not certain any more."""
    view = load(act, matter)
    if view.declined.live != "over":
        return Done(None, quiet=True)
    view.declined.live, view.declined.looked_at = "asked", None
    return Done(None, changed(view), detail={"live": "asked"})


@handler("declined.cleared", clause="P5", about="matter")
def cleared(act: Act, matter: str) -> Done[None]:
    """What was never registered is not in the recording system either, so its name is not needed any more."""
    view, number = load(act, matter), 0
    for one in act.store.declines.recordings(matter):
        if one.recording_id is None and one.native_id:
            one.native_id, number = "", number + 1
    act.store.declines.unname(matter)
    return Done(None, changed(view) if number else (), detail={"number": number}, quiet=not number)


def _word(view: View, words: str, what: str) -> tuple[Effect, ...]:
    once = f"declined:{view.declined.id}:{what}:{view.declined.revision}"
    return (Tell(view.declined.said_by, words, once, "details", view.declined.id),)


@handler("declined.left", clause="P5", about="matter")
def left(act: Act, matter: str) -> Done[None]:
    """What was recorded can't be registered, so nothing erases it by itself: a day later the Head hears so, once."""
    view = load(act, matter)
    row = view.declined
    if row.trouble == LEFT or row.closed_at is None or act.now < row.closed_at + A_DAY:
        return Done(None, quiet=True)
    row.trouble = LEFT
    words = NOT_REGISTERED.format(matter=row.id)
    return Done(None, tell_head(act, words, f"declined:{row.id}:left"), detail={"trouble": LEFT})
