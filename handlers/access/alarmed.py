"""What a card says of alarms: nobody may decide, somebody before could not be reached, or whoever asked can't answer."""

from __future__ import annotations

from handlers.access.view import View
from handlers.cards import Line, Part, Sign
from handlers.matters.alarming import NOBODY_LEFT, OUT_OF_REACH, told
from handlers.rules.alarms import turn_to


def held(view: View) -> Line:
    """For the requester of a request that nobody may decide: who knows of it, in truth, and what to do."""
    hearer = told(view) if view.alarm is not None and view.alarm.why == NOBODY_LEFT else ""
    if hearer:
        return Line(f"Nobody may decide this at the moment. {hearer}")
    whom = turn_to(view.policy, view.mine | view.conflicted)
    to = f"to the {whom} yourself" if whom else "to whoever runs this bot, who finds it in its log"
    return Line(f"Nobody may decide this at the moment, and I could tell nobody. Please turn {to}.")


def gone_past(view: View, reader: int) -> tuple[Part, ...]:
    """What may hold a request up: whoever was to decide before can't be reached, or whoever asked can't answer."""
    if view.request.state != "waiting":
        return ()
    found: list[Part] = []
    if reader != view.request.requester_id and view.requester.standing != "member":
        found.append(Line(f"{view.requester.name} can’t be reached now, so an answer may not come.", Sign.ALARM))
    hearer = told(view) if view.alarm is not None and view.alarm.why == OUT_OF_REACH else ""
    if hearer:
        found.append(Line(f"Somebody before could not be reached. {hearer}", Sign.ALARM))
    return tuple(found)
