"""Every string that people read, with its place and its readers: `python -m tests.strings` prints them, to be read in one go.

Docstrings are printed by `--docs`. What is written in the rules' tables of words (spellings, stems) is read by nobody.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
READERS = (
    ("handlers/customers/letters.py", "customers"), ("handlers/customers", "team leader, handlers, filer"), ("handlers/access", "requester, approver"),
    ("handlers/breach", "reporter, readers of reports"), ("handlers/declined", "agent, Head"), ("handlers/holds", "asker, Head"),
    ("handlers/retention", "Head"), ("handlers/digest", "Head"), ("handlers/notices", "owner of the notice"), ("handlers/figures", "Head, HR"),
    ("handlers/policy_review", "Head, declarer"), ("handlers/random_review", "reviewers, Head"), ("handlers", "everyone in the chat"),
    ("bot/web", "visitors of a page"), ("bot/mail", "customers"), ("bot/rehearsal", "visitors of the sample company"), ("storage", "administrator"),
    ("bot/slack", "everyone in Slack"), ("bot/teams", "everyone in Teams"), ("bot", "administrator"),
)  # fmt: skip
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


class Told(NamedTuple):
    """One string as it is in the source; `{}` holds the place of a value."""

    place: str
    reader: str
    words: str


def strings() -> Iterator[Told]:
    """All of them, file by file."""
    for file in _modules():
        place = str(file.relative_to(ROOT))
        if place not in UNREAD:
            reader = next(who for start, who in READERS if place.startswith(start))
            yield from (
                Told(f"{place}:{line}", reader, words) for line, words in _of_code(ast.parse(file.read_text("utf-8")))
            )
    for file in sorted(
        path for path in (ROOT / "bot").rglob("*") if path.suffix in (".html", ".txt") and "dist" not in path.parts
    ):
        place = str(file.relative_to(ROOT))
        for line in filter(None, (one.strip() for one in _TAG.sub("\n", file.read_text("utf-8")).splitlines())):
            yield Told(place, next(who for start, who in READERS if place.startswith(start)), line)


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


def _modules() -> list[Path]:
    return sorted(path for top in ("handlers", "bot", "storage") for path in (ROOT / top).rglob("*.py"))


def docs() -> Iterator[Told]:
    """Docstrings, and strings that say what a constant is."""
    for file in _modules():
        for one in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant) and isinstance(one.value.value, str):
                yield Told(f"{file.relative_to(ROOT)}:{one.lineno}", "engineers", " ".join(one.value.value.split()))


if __name__ == "__main__":
    for told in docs() if "--docs" in sys.argv else strings():
        if "--forbidden" not in sys.argv or FORBIDDEN.search(told.words):
            print(f"{told.place} | {told.reader} | {told.words}")
