"""Lists every string that people read, with its place and readers: `python -m tests.strings` prints them to read in one go.

`--docs` prints docstrings instead, `--papers` the docs and comments beside the code; `--forbidden` only what has a forbidden
word. People never read the rules' tables of words (spellings, stems).
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
_ANYWHERE = (
    r"whoever|whomever|anew|seldom|nobody|somebody|anybody|stands(?! (in|for)\b)|see to (it|that)|sees to|mend|mended|to ring"
    r"|rung|rang|spoken of"
)
FORBIDDEN = re.compile(
    rf"\b({_ANYWHERE}|waits (for|until)|goes on(?! \w+ card)|go on (with|trying)|out of reach|(is|are) to be (?!erased|released))\b",
    re.IGNORECASE,
)
"""Words that a native product writer doesn't use in a string."""
FORBIDDEN_ANYWHERE = re.compile(rf"\b({_ANYWHERE})\b", re.IGNORECASE)
"""Those that have no place in a docstring or a paper either."""
PAPERS = (
    "README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "Makefile", "pyproject.toml", "manifest.yaml", "docs/*.md", "deploy/*",
    ".ci/run",
)  # fmt: skip
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


def _modules(*tops: str) -> list[Path]:
    return sorted(path for top in ("handlers", "bot", "storage", *tops) for path in (ROOT / top).rglob("*.py"))


def docs() -> Iterator[Told]:
    """Docstrings, and strings that say what a constant is."""
    for file in _modules("tests"):
        for one in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant) and isinstance(one.value.value, str):
                yield Told(f"{file.relative_to(ROOT)}:{one.lineno}", "engineers", " ".join(one.value.value.split()))


def papers() -> Iterator[Told]:
    """Lines of the docs, and of files with comments."""
    for file in sorted(file for one in PAPERS for file in ROOT.glob(one)):
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
            yield Told(f"{file.relative_to(ROOT)}:{number}", "everyone", line.strip())


def forbidden() -> list[Told]:
    """Everything with a forbidden word; names in backticks and quotations may have one."""
    besides = (*docs(), *papers())
    return [
        *(one for one in strings() if FORBIDDEN.search(one.words)),
        *(one for one in besides if FORBIDDEN_ANYWHERE.search(re.sub(r"`[^`]*`|“[^”]*”", "", one.words))),
    ]


if __name__ == "__main__":
    listed = docs() if "--docs" in sys.argv else papers() if "--papers" in sys.argv else strings()
    for told in forbidden() if "--forbidden" in sys.argv else listed:
        print(f"{told.place} | {told.reader} | {told.words}")
