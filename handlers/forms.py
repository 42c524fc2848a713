"""What a form is: a typed model whose field types pick the widget and check the answer."""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, ClassVar, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationError
from pydantic.fields import FieldInfo

from handlers.cards import HINT, Choice, Day, Field, Long, Lookup, Option, Sheet, Short
from handlers.policy import Policy
from handlers.rules import Refused
from storage.columns import storable_text

Answers = Mapping[str, str | list[str]]
NOTHING_FOUND = "I found nothing. Please try other words."
FILLERS = "\u115f\u1160\u2800\u3164\uffa0"  # letters and signs by their category, and blank on every screen


@dataclass(frozen=True, slots=True)
class OneOf:
    """Draw as a closed list, its options taken from the policy; one of them may be chosen from the start (`initial`)."""

    label: str
    options: Callable[[Policy], tuple[Option, ...]]
    help: str = ""
    redraws: bool = False
    initial: str = ""


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Draw as a look-up of several things."""

    label: str
    source: str
    most: Callable[[Policy], int]
    help: str = ""
    placeholder: str = ""
    redraws: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """Draw as text: one line, or several where `lines` is true. `filled`: it may be left empty, and is filled in when it is sent."""

    label: str
    most: int
    lines: bool = False
    help: str = ""
    placeholder: str = ""
    filled: bool = False


@dataclass(frozen=True, slots=True)
class OnDay:
    """Draw as a day to be picked. `filled`: it may be left empty, and is filled in when it is sent."""

    label: str
    help: str = ""
    filled: bool = False


Ask = OneOf | AnyOf | Words | OnDay


class Form(BaseModel):
    """A form. An answer longer than its field allows, or a missing one, is reported at the field.

    If it `leads` to another form depending on a choice, it may be sent incomplete. If it must be `read_first`, it is
    never drawn without the text above it, because sending it confirms that text.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True, defer_build=True)
    name: ClassVar[str]
    title: ClassVar[str]
    send: ClassVar[str]
    intro: ClassVar[str] = ""
    leads: ClassVar[bool] = False
    read_first: ClassVar[bool] = False

    @classmethod
    def sheet(cls, policy: Policy, about: str = "", intro: str = "") -> Sheet:
        """Return the form as it is drawn; `intro` replaces the form's own introduction."""
        fields = tuple(_draw_field(name, info, policy) for name, info in cls.model_fields.items())
        return Sheet(
            cls.name, cls.title, cls.send, fields, about, intro or cls.intro,
            half=cls.leads,
        )  # fmt: skip

    @classmethod
    def redraws(cls) -> bool:
        """Return True if its fields depend on what is answered."""
        asked = (one for info in cls.model_fields.values() for one in info.metadata)
        return any(isinstance(one, OneOf | AnyOf) and one.redraws for one in asked)

    @classmethod
    def takes(cls, name: str, answer: str | list[str]) -> bool:
        """Return True if the field of this name could hold this answer on its own, whatever the other fields hold."""
        try:
            cls.model_validate({name: answer})
        except ValidationError as error:
            return name in cls.model_fields and all(problem["loc"][0] != name for problem in error.errors())
        return name in cls.model_fields

    @classmethod
    def read(cls, answers: Answers) -> Self:
        """Check what was filled in. Raises `Refused` with a sentence for each field that needs fixing."""
        filled = {name: answer for name in cls.model_fields if (answer := _without_hint(answers.get(name)))}
        checked = {name: _too_long(info, filled.get(name)) for name, info in cls.model_fields.items()}
        try:
            form = cls.model_validate(filled)
        except ValidationError as error:
            raise Refused.at(
                {**_nothing_found(_error_sentences(cls, error), answers), **_only_problems(checked)}
            ) from error
        if any(checked.values()):
            raise Refused.at(_only_problems(checked))
        return form


def _without_hint(answer: str | list[str] | None) -> str | list[str] | None:
    """Leave out of an answer the option that only says what can be typed (`HINT`)."""
    return [one for one in answer if one != HINT] if isinstance(answer, list) else answer


