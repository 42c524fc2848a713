"""Whatever changes something enters by the door."""

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


def _named(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def test_nothing_is_changed_beside_the_door() -> None:
    assert [name for name, tree in SOURCES.items() if any(writes(tree))] == [DOOR]
