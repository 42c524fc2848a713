"""One path deletes a recording, and nothing else in production takes away what others keep (P12)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.each import each

ROOT = Path(__file__).parents[1]
NOT_OURS = "bot/rehearsal/"  # plays the vendors and the people, and is never imported by production (pyproject.toml)

DELETES = {
    "bot/retention/erasing.py": "the one that asks a recorder to delete, after all that stands against it was asked",
    "storage/breaches.py": "a row of the database",
    "storage/erasures.py": "rows of the database, of a call that was closed too early",
}
"""Where `.delete` may be said, and of what. In bot/ it is always a recorder's."""

TAKES_AWAY = {
    "bot/recorders/deleting.py": "a recording's two files, for Recorder.delete of the folder",
    "bot/recorders/asterisk/recorder.py": "what a line of the CDR says of a recording, for Recorder.delete of Asterisk",
    "bot/commands/archive.py": "a backup that could not be written to its end",
    "bot/commands/backing_up.py": "the copy of the database that went into a backup",
    "storage/database/copies.py": "a copy that a killed backup or restore left, and the side files of a database that a copy replaces",
    "bot/recorders/folder_live.py": "none: a wish to the phone system takes the place of the one before",
    "bot/journal.py": "the journal's own last line, where a crash left half of it",
}
"""Where a file may be taken away, and which one."""

TAKES_OUT_OF_A_BUCKET = {
    "bot/recorders/s3/deleting.py": "all versions of a recording's two objects, for Recorder.delete of the bucket",
    "bot/recorders/s3/recorder.py": "the empty object that counts a hold, behind a marker",
}
"""Where an object may be deleted, and which one; an SDK takes its operations by their names."""
OF_A_BUCKET = {
    "delete_object", "delete_objects", "delete_bucket", "put_bucket_lifecycle_configuration", "put_bucket_lifecycle",
    "bypass_governance_retention", "BypassGovernanceRetention", "abort_multipart_upload",
}  # fmt: skip

ALWAYS = {
    "unlink", "rmdir", "rmtree", "removedirs", "truncate", "ftruncate", "rename", "renames", "hardlink_to", "pwrite",
}  # fmt: skip
OF_A_MODULE = ALWAYS | {"remove", "replace", "move", "link"}
MODULES = {"os", "shutil", "posix", "pathlib"}

SOURCES = {
    name: ast.parse(file.read_text(encoding="utf-8"))
    for floor in ("bot", "handlers", "storage")
    for file in sorted((ROOT / floor).rglob("*.py"))
    if not (name := file.relative_to(ROOT).as_posix()).startswith(NOT_OURS)
}


def says(tree: ast.AST, word: str) -> Iterator[int]:
    """Lines in which an attribute of this name is reached for, by a dot or by its name."""
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(lineno=line, attr=what) if what == word:
                yield line
            case ast.Call(func=how, args=args) if _named(how) in ("getattr", "attrgetter", "methodcaller"):
                yield from (node.lineno for one in args if isinstance(one, ast.Constant) and one.value == word)


def takes_away(tree: ast.AST) -> Iterator[int]:
    """Lines in which something is reached for that takes a file away, cuts it short, or puts another in its place."""
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=whose, attr=what) if what in ALWAYS or (
                what in OF_A_MODULE and _named(whose) in MODULES
            ):
                yield node.lineno
            case ast.ImportFrom(module=module, names=names) if module in MODULES:
                yield from (node.lineno for one in names if one.name in OF_A_MODULE)
            # With one argument it is a path's; text has two, and moments have names for theirs.
            case ast.Call(func=ast.Attribute(attr="replace"), args=[_], keywords=[]):
                yield node.lineno


def takes_out_of_a_bucket(tree: ast.AST) -> Iterator[int]:
    """Lines in which an operation is named, in whatever way, that deletes in a bucket or has it delete."""
    for node in ast.walk(tree):
        match node:
            case (
                ast.Attribute(lineno=line, attr=word)
                | ast.Constant(lineno=line, value=word)
                | ast.keyword(lineno=line, arg=word)
            ) if word in OF_A_BUCKET:
                yield line


def _named(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


@each("name", sorted(SOURCES))
def test_nothing_deletes_but_what_stands_here_with_its_reason(name: str) -> None:
    tree = SOURCES[name]
    assert name in DELETES or [*says(tree, "delete")] == []
    assert name in TAKES_AWAY or [*takes_away(tree)] == []
    assert name in TAKES_OUT_OF_A_BUCKET or [*takes_out_of_a_bucket(tree)] == []
