"""What is said of the recording of a call that goes on: that it is off, when, or that it is not, and what to say and do (P5)."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from handlers.declined.view import View
from handlers.words import city, line_words

SAY = "Say to the caller: “I am sorry, this call is still being recorded. We can end it here, or go on knowing that.”"
DO = "Switch the recording off in the phone system yourself, or end the call. I go on trying until the call is over."
TROUBLE = {
    "unreachable": "This call is STILL being recorded, as far as anybody can tell: the phone system does not answer.",
    "unread": "This call is STILL being recorded, as far as anybody can tell: the phone system says too little of a call that goes on.",
    "cannot": "This recording system can’t be told from here to stop. If a call goes on, switch its recording off in the phone system.",
    "known": "Of the call that you are on it was said already, and its card says how it stands.",
}


def off_words(view: View) -> str:
    """That it is off, and to the second when that was read back, in the line's time."""
    at = view.declined.stopped_at
    if at is None:
        return "Recording is off."
    zone = line_words(view.declined.line, view.policy)[1]
    return f"Recording is off, confirmed at {at.astimezone(ZoneInfo(zone)):%H:%M:%S} ({city(zone)})."


def still_words(view: View) -> str:
    """That it goes on, on which legs, or why nobody can tell."""
    row = view.declined
    if row.trouble:
        return TROUBLE[row.trouble]
    legs = f" ({', '.join(map(str, row.legs))})" if row.legs else ""
    return f"This call is STILL being recorded{legs}. I asked the phone system to stop, and it goes on."
