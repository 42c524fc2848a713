"""What is said of the recording of a call that goes on: that it is off, when, or that it is not, and what to say and do (P5)."""

from __future__ import annotations

from handlers.cards import When, Words
from handlers.declined.view import View
from handlers.words import line_words, moment_words

MOST_LEGS = 3
"""So many are named on a card."""
SAY = "Say to the caller: “I am sorry, this call is still being recorded. We can end it here, or go on knowing that.”"
DO = "Switch the recording off in the phone system yourself, or end the call. I go on trying until the call is over."
TROUBLE = {
    "unreachable": "This call is STILL being recorded, as far as anybody can tell: the phone system does not answer.",
    "unread": "This call is STILL being recorded, as far as anybody can tell: the phone system says too little of a call that goes on.",
    "cannot": "This recording system can’t be told from here to stop. If a call goes on, switch its recording off in the phone system.",
    "known_still": "This call is STILL being recorded, as far as anybody can tell. It was said already that the caller declines, and I go on trying.",
    "known": "Of the call that you are on it was said already, and its card says how it stands.",
}


def off_words(view: View) -> Words:
    """That it is off, and to the second when that was read back."""
    at = view.declined.stopped_at
    if at is None:
        return "Recording is off."
    return ("Recording is off, confirmed at ", When(at, _zone(view), view.now, exact=True), ".")


def off_told(view: View) -> str:
    """The same in a message, by the line's clock."""
    at = view.declined.stopped_at or view.now
    return f"Recording is off, confirmed at {moment_words(at, _zone(view), view.now, exact=True)}."


def _zone(view: View) -> str:
    return line_words(view.declined.line, view.policy)[1]


def still_told() -> str:
    """The same in a message, which stays when a card is drawn anew: no leg is named there."""
    return "This call is STILL being recorded. I asked the phone system to stop, and cannot tell that it did."


def still_words(view: View) -> str:
    """That it goes on, on which legs, or why nobody can tell."""
    row = view.declined
    if row.trouble:
        return TROUBLE[row.trouble]
    shown, more = [str(one) for one in row.legs[:MOST_LEGS]], len(row.legs) - MOST_LEGS
    legs = f" ({', '.join([*shown, *([f'{more} more'] if more > 0 else [])])})" if shown else ""
    return f"This call is STILL being recorded{legs}. I asked the phone system to stop, and it goes on."
