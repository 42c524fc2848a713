"""What absences bring to the house."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.acting import Act
from handlers.away import intents, saying
from handlers.away.forms import AwayForm
from handlers.away.rows import lists
from handlers.cards import Line, Page, Sign
from handlers.forms import Answers
from handlers.room import Asks, Does, Opens, Room
from handlers.rules.access import company_day

TITLE = "Saved"


def _from_today(act: Act, answers: Answers) -> Mapping[str, str]:
    return {"first": company_day(act.policy, act.now).isoformat()}


def said(told: intents.Said) -> Page:
    """What stands there when it was saved."""
    return Page(TITLE, (Line(told.words), *(Line(one, Sign.ALARM) for one in told.cautions), *told.back))


def _sent(_: str) -> Page:
    return Page(TITLE, (Line("Your home shows when you are away."),))


ROOM = Room(
    "away",
    does=(
        intents.Begin.by(saying.begin), intents.Say.by(saying.say), intents.Back.by(saying.back),
    ),
    buttons={
        "away": Opens(AwayForm.name, "I'm away"), "away_back": Does(intents.Back, "I'm back", back="home"),
    },
    forms=(
        Asks(
            AwayForm, intents.Begin, lambda _, form, key: intents.Say(form.first, form.last, key), _sent, new=True,
            supplied=_from_today, after=said,
        ),
    ),
    lists=lists,
)  # fmt: skip
