"""What the weekly card brings to the house."""

from __future__ import annotations

from handlers.matters import asking
from handlers.room import Does, Room
from handlers.weekly import intents, making
from handlers.weekly.matter import WeeklyCards
from handlers.weekly.rows import lists
from handlers.weekly.view import Rooms


def room(rooms: Rooms) -> Room:
    """It asks all rooms about what waits in them."""
    matter = WeeklyCards(rooms)
    return Room(
        "weekly",
        does=(
            intents.Make.by(lambda act, intent: making.make(act, intent, rooms)),
            intents.See.by(making.see),
            intents.PassOn.by(making.pass_on),
            intents.Recheck.by(lambda act, intent: asking.recheck(act, matter.case(act, intent.matter))),
            intents.Reroute.by(lambda act, intent: asking.reroute(act, intent, matter.case(act, intent.matter))),
            intents.Notice.by(lambda act, intent: asking.notice(act, intent, matter.case(act, intent.matter))),
        ),
        buttons={"weekly_see": Does(intents.See, "Seen")},
        due={making.NOT_SEEN: intents.PassOn},
        matter=matter,
        lists=lists,
    )
