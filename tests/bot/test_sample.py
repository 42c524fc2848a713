"""P10: `recording-steward sample verify`, as somebody types it who has the file and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest

from bot.__main__ import main
from bot.commands import sample as command
from handlers.rules.samples import Again, told
from tests.drawn import LINES, a_sample
from tests.each import each

ROOT = Path(__file__).parents[2]
Run = Callable[[bytes], tuple[Any, str]]


@pytest.fixture
def verify(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """The exit code (or the sentence with which it ended) for a file of these bytes, and what was printed."""

    def typed(content: bytes) -> tuple[Any, str]:
        file = tmp_path / "sample.json"
        file.write_bytes(content)
        return _ran(monkeypatch, capsys, str(file))

    monkeypatch.chdir(tmp_path)
    return typed


def _ran(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], file: str) -> tuple[Any, str]:
    monkeypatch.setattr(sys, "argv", ["recording-steward", "sample", "verify", file])
    with pytest.raises(SystemExit) as left:
        main()
    return left.value.code, capsys.readouterr().out


def of(**changed: Any) -> bytes:
    return told(a_sample(**changed)).encode()


def test_p10_it_says_what_the_draw_was_and_that_it_holds(verify: Run) -> None:
    one = a_sample(range(101, 113))
    code, printed = verify(told(one).encode())
    assert (code, printed.splitlines()) == (
        0,
        [
            "Sample       Fernhill Telecare, calls of 2026-10, Customer Success, draw M-2610-1",
            "Drawn        5 of 12 calls (2 in a hundred, at least 5), Mon 2 Nov 2026, 03:17 UTC",
            "Left out     2 declined, 1 out of reach, 1 gone",
            "Announced    Sun 1 Nov 2026, 22:00 UTC",
            f"List hash    {one.list_hash}",
            f"Number hash  {one.number_hash}  (compare these with the announcement on your card)",
            f"Line 1       “{LINES[0]}”",
            f"Line 2       “{LINES[1]}”",
            command.HOLDS.format(calls="these 5 calls"),
            *command.NOT_SHOWN,
        ],
    )


def test_p10_it_names_each_call_that_was_skipped_and_a_second_draw(verify: Run) -> None:
    first = a_sample().drawn[0]
    again = Again(of="M-2610-1", reason="One list was lost")
    code, printed = verify(
        of(skipped=[(first, "the customer declined")], again=again, left_out={}, calls=range(101, 141))
    )
    assert code == 0
    assert f"Skipped      {first}: the customer declined\n" in printed
    assert "Drawn again  after M-2610-1: One list was lost\n" in printed
    assert "Left out     none\n" in printed


@each(("before", "told"), [("RD-22222222", "Drawn again  after RD-22222222: It ended"), ("", "Please note  It ended")])
def test_p10_it_says_that_a_draw_before_ended_by_a_restore_also_where_nobody_knows_which(
    verify: Run, before: str, told: str
) -> None:
    code, printed = verify(of(again=Again(of=before, reason="It ended by a restore.")))
    assert (code, f"{told} by a restore.\n" in printed) == (0, True)


def test_p10_of_many_that_were_skipped_it_names_some_and_counts_the_rest(verify: Run) -> None:
    calls = [str(one) for one in range(101, 141)]
    code, printed = verify(of(skipped=[(one, "erased") for one in calls]))
    assert (code, printed.count(": erased\n")) == (0, 20)
    assert "             and 20 more, each with its reason in the file\n" in printed
    assert "gives" not in printed
    assert "give no call, and no other" in printed


def test_p10_whatever_contradicts_the_recipe_is_told_and_the_exit_is_1(verify: Run) -> None:
    code, printed = verify(of(number_hash="0" * 64, wanted=6))
    assert code == 1
    assert f"WRONG: number_hash: the file says {'0' * 64}, and the recipe gives " in printed
    assert "WRONG: wanted: the file says 6, and the recipe gives 5.\n" in printed
    assert "It holds" not in printed


def test_p10_a_letter_that_looks_like_another_one_is_named(verify: Run) -> None:
    code, printed = verify(of(lines=("Grey her\u043ens", "none")))
    assert code == 0
    assert "with cyrillic small letter o (U+043E): make sure that it is what was typed\n" in printed


@each("hostile", ["\x1b[2J", "\u202eab", "Fern\nIt holds: all of it", "\u200b"])
def test_nothing_in_a_file_moves_the_terminal_or_writes_a_row_of_its_own(verify: Run, hostile: str) -> None:
    for field in ("company", "department", "draw"):
        _, printed = verify(of(**{field: hostile}))
        assert not [one for one in printed if one != "\n" and not one.isprintable()]
        assert printed.count("\nIt holds") == 1
    code, printed = verify(of(lines=(hostile + "x",)))
    assert (code, "\nIt holds" in printed) == (1, False)
    said, _ = verify(of(format=hostile))
    assert "\x1b" not in said and "\n" not in said and "\u202e" not in said


@each(
    ("content", "sentence"),
    [
        (b"", "it is no published sample: it holds no JSON of that kind"),
        (b"\xff\xfe", "it is no published sample: it is no text in UTF-8"),
        (b"\xef\xbb\xbf" + of(), "it is no published sample: it holds no JSON of that kind"),
        (b"[" * 100_000, "it is no published sample: it holds no JSON of that kind"),
        (b'{"format": "recording-steward sample 1"}', "it is no published sample: “company” is missing"),
        (of().replace(b"sample 1", b"sample 2"), "it is of another kind (“recording-steward sample 2”)"),
        (of().replace(b"Tea", b"tea"), "it is not as it was published: its own hash does not fit"),
        (of().replace(b"\n", b"\r\n"), "it is not as it was published: its own hash does not fit"),
        (of() + b"\n", "it is not as it was published: its own hash does not fit"),
    ],
)
def test_what_is_wrong_with_a_file_is_one_sentence(verify: Run, content: bytes, sentence: str) -> None:
    said, printed = verify(content)
    assert sentence in said
    assert said.startswith("recording-steward: ") and said.endswith(".") and "\n" not in said
    assert printed == ""


def test_a_file_that_is_too_large_is_not_read_to_its_end(verify: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "LARGEST", len(of()))
    assert verify(of())[0] == 0
    assert "sample.json is too large" in verify(of() + b" ")[0]


@pytest.mark.parametrize(("file", "why"), [("none.json", "no such file or directory"), (".", "is a directory")])
def test_a_file_that_is_none_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, file: str, why: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert _ran(monkeypatch, capsys, file) == (f"recording-steward: {file} can't be read: {why}.", "")


def test_standard_input_is_a_file_too(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(of())))
    code, printed = _ran(monkeypatch, capsys, "-")
    assert (code, "It holds: " in printed) == (0, True)
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(b"{}")))
    assert "Standard input: it is no published sample" in _ran(monkeypatch, capsys, "-")[0]


@pytest.mark.soak
def test_p10_it_needs_no_setting_policy_database_or_network(tmp_path: Path) -> None:
    """In an empty environment, where opening a socket ends the program, and settings that are wrong are not looked at."""
    (tmp_path / "sample.json").write_bytes(of())
    (tmp_path / ".env").write_text("DATABASE_URL=nonsense\nPOLICY_FILE=none.yaml\nSECRET_KEY=short\n")
    (tmp_path / "sitecustomize.py").write_text(
        "import os, sys\nsys.addaudithook(lambda event, _: event in ('socket.connect', 'socket.bind', 'sqlite3.connect') and os._exit(9))\n"
    )
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}",
        "PYTHONIOENCODING": "ascii",
    }
    answer = subprocess.run(
        [sys.executable, "-m", "bot", "sample", "verify", "sample.json"], cwd=tmp_path, env=environment,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (answer.returncode, answer.stderr) == (0, "")
    assert "It holds: " in answer.stdout
    assert sorted(one.name for one in tmp_path.iterdir() if one.name != "__pycache__") == [
        ".env",
        "sample.json",
        "sitecustomize.py",
    ]
