"""Which values of the policy the code reads, as far as the text of the code tells."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import get_args, get_origin

from handlers.policy import Policy
from handlers.policy.terms import Part, Period

ROOT = Path(__file__).parents[2]
ONLY_CHECKED = {"coherence.py", "mending.py"}  # to hold a value against another is not to keep it
WHOLE = {"identity", "roles"}  # read by functions that are given the whole of it
ENTRIES = {"lines": {"line"}, "reasons": {"reason", "chosen"}, "departments": {"department"}}
"""Groups of entries, and what code calls one of them."""


def values() -> set[str]:
    """Every value, as `customers.working_days`; of a group of entries each value of an entry, as `reasons.label`."""
    return set(_values())


def _values() -> Iterator[str]:
    for name, field in Policy.model_fields.items():
        part = _part(field.annotation)
        if part is None or issubclass(part, Period):
            yield name
        elif name not in WHOLE:
            yield from (f"{name}.{inner}" for inner in part.model_fields)


def _part(kind: object) -> type[Part] | None:
    if isinstance(kind, type) and issubclass(kind, Part):
        return kind
    if get_origin(kind) in (dict, tuple):
        return next((found for one in get_args(kind) if (found := _part(one))), None)
    return None


def unread() -> set[str]:
    """Values that no code reads."""
    return {one for one in values() if not _is_read(one)}


def _is_read(value: str) -> bool:
    group, _, name = value.rpartition(".")
    owners = {group, *ENTRIES.get(group, ())} if group else {"policy", "self", "rules"}
    return any((owner, name) in _reads() for owner in owners)


def taken_whole() -> set[str]:
    """Groups that somewhere are taken out of the policy, so that nobody sees which of their values are read then."""
    plain = {value.partition(".")[0] for value in values() if "." in value} - ENTRIES.keys()
    return {name for owner, name in _bare() if owner in ("policy", "rules") and name in plain}


@cache
def _trees() -> tuple[ast.Module, ...]:
    files = [file for folder in ("bot", "handlers", "storage") for file in sorted((ROOT / folder).rglob("*.py"))]
    ours = [file for file in files if "rehearsal" not in file.parts and file.name not in ONLY_CHECKED]
    return tuple(ast.parse(file.read_text("utf-8")) for file in ours)


@cache
def _reads() -> frozenset[tuple[str, str]]:
    """Every `owner.name` in the code."""
    return frozenset(
        (_name(node.value), node.attr)
        for tree in _trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load)
    )


@cache
def _bare() -> frozenset[tuple[str, str]]:
    """Of them, those of which no value is read on the spot."""
    owners = {id(node.value) for tree in _trees() for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    return frozenset(
        (_name(node.value), node.attr)
        for tree in _trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and id(node) not in owners
    )


def _name(node: ast.expr) -> str:
    match node:
        case ast.Attribute():
            return node.attr
        case ast.Name():
            return node.id
        case ast.Subscript():
            return _name(node.value)
        case ast.Call():
            return _name(node.func)
        case _:
            return ""
