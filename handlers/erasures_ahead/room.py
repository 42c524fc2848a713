"""What the card of erasures ahead brings to the house (P12)."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable

from handlers.erasures_ahead import drawing, files, intents, outside
from handlers.erasures_ahead.deciding_cards import ALL
from handlers.erasures_ahead.matter import ErasuresAhead
from handlers.erasures_ahead.rows import lists
from handlers.matters import asking
from handlers.room import Does, Room, Shows


def room(rooms: Callable[[], Iterable[Room]], buttons: Callable[[], Container[str]]) -> Room:
    """It asks all rooms about the matters that keep calls, and whether there is a button for holds."""
    matter = ErasuresAhead(rooms, buttons)
    return Room(
        "erasures_ahead",
        does=(
            intents.Draw.by(lambda act, intent: drawing.draw(act, intent, matter.may_know)),
            intents.EraseOutside.by(outside.erase),
            intents.KeepOutside.by(outside.keep),
            intents.EraseFile.by(files.erase),
            intents.KeepFile.by(files.keep),
            intents.Recheck.by(drawing.recheck),
            intents.Reroute.by(lambda act, intent: asking.reroute(act, intent, matter.case(act, intent.matter))),
            intents.Notice.by(lambda act, intent: asking.notice(act, intent, matter.case(act, intent.matter))),
        ),
        buttons={
            "outside_erase": Does(intents.EraseOutside, "Erase"),
            "outside_keep": Does(intents.KeepOutside, "Keep"),
            "file_erase": Does(intents.EraseFile, "Erase"),
            "file_keep": Does(intents.KeepFile, "Keep"),
            ALL: Shows(matter.all_of, "Show all", back="matter", turns=True),
        },
        due={drawing.DRAW: intents.Draw},
        matter=matter,
        lists=lambda act: lists(act, matter.goes),
    )
