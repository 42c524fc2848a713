"""What is wrong with a value of policy.yaml and how to mend it, in a sentence for whoever keeps the file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from .marks import Flaw, Marked, key_of
from .values import MISSING, Flaws, Path, no_such_key, shown

_GROUP = "This must be a group. Write its keys on the lines below, with more spaces in front."
_LIST = "This must be a list. Write it like [one, two], or one entry a line after a dash."

_SENTENCES: dict[str, str] = {
    "missing": MISSING,
    "model_type": _GROUP,
    "dict_type": _GROUP,
    "tuple_type": _LIST,
    "frozen_set_type": _LIST,
    "string_type": "This must be a text. Write it on this line, behind the colon.",
    "string_too_short": "Nothing is written here. Write a text.",
    "string_too_long": "This is longer than {max_length} characters. Shorten it.",
    "string_pattern_mismatch": "“{input}” can't be a key. Use small letters, digits and _, beginning with a letter.",
    "too_short": "Nothing is listed here. List one at least.",
    "int_parsing": "“{input}” isn't a whole number. Write one in digits, like 7.",
    "int_parsing_size": "This number is far too large. Write a smaller one.",
    "int_type": "This must be a whole number. Write one in digits, like 7.",
    "float_parsing": "“{input}” isn't a number. Write one in digits, like 2.5.",
    "float_type": "This must be a number. Write one in digits, like 2.5.",
    "finite_number": "“{input}” isn't a number that I can count with. Write one in digits, like 2.5.",
    "bool_parsing": "“{input}” is neither yes nor no. Write true or false.",
    "bool_type": "This must be true or false. Write one of them.",
    "greater_than_equal": "{input} is too small. Write {ge} or more.",
    "greater_than": "{input} is too small. Write more than {gt}.",
    "less_than_equal": "{input} is too large. Write {le} or less.",
}


def as_flaws(wrong: ValidationError, policy: type[BaseModel], marked: Marked) -> tuple[Flaw, ...]:
    """Every error with its line and a sentence, in the order of the file."""
    found = [flaw for error in wrong.errors() for flaw in _flaws(error, policy, marked)]
    return tuple(sorted(found, key=lambda flaw: flaw.line))


def _flaws(error: ErrorDetails, policy: type[BaseModel], marked: Marked) -> Iterator[Flaw]:
    path = tuple(step for step in error["loc"] if step != "[key]")
    for way, sentence in _sentences(error, path, policy):
        yield Flaw(marked.line((*path, *way)), key_of((*path, *way)), sentence)


def _sentences(error: ErrorDetails, path: Path, policy: type[BaseModel]) -> Iterator[tuple[Path, str]]:
    context: Mapping[str, Any] = error.get("ctx", {})
    cause = context.get("error")
    if isinstance(cause, Flaws):
        yield from cause.found
    elif cause is not None:
        yield (), str(cause)
    elif error["type"] == "extra_forbidden":
        yield (), no_such_key(str(path[-1]), _names(policy, path[:-1]))
    elif error["type"] == "literal_error":
        choice = str(context["expected"]).replace("'", "")
        yield (), f"“{shown(error['input'])}” can't stand here. Write {choice}."
    else:
        yield (), _SENTENCES[error["type"]].format(input=shown(error["input"]), **context)


def _names(kind: Any, path: Path) -> list[str]:  # noqa: ANN401  whatever an annotation is
    for step in path:
        kind = _inside(kind, str(step))
    return [field.alias or name for name, field in kind.model_fields.items()]


def _inside(kind: Any, step: str) -> Any:  # noqa: ANN401
    if isinstance(kind, type):
        return kind.model_fields[step].annotation  # type: ignore[attr-defined]
    return next(entry for entry in get_args(kind)[::-1] if entry is not Ellipsis)
