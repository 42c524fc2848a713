"""P13: one module alone opens reports; the import contracts hold who comes to it, and this who has its keys."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.each import each

ROOT = Path(__file__).parents[3]
OF_OTHER_KEYS = {
    "handlers/sealing.py",
    "handlers/master_key.py",
    "storage/keys.py",
}
"""These wrap the keys of matters, and those that stay."""


def _mentions(words: str) -> set[str]:
    """The files of the product that have this string, or this attribute; but for the migrations, which name columns."""
    found = set()
    for file in (*ROOT.glob("bot/**/*.py"), *ROOT.glob("handlers/**/*.py"), *ROOT.glob("storage/*.py")):
        text = file.read_text(encoding="utf-8")
        if words not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            if (isinstance(node, ast.Constant) and node.value == words) or (
                isinstance(node, ast.Attribute) and node.attr == words
            ):
                found.add(file.relative_to(ROOT).as_posix())
    return found


@each("purpose", ["breach rule", "breach reader", "breach log", "breach own"])
def test_p13_the_keys_and_marks_of_reports_are_derived_in_one_place(purpose: str) -> None:
    """But for the list of those keys that stay when the master key is replaced."""
    assert _mentions(purpose) - {"handlers/sealing.py"} == {"handlers/breach/vault.py"}


def test_p13_nobody_else_touches_the_wrap_of_the_rule_or_of_a_reader() -> None:
    assert _mentions("rule_wrap") == {"handlers/breach/vault.py", "storage/breaches.py"}
    others = {one for one in _mentions("wrap") if not one.startswith("bot/teams/")}
    assert others - OF_OTHER_KEYS == {"handlers/breach/vault.py"}
