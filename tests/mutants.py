"""`python -m tests.mutants --seed 32 --count 60`: put small faults into the product, one at a time, and see that a test notices each.

The seed draws lines of functions in bot/, handlers/ and storage/ that a test of `make test` runs. Which test runs which line is
noted once, in build/mutants/ran; delete it once the code has changed. The nearest tests are tried first, then all that run the
line. A fault that none notices is printed as SURVIVED: add the missing test, delete code that isn't needed, or say why a user
can't tell. `--only handlers/door.py:40 tests/handlers/test_door.py` tries each fault of one line with these tests.
"""

import ast
import os
import random
import subprocess
import sys
from argparse import ArgumentParser, Namespace
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from shutil import copytree, ignore_patterns, rmtree
from typing import Any, NamedTuple

from coverage import CoverageData

ROOT = Path(__file__).parents[1]
BUILD = ROOT / "build/mutants"
RAN = BUILD / "ran"
NOTING = f"[run]\nsource = bot, handlers, storage\nconcurrency = thread, greenlet\ncore = ctrace\ndata_file = {RAN}\n"
LOGS = ("log.", "_log.", "logger.", "structlog.", "print(")
OTHER: dict[type[ast.AST], type[Any]] = {
    ast.And: ast.Or, ast.Or: ast.And, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Add: ast.Sub,
    ast.Sub: ast.Add,
}  # fmt: skip
ELSEWHERE = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.JoinedStr, ast.pattern, ast.Assert)
NOT_COPIED = ignore_patterns(".git", ".venv", "build", ".*_cache", "__pycache__", "node_modules")
NEAREST = 8
Where = tuple[str, int]


class Mutant(NamedTuple):
    """One fault: the node of a file that is replaced, and by what."""

    file: str
    line: int
    node: ast.expr | ast.stmt
    after: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}  {ast.unparse(self.node)}  →  {self.after}"

    def put(self, text: str) -> str:
        """Return the text of the file with the fault."""
        lines, node = [one.encode() for one in text.splitlines(keepends=True)], self.node
        last = node.end_lineno or node.lineno
        told = lines[node.lineno - 1][: node.col_offset], self.after.encode(), lines[last - 1][node.end_col_offset :]
        return b"".join([*lines[: node.lineno - 1], *told, *lines[last:]]).decode()


def mutants_of(file: str, text: str) -> Iterator[Mutant]:
    """Return each fault that a file can have, in its functions."""
    for one in ast.walk(ast.parse(text)):
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef) and one.name != "__repr__":
            for statement in one.body:
                yield from _within(file, statement, statement.lineno)


def _within(file: str, node: ast.AST, line: int) -> Iterator[Mutant]:
    said = isinstance(node, ast.Expr) and (ast.unparse(node).startswith(LOGS) or isinstance(node.value, ast.Constant))
    if said or isinstance(node, ELSEWHERE):
        return
    line = node.lineno if isinstance(node, ast.stmt) else line
    yield from (Mutant(file, line, at, after) for at, after in _faults(node))
    for one in ast.iter_child_nodes(node):
        if one not in (getattr(node, "annotation", None), getattr(node, "func", None)):
            yield from _within(file, one, line)


def _faults(node: ast.AST) -> Iterator[tuple[ast.expr | ast.stmt, str]]:
    match node:
        case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test):
            yield test, f"(not ({ast.unparse(test)}))"
            if isinstance(node, ast.If) and isinstance(node.body[-1], ast.Raise | ast.Return | ast.Continue):
                yield test, "False"
        case ast.comprehension(ifs=[test, *_]):
            yield test, "True"
        case ast.BoolOp() | ast.BinOp(op=ast.Add() | ast.Sub()) | ast.Compare(ops=[_]):
            yield node, _swapped(node)
        case ast.Constant(value=bool() | int() | float() as value):
            yield node, str(not value if isinstance(value, bool) else value + 1)
        case ast.Return(value=ast.expr() as value) if not isinstance(value, ast.Constant):
            yield value, "None"
        case ast.Raise() | ast.Expr() | ast.AugAssign():
            yield node, "pass"


def _swapped(node: ast.expr) -> str:
    changed: Any = ast.parse(ast.unparse(node), mode="eval").body
    changed.op = OTHER[type(changed.ops[0] if isinstance(changed, ast.Compare) else changed.op)]()
    changed.ops = [changed.op]  # that of a comparison
    return f"({ast.unparse(changed)})"


