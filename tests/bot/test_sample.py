"""P10: `recording-steward sample verify`, as a reader types it who has the file and nothing else."""

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.commands import sample as command
from bot.rehearsal.beacon import CHAIN, SECRET
from handlers.policy.terms import QUICKNET
from handlers.rules.draw_file import Source, file_text
from tests.drawn import FROZEN_AT, NUMBER, a_frozen, a_sample, signed
from tests.each import each

ROOT = Path(__file__).parents[2]
Run = Callable[[bytes], tuple[Any, str]]


@pytest.fixture
def verify(typed: Callable[..., tuple[Any, str, str]], tmp_path: Path) -> Run:
    """The exit code (or the sentence with which it ended) for a file of these bytes, and what was printed."""

    def verified(content: bytes) -> tuple[Any, str]:
        (file := tmp_path / "sample.json").write_bytes(content)
        return typed("sample", "verify", str(file))[:2]

    return verified


def of(**changed: Any) -> bytes:
    return file_text(a_sample(**changed)).encode()


def test_p10_it_says_what_the_draw_was_and_that_it_is_correct(verify: Run) -> None:
    one = a_sample()
    code, printed = verify(file_text(one).encode())
    frozen = one.frozen
    assert (code, printed.splitlines()) == (
        0,
        [
            "Sample       Fernhill Telecare, calls of 2026-10, draw RD-22222222",
            "Frozen       Sun 1 Nov 2026, 22:00 UTC, 2% of each list, at least 5",
            f"List hash    {one.list_hash}  (compare it with the audit log)",
            "Beacon       NOT drand quicknet; compare its key with one you trust:",
            f"             public key {frozen.beacon.public_key}",
            f"             round {frozen.round}, published Sun 1 Nov 2026, 22:10 UTC",
            "Drawn        Sun 1 Nov 2026, 22:10 UTC",
            "Department   customer_success: 5 of 40 calls, left out: 2 declined, 1 gone, 1 held back",
            "             sales: 5 of 8 calls, left out: 2 declined, 1 gone, 1 held back",
            command.CORRECT.format(chance="beacon's round", calls="these 10 calls"),
            *command.NOT_SHOWN,
        ],
    )


def test_p10_it_names_each_call_that_was_skipped_with_its_cause_and_who_entered_it(verify: Run) -> None:
    one = a_sample()
    first = one.departments["sales"].drawn[0]
    other = a_sample(skipped=[(first, "unannounced")])
    found = other.departments["sales"]
    by = found.skipped[0].model_copy(update={"entered_by": "person:7"})
    code, printed = verify(of(departments={**other.departments, "sales": found.model_copy(update={"skipped": (by,)})}))
    assert (code, f"             skipped {first}: unannounced, entered by person:7\n" in printed) == (0, True)


def test_p10_whatever_contradicts_the_recipe_is_told_and_the_exit_is_1(verify: Run) -> None:
    code, printed = verify(of(seed="0" * 64))
    assert code == 1
    assert f"WRONG: seed: the file says “{'0' * 64}”, and the recipe gives " in printed
    assert "Correct" not in printed


@each("hostile", ["\x1b[2J", "\u202eab", "Fern\nCorrect: all of it", "\u200b"])
def test_nothing_in_a_file_moves_the_terminal_or_writes_a_row_of_its_own(verify: Run, hostile: str) -> None:
    for changed in ({"draw": hostile}, {"frozen": a_frozen(company=hostile)}, {"note": hostile}):
        _, printed = verify(of(**changed, number=NUMBER))
        assert not [one for one in printed if one != "\n" and not one.isprintable()]
        assert printed.count("\nCorrect") == int("note" not in changed)


