"""What a person fills into a card's inputs, checked and sent as Teams' client does."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, time
from typing import Any

from bot.rehearsal.teams.people import Json

REQUIRED = "This field is required."
Choices = Mapping[str, Sequence[Json]]  # input id → what its search has offered


def entries(fields: Iterable[Json], given: Mapping[str, Any], offered: Choices) -> dict[str, str]:
    """Return the inputs' values as text, by id: what was given (by id or label), else what is there. Raises LookupError
    for an input or a choice that isn't on the card.
    """
    known = list(fields)
    for name in given:
        _field(known, name)
    return {str(one["id"]): _entry(one, given, offered) for one in known}


def names(one: Json) -> tuple[str, ...]:
    """Return the names of an input: its id, and its label with or without the note that it is optional."""
    label = str(one.get("label", ""))
    return str(one["id"]), label, label.removesuffix(" (optional)")


def field(fields: Iterable[Json], name: str) -> Json:
    """Return the input with this id or label. Raises LookupError."""
    return _field(list(fields), name)


def complaints(fields: Iterable[Json], values: Mapping[str, str]) -> dict[str, str]:
    """Return what the client would refuse to send: input id → sentence."""
    found = {str(one["id"]): _complaint(one, values[str(one["id"])]) for one in fields}
    return {name: text for name, text in found.items() if text}


def gathered(fields: Iterable[Json], values: Mapping[str, str]) -> dict[str, str]:
    """Return what goes to the bot: an empty choice, date or number is left out, an empty text isn't."""
    kept = (one for one in fields if values[str(one["id"])] or one["type"] == "Input.Text")
    return {str(one["id"]): values[str(one["id"])] for one in kept}


def _field(fields: list[Json], name: str) -> Json:
    for one in fields:
        if name in names(one):
            return one
    raise LookupError(f"the card has no input {name!r}; there is {[one['id'] for one in fields]}")


def _entry(one: Json, given: Mapping[str, Any], offered: Choices) -> str:
    for name in names(one):
        if name in given:
            return _typed(one, given[name], offered)
    return str(one.get("value", ""))


def _typed(one: Json, answer: Any, offered: Choices) -> str:
    if answer is None:
        return ""
    if one["type"] == "Input.ChoiceSet":
        return _chosen(one, answer, offered)
    return answer.isoformat() if isinstance(answer, date | time) else str(answer)


def _chosen(one: Json, answer: Any, offered: Choices) -> str:
    wanted = [answer] if isinstance(answer, str) else list(answer)
    if len(wanted) > 1 and not one.get("isMultiSelect"):
        raise LookupError(f"{one['id']!r} takes one choice only")
    choices = [*one.get("choices", []), *offered.get(str(one["id"]), [])]
    return ",".join(_value(choices, text) for text in wanted)


def _value(choices: Sequence[Json], wanted: str) -> str:
    for choice in choices:
        if wanted in (choice["value"], choice["title"]):
            return str(choice["value"])
    raise LookupError(f"{wanted!r} is not offered; there is {[choice['title'] for choice in choices]}")


def _complaint(one: Json, value: str) -> str:
    error = str(one.get("errorMessage") or "")
    if one.get("isRequired") and not value.strip():
        return error or REQUIRED
    if len(value) > one.get("maxLength", len(value)):
        return error or f"Enter at most {one['maxLength']} characters."
    return ""
