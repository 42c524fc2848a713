"""Every string that people read, with its place: `python -m tests.strings` prints them, to be read in one go.

What is written in the rules' tables of words (spellings, stems) is read by nobody.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
FORBIDDEN = re.compile(
    r"\b(whoever|anew|seldom|nobody|somebody|anybody|stands(?! in\b)|waits (for|until)|see to (it|that)|sees to|mend|mended|to ring|rung|rang"
    r"|goes on(?! \w+ card)|go on (with|trying)|out of reach|spoken of|(is|are) to be (?!erased|released))\b",
    re.IGNORECASE,
)
"""Words that a native product writer doesn't use there."""
UNREAD = ("handlers/rules/spelling.py", "handlers/rules/wishes.py", "handlers/rules/known_words.py")
SKIPPED_CALLS = frozenset(
    {"handler", "getLogger", "get_logger", "info", "warning", "error", "compile", "text", "Column", "field", "Raw"}
)
_TAG = re.compile(r"<script.*?</script>|<style.*?</style>|\{[%#].*?[%#]\}|<[^>]*>", re.DOTALL)


def strings() -> Iterator[tuple[str, str]]:
    """All of them, file by file: the place, and the words, where `{}` holds the place of a value."""
    for file in sorted(path for top in ("handlers", "bot", "storage") for path in (ROOT / top).rglob("*")):
        place = str(file.relative_to(ROOT))
        if file.suffix == ".py" and place not in UNREAD:
            yield from ((f"{place}:{line}", words) for line, words in _of_code(ast.parse(file.read_text("utf-8"))))
        if file.suffix in (".html", ".txt") and "dist" not in file.parts and place.startswith("bot/"):
            told = (one.strip() for one in _TAG.sub("\n", file.read_text("utf-8")).splitlines())
            yield from ((place, line) for line in told if line)


def _of_code(tree: ast.AST) -> Iterator[tuple[int, str]]:
    skipped = {
        id(one.value) for one in ast.walk(tree) if isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant)
    }
    for one in ast.walk(tree):
        if isinstance(one, ast.Call) and getattr(one.func, "attr", getattr(one.func, "id", "")) in SKIPPED_CALLS:
            skipped.update(id(part) for part in ast.walk(one) if isinstance(part, ast.Constant))
        if isinstance(one, ast.JoinedStr):
            skipped.update(id(part) for part in one.values)
            words = "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in one.values)
        elif isinstance(one, ast.Constant) and isinstance(one.value, str) and id(one) not in skipped:
            words = one.value
        else:
            continue
        if id(one) not in skipped and re.search(r"[A-Za-z’']{2,} [A-Za-z’'{]", words):
            yield one.lineno, " ".join(words.split())


if __name__ == "__main__":
    for place, words in strings():
        print(f"{place} | {words}")
