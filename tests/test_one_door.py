"""Whatever changes something enters by the door, and only the store's own rooms work with its session."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
DOOR = "handlers/door.py"
SOURCES = {
    file.relative_to(ROOT).as_posix(): ast.parse(file.read_text(encoding="utf-8"))
    for floor in ("bot", "handlers")
    for file in sorted((ROOT / floor).rglob("*.py"))
}


def writes(tree: ast.AST) -> Iterator[int]:
    """Lines in which a database is told to write."""
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=whose, attr="write") if _named(whose).endswith("database"):
                yield node.lineno


def works_with_a_session(tree: ast.AST) -> Iterator[int]:
    """Lines in which the session of a store is used for anything but to be given to a room of the store's."""
    given = {id(one) for node in ast.walk(tree) if isinstance(node, ast.Call) for one in _given_to_a_room(node)}
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=whose, attr="session") if _named(whose) == "store" and id(node) not in given:
                yield node.lineno


def _given_to_a_room(call: ast.Call) -> list[ast.expr]:
    return call.args if _named(call.func)[:1].isupper() else []


def _named(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def test_nothing_is_changed_beside_the_door() -> None:
    assert [name for name, tree in SOURCES.items() if any(writes(tree))] == [DOOR]


def test_nobody_works_with_the_session_of_a_store() -> None:
    assert {name: lines for name, tree in SOURCES.items() if (lines := [*works_with_a_session(tree)])} == {}
