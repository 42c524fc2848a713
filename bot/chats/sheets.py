"""Forms as they are drawn for one platform, blank or by what was filled in so far; nobody is asked for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from handlers import earlier, form_of, led
from handlers.cards import HINT, Filled, Lookup, Option, Sheet
from handlers.door import Door
from handlers.forms import Answers
from handlers.room import Given

CALLS = ("recordings", "customer_calls")  # the look-ups that READING is about
OTHERS = "This needs other details. Nothing was sent yet."
MORE = "This needs a few more details. Nothing was sent yet."
READING = "I am reading the calls for the first time. If yours is missing, please look again in a few minutes."

NOT_NOW = Option(HINT, "I can’t look just now", "Please type again in a moment.")
"""What a list offers while nobody answers: an empty one would say that there is no such call."""


class Sheets:
    """The forms that there are. Its methods raise `Refused` for one that there is not (any more)."""

    def __init__(self, door: Door, reading: Callable[[], bool]) -> None:
        self.door, self.reading = door, reading

    def sheet(self, form: str, about: str = "") -> Sheet:
        """The blank form of this name."""
        return self._drawn(form, {}, about)

    def redrawn(self, form: str, answers: Answers, about: str = "", sought: str = "", words: str = "") -> Sheet:
        """The form that these answers need, which may be another one. Fields keep their names, so what was typed can stay.

        `sought` and `words` are what it was opened for, and what stood above its fields then.
        """
        needed = self._drawn(led(form, answers), answers, about, words.removeprefix(READING).strip())
        return replace(needed, sought=sought)

    def before(self, form: str, about: str) -> tuple[Sheet, Filled]:
        """The step before a form, as it was filled in."""
        step = earlier(form, about)
        return self._drawn(step.form, step.answers, step.about), Filled(step.answers)

    def readable(self, sheet: Sheet, filled: Filled) -> Filled:
        """What was filled in in another form, without the choices that this one could not read."""
        values: dict[str, str | Sequence[str]] = dict(filled.values)
        kind = form_of(sheet.name, self._given(sheet.about, {}))
        for name, told in filled.values.items():
            if not isinstance(told, str) and name in kind.model_fields:
                values[name] = [one for one in told if kind.takes(name, [one])]
        return replace(filled, values=values)

    def _given(self, about: str, answers: Answers) -> Given:
        return Given(self.door.policy, self.door.now(), about, answers)

    def _drawn(self, form: str, answers: Answers, about: str, words: str = "") -> Sheet:
        sheet = form_of(form, self._given(about, answers)).sheet(self.door.policy, about, words)
        looks_up = any(isinstance(one, Lookup) and one.source in CALLS for one in sheet.fields)
        return replace(sheet, intro=f"{READING} {words}".strip()) if looks_up and self.reading() else sheet
