"""What a handler can do on the page of a report: each form there, and what it wants of the door (P13)."""

from __future__ import annotations

from collections.abc import Callable

from bot.web.written import Written
from handlers.breach.forms import LONGEST
from handlers.breach.intents import (
    Accuse,
    Acknowledge,
    Ask,
    AskToHear,
    Close,
    DecideHearing,
    Gather,
    Note,
    Outcome,
    TakeStep,
    Within,
)
from handlers.rules.refusal import Refused

Wanted = Callable[[str, str, Written], Within[None]]
SHORT = 200  # characters of a reference, of a call, of a name
NEEDS = {
    "ask": "Please write what you want to ask or tell.",
    "note": "Please write the note first.",
    "accuse": "Please say in a sentence why.",
    "gather": "Please say which call: its number, its reference, or a part of either.",
    "outcome": "Please say what came of it.",
    "close": "Please write what the reporter is told.",
}
"""Forms with a field of words, and what is said where it is empty."""
PLACES = {
    "ask": "conversation", "gather": "calls", "keep": "calls", "ask-to-hear": "calls", "decide-hearing": "calls",
    "step": "steps", "note": "notes", "accuse": "accuse", "outcome": "outcome", "close": "close",
}  # fmt: skip
"""Where on the page somebody is after a form."""


def wanted(action: str, report: str, session: str, told: Written) -> Within[None]:
    """What one of `FORMS` asks for. Raises `Refused` for a field that has to be mended."""
    want = _ACTIONS[action]
    if action in NEEDS:
        _written(told, "words", NEEDS[action], SHORT if action == "gather" else LONGEST)
    return want(report, session, told)


def _accuse(report: str, session: str, told: Written) -> Within[None]:
    person = told.within("person", SHORT)
    if not person:
        raise Refused("Please choose who it is.", field="person")
    return Accuse(report, session, person, told.words("words"))


def _outcome(report: str, session: str, told: Written) -> Within[None]:
    _written(told, "reference", "Please give the reference of the Code of Conduct’s process.", SHORT)
    return Outcome(report, session, told.words("reference"), told.words("words"))


def _decide(report: str, session: str, told: Written) -> Within[None]:
    allowed = told.words("allowed") == "yes"
    return DecideHearing(report, session, told.within("name", SHORT), told.within("asker", SHORT), allowed)


def _written(told: Written, name: str, missing: str, most: int) -> None:
    words = told.words(name)
    if not words:
        raise Refused(missing, field=name)
    if len(words) > most:
        raise Refused(f"This has {len(words):,} characters, and {most:,} fit. Please shorten it.", field=name)


_ACTIONS: dict[str, Wanted] = {
    "acknowledge": lambda report, session, _: Acknowledge(report, session),
    "ask": lambda report, session, told: Ask(report, session, told.words("words")),
    "note": lambda report, session, told: Note(report, session, told.words("words")),
    "accuse": _accuse,
    "step": lambda report, session, told: TakeStep(
        report, session, told.number("number"), told.words("taken") == "yes"
    ),
    "gather": lambda report, session, told: Gather(report, session, told.words("words")),
    "ask-to-hear": lambda report, session, told: AskToHear(report, session, told.within("name", SHORT)),
    "decide-hearing": _decide,
    "outcome": _outcome,
    "close": lambda report, session, told: Close(report, session, told.words("words")),
}
FORMS = frozenset({*_ACTIONS, "keep"})
"""Every form of the page, by the end of its address."""
