"""What the phone system says of a call whose customer declined, until it is over: off, still recorded, or ended (P5)."""

from __future__ import annotations

from datetime import timedelta

from handlers.acting import Act, Done
from handlers.declined import intents
from handlers.declined.cards import off_told, still_told
from handlers.declined.view import View, load
from handlers.effects import Effect, Tell
from handlers.matters.asking import changed
from handlers.telling_head import tell_head
from storage.declines import LIVE

LEFT, A_DAY = "left", timedelta(days=1)
NOT_REGISTERED = (
    "What was recorded of a call whose customer declined ({matter}) is in the recording system and was never registered, so I can't erase"
    " it. Please have whoever runs that take it away, or give it its metadata."
)


def confirm(act: Act, intent: intents.Confirm) -> Done[None]:
    """Read back another way: nothing of it is recorded. Said once, and again where that was not so in between."""
    view = load(act, intent.matter)
    row, before = view.declined, view.declined.live
    named = act.store.declines.name(row, intent.recordings)
    row.looked_at = act.now
    if before not in LIVE or (before == "off" and not named):
        return Done(None, quiet=True)
    row.live, row.legs, row.trouble = "off", [], ""
    if before != "off":
        row.stopped_at = act.now
    told = _word(view, off_told(view), "off") if before == "still" else ()
    return Done(None, (*changed(view), *told), detail={"live": "off", "at": act.now.isoformat()})


def still(act: Act, intent: intents.Still) -> Done[None]:
    """It is recorded all the same, or nobody can tell: the agent hears so at once, in a message and not only on a card."""
    view = load(act, intent.matter)
    row = view.declined
    act.store.declines.name(row, intent.recordings)
    row.looked_at = act.now
    as_before = (row.live, row.legs, row.trouble) == ("still", list(intent.legs), intent.trouble)
    if row.live not in LIVE or as_before:
        return Done(None, quiet=True)
    row.live, row.legs, row.trouble = "still", list(intent.legs), intent.trouble
    detail = {"live": "still", "legs": len(intent.legs), "trouble": intent.trouble}
    return Done(None, (*changed(view), *_word(view, still_told(), "still")), detail=detail)


def over(act: Act, intent: intents.Over) -> Done[None]:
    """The call has ended, so nothing more of it is recorded."""
    view = load(act, intent.matter)
    if view.declined.live not in LIVE:
        return Done(None, quiet=True)
    view.declined.live = "over"
    return Done(None, changed(view), detail={"live": "over"})


def again(act: Act, intent: intents.Again) -> Done[None]:
    """The phone system shows it once more: what was said of it is not certain any more."""
    view = load(act, intent.matter)
    if view.declined.live != "over":
        return Done(None, quiet=True)
    view.declined.live, view.declined.looked_at = "asked", None
    return Done(None, changed(view), detail={"live": "asked"})


def cleared(act: Act, intent: intents.Cleared) -> Done[None]:
    """What was never registered is not in the recording system either, so its name is not needed any more."""
    view, number = load(act, intent.matter), 0
    for one in act.store.declines.recordings(intent.matter):
        if one.recording_id is None and one.native_id:
            one.native_id, number = "", number + 1
    act.store.declines.unname(intent.matter)
    return Done(None, changed(view) if number else (), detail={"number": number}, quiet=not number)


def _word(view: View, words: str, what: str) -> tuple[Effect, ...]:
    once = f"declined:{view.declined.id}:{what}:{view.declined.revision}"
    return (Tell(view.declined.said_by, words, once, "details", view.declined.id),)


def left(act: Act, intent: intents.Left) -> Done[None]:
    """What was recorded can't be registered, so nothing erases it by itself: a day later the Head hears so, once."""
    view = load(act, intent.matter)
    row = view.declined
    if row.trouble == LEFT or row.closed_at is None or act.now < row.closed_at + A_DAY:
        return Done(None, quiet=True)
    row.trouble = LEFT
    words = NOT_REGISTERED.format(matter=row.id)
    return Done(None, tell_head(act, words, f"declined:{row.id}:left"), detail={"trouble": LEFT})