@each(
    ("content", "sentence"),
    [
        (b"", "it isn't a published draw that this version reads"),
        (b"\xff\xfe", "it isn't a published draw, as it isn't UTF-8 text"),
        (b"[" * 100_000, "it isn't a published draw that this version reads"),
        (b'{"format": "recording-steward sample 2"}', "it isn't a published draw that this version reads"),
        (b'{"format": "recording-steward sample 1"}', "it isn't a published draw that this version reads"),
        (of(number=NUMBER).replace(b"\n", b"\r\n"), "it isn't exactly as it was published"),
    ],
)
def test_what_is_wrong_with_a_file_is_one_sentence(verify: Run, content: bytes, sentence: str) -> None:
    said, printed = verify(content)
    assert sentence in said
    assert said.startswith("recording-steward: ") and said.endswith(".") and "\n" not in said
    assert printed == ""


def recipe(monkeypatch: pytest.MonkeyPatch, file: Path, key: str, genesis: int = CHAIN.genesis) -> None:
    """Run the program that the docs print, as a reader would who saved it; exits with a sentence if a file is wrong."""
    paper = (ROOT / "docs/random-review.md").read_text(encoding="utf-8")
    [program] = re.findall(r"```python\n(.*?)```", paper, re.DOTALL)
    monkeypatch.setattr(sys, "argv", ["check_draw.py", str(file), key, f"{genesis}", f"{CHAIN.period}"])
    exec(compile(program, "check_draw.py", "exec", optimize=2), {"__name__": "__main__"})


def test_p10_the_recipe_in_the_docs_checks_a_file_with_nothing_but_it_and_the_beacons_key(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file, first = tmp_path / "sample.json", a_sample().departments["sales"].drawn[0]
    file.write_bytes(of(skipped=[(first, "declined")]))
    recipe(monkeypatch, file, CHAIN.public_key)
    assert capsys.readouterr().out.splitlines() == [
        "customer_success: 5 of 40 calls, 0 skipped", "sales: 5 of 8 calls, 1 skipped",
        f"  skipped {first}: declined, entered by no one", "Correct.",
    ]  # fmt: skip
    file.write_bytes(of(number=NUMBER))
    recipe(monkeypatch, file, CHAIN.public_key)
    assert capsys.readouterr().out.endswith("Correct, with the bot's own number, which is weaker.\n")


@each(
    ("changed", "sentence"),
    [
        ({"list_hash": "0" * 64}, "the list hash is wrong"),
        ({"frozen": a_frozen(round=71911402)}, "another round should decide"),
        ({"signature": signed(SECRET + 1, a_frozen().round)}, "the beacon did not sign this"),
        ({"number": "1" * 64}, "another number was fixed"),
        ({"number": NUMBER, "departments": a_sample().departments}, "customer_success: other calls should be drawn"),
        (
            {"departments": {**a_sample().departments, "others": a_sample().departments["sales"]}},
            "other departments were drawn from",
        ),
    ],
)
def test_p10_the_recipe_in_the_docs_finds_what_was_changed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, changed: dict[str, Any], sentence: str
) -> None:
    file = tmp_path / "sample.json"
    file.write_bytes(of(**changed))
    with pytest.raises(SystemExit, match=f"WRONG: {sentence}"):
        recipe(monkeypatch, file, CHAIN.public_key)


def test_p10_a_round_known_before_decides_no_draw(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, verify: Run) -> None:
    """Round 657413 is years old; with another genesis it would seem to come ten minutes after the freeze."""
    genesis = int(FROZEN_AT.timestamp()) + 600 - 657412 * QUICKNET.period
    source = Source(**{**QUICKNET.model_dump(), "genesis": genesis})
    content = of(frozen=a_frozen(beacon=source, round=657413))
    code, printed = verify(content)
    assert code == 1
    assert "WRONG: beacon: it has the public key of drand quicknet, but not its chain, genesis or period." in printed
    (file := tmp_path / "sample.json").write_bytes(content)
    with pytest.raises(SystemExit, match="another round should decide"):
        recipe(monkeypatch, file, QUICKNET.public_key, QUICKNET.genesis)