def _nothing_found(sentences: dict[str, str], answers: Answers) -> dict[str, str]:
    """Replace an error's sentence if the line “nothing found” was chosen as an answer."""
    return {name: NOTHING_FOUND if answers.get(name) == [HINT] else sentence for name, sentence in sentences.items()}


def _only_problems(checked: Mapping[str, str]) -> dict[str, str]:
    return {name: sentence for name, sentence in checked.items() if sentence}


def _too_long(info: FieldInfo, answer: str | list[str] | None) -> str:
    """Return the sentence about an answer that is too long; empty if it fits."""
    ask = _ask_of(info)
    if isinstance(ask, Words) and isinstance(answer, str) and len(answer) > ask.most:
        return f"This has {len(answer):,} characters; the limit is {ask.most:,}. Please shorten it."
    return ""


def _ask_of(info: FieldInfo) -> Ask:
    """Return the widget that a field's type names, such as `OneOf`."""
    return next(one for one in info.metadata if isinstance(one, Ask))


def _draw_field(name: str, info: FieldInfo, policy: Policy) -> Field:
    """Return the field as the platforms draw it."""
    ask, optional = _ask_of(info), not info.is_required()
    if isinstance(ask, OneOf):
        may_stay_empty = optional and not ask.initial
        return Choice(name, ask.label, ask.options(policy), ask.help, ask.redraws, may_stay_empty, ask.initial)
    if isinstance(ask, AnyOf):
        return Lookup(name, ask.label, ask.source, ask.most(policy), ask.help, ask.placeholder, optional, ask.redraws)
    if isinstance(ask, OnDay):
        return Day(name, ask.label, ask.help, optional or ask.filled)
    draw = Long if ask.lines else Short
    return draw(name, ask.label, ask.most, ask.help, ask.placeholder, optional or ask.filled)


def _error_sentences(form: type[Form], error: ValidationError) -> dict[str, str]:
    """Return a sentence for each wrong field, by its name."""
    sentences: dict[str, str] = {}
    asks = {name: _ask_of(info) for name, info in form.model_fields.items()}
    lookup_wrong = any(isinstance(asks[str(problem["loc"][0])], AnyOf) for problem in error.errors())
    for problem in error.errors():
        name = str(problem["loc"][0])
        ask = asks[name]
        # What is chosen in the look-up may fill this in, so it needs no answer yet.
        if lookup_wrong and problem["type"] == "missing" and getattr(ask, "filled", False):
            continue
        sentence = str(problem.get("ctx", {}).get("error", ""))
        sentences.setdefault(
            name,
            _missing_sentence(ask)
            if problem["type"] == "missing"
            else sentence or "I can’t read this. Please choose again.",
        )
    return sentences


def _missing_sentence(ask: Ask) -> str:
    """Return the sentence at a field that was left empty."""
    match ask:
        case Words():
            return "Please fill this in."
        case OnDay():
            return "Please choose a day."
        case OneOf():
            return "Please choose one."
        case AnyOf():
            return "Please choose at least one."


def _require_words(text: object) -> str:
    """Return typed text trimmed and fit to be stored; raises `ValueError` with a sentence if nothing in it is visible."""
    words = storable_text(str(text)).strip()
    if not any(map(_is_visible, words)):
        raise ValueError("This is blank. Please write a few words.")
    return words


def _is_visible(character: str) -> bool:
    """Return True if a reader can see this character: a letter, a digit, a sign."""
    return unicodedata.category(character)[0] in "LNPS" and character not in FILLERS


Text = Annotated[str, AfterValidator(_require_words)]
"""Typed text: trimmed, with something visible in it; NUL and broken characters become U+FFFD."""


def _read_day(answer: object) -> date:
    """Return the day that was picked or typed; raises `ValueError` with a sentence for the person."""
    try:
        return date.fromisoformat(str(answer).strip())
    except ValueError:
        raise ValueError("That isn’t a date. Please choose one, or write it like 2026-11-24.") from None


Date = Annotated[date, BeforeValidator(_read_day)]
"""A calendar day that was picked."""
