"""What no linter checks: who deletes, who writes, who knows a platform or a disturbance, who reads the machine's clock,
and forbidden words.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.each import each
from tests.strings import forbidden

ROOT, HERE = Path(__file__).parents[1], Path(__file__).parent
TEXTS = {
    file.relative_to(ROOT).as_posix(): file.read_text(encoding="utf-8")
    for floor in ("bot", "handlers", "storage")
    for file in sorted((ROOT / floor).rglob("*.py"))
}
CLOCKS = re.compile(
    r"\b(?:datetime|date)\.(?:now|today|utcnow)\(|\btime\.(?:time|time_ns|localtime|gmtime)\(|\butc_now\b"
)
ALLOWED = {
    "moments.py": "the one place that reads the clock that conftest.py sets",
    "bench/": "measures the program as it runs",
    "pbx/": "a real Asterisk has a clock of its own",
}


def test_no_test_reads_the_machines_clock() -> None:
    found = {
        f"{file.relative_to(HERE)}:{number}": line.strip()
        for file in sorted(HERE.rglob("*.py"))
        if not str(file.relative_to(HERE)).startswith(tuple(ALLOWED)) and file != Path(__file__)
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if CLOCKS.search(line)
    }
    assert found == {}


DOOR = "handlers/door.py"


def reached(tree: ast.AST) -> Iterator[str]:
    """What is reached for by a dot, alone and behind whose it is, or by an import; a path is what `replace` with one argument replaces."""
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id=whose) | ast.Attribute(attr=whose), attr=what):
                yield from (what, f"{whose}.{what}")
            case ast.Attribute(attr=what):
                yield what
            case ast.ImportFrom(module=module, names=names):
                yield from (f"{module}.{one.name}" for one in names)
            case ast.Call(func=ast.Attribute(attr="replace"), args=[_], keywords=[]):
                yield "path.replace"


REACHED = {name: {*reached(ast.parse(text))} for name, text in TEXTS.items()}


def test_nothing_is_changed_beside_the_door() -> None:
    above_storage = (name for name in TEXTS if not name.startswith("storage/"))
    assert [name for name in above_storage if any(one.endswith("database.write") for one in REACHED[name])] == [DOOR]


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

ALWAYS = {
    "unlink", "rmdir", "rmtree", "removedirs", "truncate", "ftruncate", "rename", "renames", "hardlink_to", "pwrite",
}  # fmt: skip
OF_A_MODULE = {
    f"{module}.{what}"
    for module in ("os", "shutil", "posix", "pathlib", "path")
    for what in (*ALWAYS, "remove", "replace", "move", "link")
}


@each("name", [name for name in TEXTS if not name.startswith(NOT_OURS)])
def test_nothing_deletes_but_what_is_here_with_its_reason(name: str) -> None:
    """What an SDK deletes in a bucket is held by an import contract."""
    assert name in DELETES or "delete" not in REACHED[name]
    assert name in TAKES_AWAY or not REACHED[name] & (ALWAYS | OF_A_MODULE)


PUT_TOGETHER = {
    "app.py", "commands/checking.py", "commands/packaging.py", "readiness.py", "settings/config.py", "settings/setting_values.py", "__main__.py"
}  # fmt: skip


PLATFORMS = {"teams": r"teams(?!\", \[\])|botbuilder|microsoft", "slack": "slack"}
"""Slack calls its workspaces teams in its own answers, and there alone."""


@each("platform", PLATFORMS)
def test_no_other_module_knows_a_platform_by_name(platform: str) -> None:
    own = (f"bot/{platform}/", "bot/rehearsal/", "storage/migrations/", *(f"bot/{one}" for one in PUT_TOGETHER))
    others = {name: text for name, text in TEXTS.items() if not name.startswith(own)}
    assert [name for name, text in others.items() if re.search(PLATFORMS[platform], text, re.IGNORECASE)] == []


DISTURBANCES = {
    "another recording has a call's name": (
        r"another recording|another call (has|is|took)|call_changed|operators_before|changed_at|_replaced\b|change_native_id|recordings\.unname\(",
        {"handlers/recordings.py", "handlers/retention/closing.py"},
    ),
    "a person has several addresses": (
        r"\baliases|former.?address|\b(every|all|other) address|people\.(had|by_key|bearing)\(|all_selves\(",
        {"handlers/matters/asking.py", "handlers/people.py", "handlers/customers/filing.py"},
    ),
    "a person is known by an address before it is known who that is": (
        r"email_key|operator_key|\b(by|their) address(es)?\b",
        {
            # where the policy, a platform, the phone system, a colleague who searches, or a customer's letter names one
            "handlers/acting.py", "handlers/people.py", "handlers/recordings.py", "handlers/finding.py",
            "handlers/retention/closing.py", "handlers/digest/steps.py", "handlers/breach/filing.py", "handlers/breach/state.py",
            "handlers/customers/cards.py", "handlers/customers/filing.py", "handlers/customers/forms.py",
            "handlers/policy/file.py", "handlers/policy/terms.py", "handlers/policy/values.py",
            "handlers/rules/customer_names.py", "handlers/rules/identity.py", "handlers/rules/searching.py",
        },
    ),
    "somebody can't be reached": (
        r"\.unreachable\b|\bunreachable=|\.out_of_reach\(|\.may_act\(|reached_again|\.seen_since\(",
        {"handlers/matters/asking.py", "handlers/rules/routing.py", "handlers/people.py"},
    ),
    "somebody is away": (
        r"\.is_away\(|policy\.away\(",
        # what the policy file says of it, what is entered, and what a route makes of it
        {
            "handlers/matters/asking.py", "handlers/policy/file.py", "handlers/rules/availability.py", "handlers/rules/routing.py",
            "handlers/away.py",
        },
    ),
    "those who were asked are silent": (
        r"deciding_deputies|next_authorities|asked_instead",
        {"handlers/matters/asking.py", "handlers/rules/routing.py", "handlers/access/waiting.py"},
    ),
    "a matter is passed on": (r'passed_on=|part == "passed"|asking\.PASSED', {"handlers/matters/case.py", "handlers/matters/asking.py", "handlers/rules/routing.py"}),
    "nobody is left to ask": (r"whom_to_tell|\bWarn\(|\bAlert\(", {"handlers/matters/asking.py", "handlers/rules/availability.py"}),
    "the database was restored": (
        r"restor(e|ed|es|ing)\b|recall|checkpoint",
        {
            "handlers/journal.py", "handlers/retention/guard.py", "handlers/retention/cards.py",
            "handlers/rules/retention.py",
        },
    ),
    "somebody changed the database behind the log": (
        r"row_key|mark_check|storage\.marks|has_unlogged_writes",
        {"handlers/door.py"},
    ),
    "a row can't be read": (r"\blegible|unreadable row|row (that )?can.t be read|storage\.unreadable", set()),
    "older versions of our own data": (r"(older|earlier|newer|former) version|version (of )?before", set()),
}  # fmt: skip
"""By the disturbance: the words that only its owners in handlers/ may use."""


@each("disturbance", DISTURBANCES)
def test_no_feature_mentions_a_disturbance_that_is_anothers(disturbance: str) -> None:
    words, owners = DISTURBANCES[disturbance]
    found = {
        f"{name}:{number}: {line.strip()}"
        for name, text in TEXTS.items()
        if name.startswith("handlers/") and name not in owners
        for number, line in enumerate(text.splitlines(), 1)
        if re.search(words, line, re.IGNORECASE)
    }
    assert found == set()
    assert owners <= TEXTS.keys()


def test_no_string_docstring_or_paper_has_a_word_that_no_product_writer_uses() -> None:
    assert forbidden() == []
