"""Reads a YAML file into plain values that still know their lines, and turns errors into flaws with line and remedy."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, get_args

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from handlers.policy.values import MISSING, Flaws, Path, no_such_key, shown_value

_REPEATS = "names that stand for something else (& and *) aren't understood here"


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing to fix: `line` counts from 1, `key` is like `access.days`, `sentence` has the remedy."""

    line: int
    key: str
    sentence: str


class Unreadable(Exception):
    """The text is no YAML that can be used, or says one thing twice."""

    def __init__(self, *flaws: Flaw) -> None:
        super().__init__(" ".join(flaw.sentence for flaw in flaws))
        self.flaws = flaws


@dataclass(frozen=True, slots=True)
class Marked:
    """Plain values (groups, lists and, as leaves, the text as written), with the line of each.

    A key with nothing behind it is left out, but its line is known.
    """

    values: dict[str, object]
    lines: dict[Path, int] = field(default_factory=dict)

    def line(self, path: Path) -> int:
        """Return the line of the value or, if there is none, of the nearest thing around it."""
        return self.lines[path] if path in self.lines else self.line(path[:-1])


def key_of(path: Path) -> str:
    """Return a path as people read it: `roles.team_leader.deputies, entry 1`."""
    words = "".join(f", entry {step + 1}" if isinstance(step, int) else f".{step}" for step in path)
    return words.lstrip(".") or "the file"


class _Loader(yaml.BaseLoader):
    """Reads YAML in Python, with better errors than libyaml's, and refuses references to another value (`*name`)."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Override what PyYAML calls for each value: raise an error for an alias."""
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(None, None, _REPEATS, event.start_mark)
        return super().compose_node(parent, index)


def read_yaml(text: str) -> Marked:
    """Return the values and lines of a YAML text; raises `Unreadable` for faults of the YAML itself."""
    node = _compose_node(text)
    if not isinstance(node, yaml.MappingNode):
        what = "has nothing in it" if node is None else "doesn't begin with a key and a colon"
        raise Unreadable(Flaw(1, "the file", f"It {what}. Start again from the policy.yaml that comes with the bot."))
    lines: dict[Path, int] = {(): 1}
    flaws: list[Flaw] = []
    values = _group_values(node, (), lines, flaws)
    if flaws:
        raise Unreadable(*flaws)
    return Marked(values, lines)


def _compose_node(text: str) -> yaml.Node | None:
    """Return the root node of a YAML text, or None for an empty one; raises `Unreadable`."""
    # Libyaml is ten times as fast but says less about errors, so a faulty text is read again in Python.
    with suppress(yaml.YAMLError, AttributeError, RecursionError):
        if not any(isinstance(one, yaml.AliasEvent) for one in yaml.parse(text, yaml.CBaseLoader)):
            return yaml.compose(text, yaml.CBaseLoader)
    try:
        return _Loader(text).get_single_node()
    except yaml.reader.ReaderError as wrong:
        line = text.count("\n", 0, wrong.position) + 1
        sentence = f"The character U+{int(wrong.character):04X} can't be in this file. Delete it."
        raise Unreadable(Flaw(line, "the text", sentence)) from None
    except RecursionError:
        raise Unreadable(
            Flaw(1, "the text", "Too many brackets are nested here. Remove those you don't need.")
        ) from None
    except yaml.MarkedYAMLError as wrong:
        raise Unreadable(_flaw_of_yaml(text, wrong)) from None


def _flaw_of_yaml(text: str, wrong: yaml.MarkedYAMLError) -> Flaw:
    """Turn a YAML error into a flaw. An unclosed quotation is reported where it begins."""
    mark = wrong.context_mark if "quoted" in str(wrong.context) else wrong.problem_mark
    line: int = getattr(mark, "line", 0)
    written = [*text.splitlines(), ""][line]
    if "\t" in written[: len(written) - len(written.lstrip())]:
        return Flaw(line + 1, "the text", "This line begins with a tab. Use spaces instead.")
    remedy = "Check the colon, the quotation marks and the leading spaces, on this line and the one before."
    return Flaw(line + 1, "the text", f"This isn't YAML: {wrong.problem}. {remedy}")


def _node_value(node: yaml.Node, path: Path, lines: dict[Path, int], flaws: list[Flaw]) -> object:
    """Return a node as a group, a list or its text, noting lines and flaws like `_group_values`."""
    if isinstance(node, yaml.MappingNode):
        return _group_values(node, path, lines, flaws)
    if isinstance(node, yaml.SequenceNode):
        return list(_entry_values(node, path, lines, flaws))
    return node.value


