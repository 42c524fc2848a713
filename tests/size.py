"""`make size`: code lines, files and tables of the product, lines of tests and words of docs; fails above a limit.

A code line carries a token that is no comment, docstring or blank. Migrations and the demo's stand-ins are counted apart.
"""

import ast
import io
import re
import subprocess
import sys
import tokenize
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
LIMITS = {"product": 37_950, "files": 275, "tables": 34, "tests": 45_000, "rehearsal": 5_000, "docs": 25_000}
"""A change that goes over one of these raises it here, and its message says why."""
NO_CODE = {
    tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING, tokenize.ENDMARKER,
}  # fmt: skip


class Source(NamedTuple):
    """One file: which part it belongs to, its folder, its code lines, and how many of them are imports."""

    part: str
    folder: str
    lines: int
    imports: int
    tables: int


def main() -> int:
    """Print the totals, and each folder with `--folders`; return 1 if anything is over its limit."""
    sources = [_measured(path) for path in _files("*.py")]
    product = [one for one in sources if one.part == "product"]
    by_folder, files = Counter[str](), Counter[str]()
    for one in sources:
        by_folder[one.folder if one.part == "product" else one.part] += one.lines
        files[one.folder if one.part == "product" else one.part] += 1
    for folder, lines in by_folder.most_common() if "--folders" in sys.argv else ():
        print(f"{folder:28} {lines:7,} lines {files[folder]:4} files")
    found = {
        "product": sum(one.lines for one in product), "files": len(product), "tables": sum(one.tables for one in product),
        "tests": by_folder["tests"], "rehearsal": by_folder["rehearsal"],
        "docs": sum(len(path.read_text(encoding="utf-8").split()) for path in _files("*.md")),
    }  # fmt: skip
    print(f"imports {100 * sum(one.imports for one in product) / found['product']:.1f} %")
    print(*(f"{name} {number:,} of {LIMITS[name]:,}" for name, number in found.items()), sep="\n")
    over = [name for name, number in found.items() if number > LIMITS[name]]
    print(f"\nover: {', '.join(over)}" if over else "\nwithin all limits")
    return int(bool(over))


def _files(pattern: str) -> Iterator[Path]:
    told = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", pattern], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout  # fmt: skip
    return (path for name in told.splitlines() if (path := ROOT / name).exists())


def _measured(path: Path) -> Source:
    text, name = path.read_text(encoding="utf-8"), path.relative_to(ROOT)
    tree, docstrings, imports = ast.parse(text), set[int](), set[int]()
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and ast.get_docstring(
            node
        ):
            docstrings |= _lines(node.body[0])
        if isinstance(node, ast.Import | ast.ImportFrom):
            imports |= _lines(node)
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    code = {
        line for one in tokens if one.type not in NO_CODE for line in range(one.start[0], one.end[0] + 1)
    } - docstrings
    part = next((one for one in ("tests", "migrations", "rehearsal") if one in name.parts), "product")
    folder = "/".join(name.parts[: min(2, len(name.parts) - 1)]) or "."
    return Source(part, folder, len(code), len(imports & code), len(re.findall(r"__tablename__\s*=", text)))


def _lines(node: ast.stmt) -> set[int]:
    return set(range(node.lineno, (node.end_lineno or node.lineno) + 1))


if __name__ == "__main__":
    sys.exit(main())