def tests_by_line() -> dict[Where, list[str]]:
    """Return the tests that ran each line, the nearest first: one of each file, from the test that runs the fewest lines on."""
    BUILD.mkdir(parents=True, exist_ok=True)
    if not RAN.exists():
        (BUILD / "coveragerc").write_text(NOTING, encoding="utf-8")
        noting = ("--cov", f"--cov-config={BUILD / 'coveragerc'}", "--cov-context=test", "--cov-report=")
        _pytest(ROOT, "-n", "2", "--dist", "worksteal", "--timeout=1200", *noting)
    data, ran = CoverageData(str(RAN)), defaultdict[Where, set[str]](set)
    data.read()
    for file in data.measured_files():
        for line, contexts in data.contexts_by_lineno(file).items():
            ran[str(Path(file).relative_to(ROOT)), line] = {one.rpartition("|")[0] for one in contexts if one}
    size = Counter(test for tests in ran.values() for test in tests)
    return {where: _nearest_first(tests, size) for where, tests in ran.items() if tests}


def _nearest_first(tests: set[str], size: Mapping[str, int]) -> list[str]:
    before, placed = Counter[str](), list[tuple[int, int, str]]()
    for test in sorted(tests, key=lambda one: (size[one], one)):
        placed.append((before[test.partition("::")[0]], size[test], test))
        before[test.partition("::")[0]] += 1
    return [test for *_, test in sorted(placed)]


def drawn(seed: int, count: int, ran: Mapping[Where, list[str]]) -> list[Mutant]:
    """Return so many faults, each of another line, that the seed draws from all lines that a test runs."""
    chance, by_line = random.Random(seed), defaultdict[Where, list[Mutant]](list)
    for path in sorted(one for folder in ("bot", "handlers", "storage") for one in (ROOT / folder).rglob("*.py")):
        if not {"rehearsal", "migrations"}.intersection(path.parts):
            for one in mutants_of(str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")):
                by_line[one.file, one.line].append(one)
    one_each = [chance.choice(by_line[where]) for where in chance.sample(sorted(by_line), len(by_line))]
    return [one for one in one_each if (one.file, one.line) in ran][:count]


def tried(mutant: Mutant, tests: list[str], trees: SimpleQueue[Path]) -> str:
    """Return the test that notices a fault in a copy of the tree, or nothing."""
    tree = trees.get()
    path, noticed = tree / mutant.file, ""
    text = path.read_text(encoding="utf-8")
    try:
        path.write_text(mutant.put(text), encoding="utf-8")
        slow = [one for one in tests if "postgresql" in one or "stories" in one]
        quick = [one for one in tests if one not in slow]
        for some in (quick[:NEAREST], quick[NEAREST:], slow):
            if some and not noticed:
                noticed = next(iter(_pytest(tree, "-x", "-p", "no:xdist", "--timeout=120", *some)), "")
    finally:
        path.write_text(text, encoding="utf-8")
        trees.put(tree)
    print(mutant, f"    killed by {noticed}" if noticed else f"    SURVIVED {len(tests)} tests", sep="\n", flush=True)
    return noticed


def _pytest(tree: Path, *words: str) -> list[str]:
    """Return the tests that failed."""
    told = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--tb=no", "-p", "no:cacheprovider", *words], cwd=tree,
        env={**os.environ, "PYTHONPATH": str(tree)}, check=False, capture_output=True, text=True,
    )  # fmt: skip
    if told.returncode > 2:
        raise RuntimeError(told.stdout[-2000:] + told.stderr[-2000:])
    failed = [one.partition(" ")[2] for one in told.stdout.splitlines() if one.startswith(("FAILED ", "ERROR "))]
    return [one.partition(" - ")[0] for one in failed] or ["a run that broke off"] * bool(told.returncode)


def main(wanted: Namespace) -> int:
    """Try the faults, a few at a time; return 1 if any survived."""
    ran, trees = tests_by_line(), SimpleQueue[Path]()
    if wanted.only:
        text = (ROOT / wanted.only.partition(":")[0]).read_text(encoding="utf-8")
        mutants = [
            one for one in mutants_of(wanted.only.partition(":")[0], text) if str(one).startswith(f"{wanted.only} ")
        ]
    else:
        mutants = drawn(wanted.seed, wanted.count, ran)
    for number in range(2):
        rmtree(tree := BUILD / f"tree-{number}", ignore_errors=True)
        copytree(ROOT, tree, ignore=NOT_COPIED)
        trees.put(tree)
    with ThreadPoolExecutor(2) as pool:
        noticed = list(pool.map(lambda one: tried(one, wanted.tests or ran[one.file, one.line], trees), mutants))
    print(f"{len(mutants)} faults, {noticed.count('')} survived")
    killers = {one for tests in ran.values() for one in tests}.intersection(noticed)
    broken = _pytest(tree, "-p", "no:xdist", *killers) if killers else []
    print("\n".join(["", *broken, "fail without a fault, too"]) if broken else "")
    return int("" in noticed or bool(broken))


if __name__ == "__main__":
    words = ArgumentParser(description=__doc__)
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--count", type=int, default=60)
    words.add_argument("--only", help="try each fault of this line, such as handlers/door.py:40, not drawn ones")
    words.add_argument("tests", nargs="*", help="try these tests, not those noted")
    sys.exit(main(words.parse_args()))