def _entry_values(node: yaml.SequenceNode, path: Path, lines: dict[Path, int], flaws: list[Flaw]) -> Iterator[object]:
    """Yield the entries of a list, noting lines and flaws like `_group_values`."""
    for place, entry in enumerate(node.value):
        lines[*path, place] = entry.start_mark.line + 1
        yield _node_value(entry, (*path, place), lines, flaws)


def _group_values(node: yaml.MappingNode, path: Path, lines: dict[Path, int], flaws: list[Flaw]) -> dict[str, object]:
    """Return a mapping's values, noting in `lines` where each is and in `flaws` what is wrong.
    Keys with nothing after them are left out.
    """
    group: dict[str, object] = {}
    for key, value in node.value:
        key_path, line = (*path, str(key.value)), key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            flaws.append(Flaw(line, key_of(path), "A key must be a single word. Write it before the colon."))
        elif key_path in lines:
            flaws.append(
                Flaw(line, key_of(key_path), f"This is on line {lines[key_path]} already. Keep one of the two.")
            )
        else:
            lines[key_path] = line
            if not _is_blank(value):
                group[key.value] = _node_value(value, key_path, lines, flaws)
    return group


def _is_blank(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.value == "" and not node.style


_GROUP = "This must be a group. Write its keys on the lines below, indented further."
_LIST = "This must be a list. Write it like [one, two], or one entry a line after a dash."

_SENTENCES: dict[str, str] = {
    "missing": MISSING,
    "model_type": _GROUP,
    "dict_type": _GROUP,
    "tuple_type": _LIST,
    "frozen_set_type": _LIST,
    "string_type": "This must be a text. Write it on this line, after the colon.",
    "string_too_short": "Nothing is written here. Write a text.",
    "string_too_long": "This is longer than {max_length} characters. Shorten it.",
    "string_pattern_mismatch": "“{input}” can't be a key. Use small letters, digits and _, beginning with a letter.",
    "too_short": "Nothing is listed here. List at least one.",
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
    """Return every error with its line and a sentence, in the order of the file."""
    flaws = [flaw for error in wrong.errors() for flaw in _flaws_of_error(error, policy, marked)]
    return tuple(sorted(flaws, key=lambda flaw: flaw.line))


def _flaws_of_error(error: ErrorDetails, policy: type[BaseModel], marked: Marked) -> Iterator[Flaw]:
    """Yield a flaw, with line and key, for each fault in one error of pydantic."""
    # A last step "[key]" is pydantic's way to say that the key of a mapping is at fault, and not its value.
    path = tuple(step for step in error["loc"] if step != "[key]")
    for rest_of_path, sentence in _error_sentences(error, path, policy):
        yield Flaw(marked.line((*path, *rest_of_path)), key_of((*path, *rest_of_path)), sentence)


def _error_sentences(error: ErrorDetails, path: Path, policy: type[BaseModel]) -> Iterator[tuple[Path, str]]:
    """Yield a sentence for each fault in one error of pydantic, with its path from there."""
    context: Mapping[str, Any] = error.get("ctx", {})
    cause = context.get("error")
    if isinstance(cause, Flaws):
        yield from cause.found
    elif cause is not None:
        yield (), str(cause)
    elif error["type"] == "extra_forbidden":
        yield (), no_such_key(str(path[-1]), _field_names(policy, path[:-1]))
    elif error["type"] == "literal_error":
        choice = str(context["expected"]).replace("'", "")
        yield (), f"“{shown_value(error['input'])}” can't be here. Write {choice}."
    else:
        yield (), _SENTENCES[error["type"]].format(input=shown_value(error["input"]), **context)


def _field_names(kind: Any, path: Path) -> list[str]:  # noqa: ANN401  whatever an annotation is
    """Return the names that the group at this path may have, as they are in the file."""
    for step in path:
        kind = _type_inside(kind, str(step))
    return [field.alias or name for name, field in kind.model_fields.items()]


def _type_inside(kind: Any, step: str) -> Any:  # noqa: ANN401
    """Return the type of a group's field, or of the entries of a list or mapping (the last of its type arguments)."""
    if isinstance(kind, type):
        return kind.model_fields[step].annotation  # type: ignore[attr-defined]
    return next(entry for entry in get_args(kind)[::-1] if entry is not Ellipsis)
