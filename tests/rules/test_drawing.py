"""P10: a draw as arithmetic, held against its recipe written anew, and followed with `sha256sum` and `sort` alone."""

from __future__ import annotations

import hashlib
import re
import subprocess
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from math import ceil
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from matplotlib import get_data_path
from matplotlib.ft2font import FT2Font

from handlers.rules import drawing as rule
from handlers.rules.samples import FORMAT, told
from tests.drawn import LINES as LINES_TYPED
from tests.drawn import NUMBER, a_sample
from tests.each import each

pytestmark = pytest.mark.long

RECIPE = "f78bd741e1a3c1ac5a917cbc5925e70f0309ed1c26aa9346c82d1e59dc4133af"
IDS = st.lists(st.integers(1, 10**17).map(str), unique=True, max_size=40)
LINES = st.lists(st.text(max_size=20).map(rule.line_of), min_size=1, max_size=2)
HASHES = st.binary(min_size=32, max_size=32).map(bytes.hex)


def by_the_words(ids: Sequence[str], number: str, lines: Sequence[str]) -> tuple[str, str, list[str]]:
    """List hash, seed and order as `RECIPE` says it, in bytes."""
    listed = hashlib.sha256(b"".join(one.encode("ascii") + b"\n" for one in sorted(ids))).hexdigest()
    together = b""
    for one in [listed, number, *lines]:
        together += str(len(one.encode("utf-8"))).encode() + b":" + one.encode("utf-8")
    seed = hashlib.sha256(together).hexdigest()
    by_hash = {hashlib.sha256(seed.encode() + one.encode()).hexdigest(): one for one in ids}
    return listed, seed, [by_hash[one] for one in sorted(by_hash)]


@given(IDS, HASHES, LINES)
def test_p10_hashes_and_order_are_those_of_the_recipes_words(ids: list[str], number: str, lines: list[str]) -> None:
    listed, seed, order = by_the_words(ids, number, lines)
    assert rule.list_hash(ids) == rule.list_hash(reversed(ids)) == listed
    assert rule.seed_of(listed, number, lines) == seed
    assert rule.order_of(ids, seed) == order
    assert rule.number_hash(number) == hashlib.sha256(number.encode()).hexdigest()


BY_HAND = r"""
hash() { sha256sum | cut -c 1-64; }
list=$(LC_ALL=C sort ids | hash)
printf '%s:%s' 64 "$list" 64 "$(cat number)" > together
while IFS= read -r line; do printf '%s:%s' "$(printf %s "$line" | wc -c)" "$line"; done < lines >> together
seed=$(hash < together)
while read -r id; do printf '%s %s\n' "$(printf %s "$seed$id" | hash)" "$id"; done < ids | LC_ALL=C sort | cut -d ' ' -f 2 > order
echo "$list $(printf %s "$(cat number)" | hash) $seed" > hashes
"""


def test_p10_the_recipe_is_followed_with_a_shell_alone(tmp_path: Path) -> None:
    ids = [str(one) for one in (9, 10, 88, 101, 1000, 2, 100)]
    lines = ["Seven grey herons at half past two", "Größe, 東京 and “that”"]
    (tmp_path / "ids").write_text("".join(f"{one}\n" for one in ids))
    (tmp_path / "number").write_text(NUMBER)
    (tmp_path / "lines").write_text("".join(f"{one}\n" for one in lines), encoding="utf-8")
    subprocess.run(["sh", "-c", BY_HAND], cwd=tmp_path, check=True)
    listed = rule.list_hash(ids)
    seed = rule.seed_of(listed, NUMBER, lines)
    assert (tmp_path / "hashes").read_text().split() == [listed, rule.number_hash(NUMBER), seed]
    assert (tmp_path / "order").read_text().split() == rule.order_of(ids, seed)


def test_p10_the_example_for_whoever_doubts_is_what_a_shell_says_and_what_the_rules_say(tmp_path: Path) -> None:
    paper = (Path(__file__).parents[2] / "docs/random-review.md").read_text(encoding="utf-8")
    example = paper.split("```\n")[1].splitlines()
    script = "\n".join(line[2:] for line in example if line.startswith("$ "))
    printed = subprocess.run(["sh", "-c", script], cwd=tmp_path, check=True, capture_output=True, text=True).stdout
    assert printed.splitlines() == [line for line in example if not line.startswith("$ ")]
    listed = rule.list_hash(["3", "9", "10", "101"])
    seed = rule.seed_of(listed, NUMBER, LINES_TYPED)
    assert {listed, seed, f"{rule.number_hash(NUMBER)}  -"} <= set(example)
    assert [line.split()[1] for line in example[-4:]] == rule.order_of(["3", "9", "10", "101"], seed)


def test_p10_ids_and_the_files_own_hash_are_found_with_sed_alone(tmp_path: Path) -> None:
    one = a_sample()
    (tmp_path / "sample.json").write_text(told(one), encoding="utf-8")
    paper = (Path(__file__).parents[2] / "docs/random-review.md").read_text(encoding="utf-8")
    [script] = [line.strip() for line in paper.splitlines() if line.startswith("    sed ")]
    without = r"""grep -v '^ "sha256": ' sample.json | sed 'N; $s/,\n}/\n}/; P; D' | sha256sum"""
    answer = subprocess.run(
        ["sh", "-c", f"{script}; sha256sum < ids; {without}"], cwd=tmp_path, check=True, capture_output=True, text=True
    )
    own = told(one).splitlines()[-2].split('"')[3]
    assert answer.stdout.split() == [one.list_hash, "-", own, "-"]


def test_p10_another_recipe_is_another_format() -> None:
    """A file that was published stays right: whoever changes a word here gives `FORMAT` another number, and reads the old one."""
    assert (FORMAT, hashlib.sha256("\n".join(rule.RECIPE).encode()).hexdigest()) == (
        "recording-steward sample 1",
        RECIPE,
    )


@given(IDS, HASHES)
def test_p10_an_order_is_a_permutation_whatever_order_the_ids_come_in(ids: list[str], seed: str) -> None:
    order = rule.order_of(ids, seed)
    assert sorted(order) == sorted(ids)
    assert rule.order_of(sorted(ids), seed) == order


@given(st.lists(st.text(max_size=6), min_size=1, max_size=3), st.lists(st.text(max_size=6), min_size=1, max_size=3))
@example(["ab", "c"], ["a", "bc"])
@example(["1:a"], ["1", "a"])
@example(["a1:b"], ["a", "b"])
@example(["", "a"], ["a", ""])
def test_p10_no_two_lists_of_lines_are_told_as_one(one: list[str], other: list[str]) -> None:
    seeds = {rule.seed_of("0" * 64, NUMBER, lines) for lines in (one, other)}
    assert len(seeds) == (1 if one == other else 2)


def test_p10_the_reviewers_order_counts() -> None:
    assert rule.seed_of("0" * 64, NUMBER, ["a", "b"]) != rule.seed_of("0" * 64, NUMBER, ["b", "a"])


@each(
    ("calls", "share", "minimum", "wanted"),
    [
        (0, "2", 5, 0), (0, "100", 0, 0), (1, "2", 5, 1), (1, "2", 0, 1), (1, "0.000000001", 0, 1), (4, "2", 5, 4), (5, "2", 5, 5), (6, "2", 5, 5),
        (250, "2", 5, 5), (251, "2", 5, 6), (300, "2", 5, 6), (301, "2", 5, 7), (1000, "0.1", 0, 1), (1001, "0.1", 0, 2), (3000, "0.1", 0, 3),
        (30, "10", 0, 3), (700, "7", 0, 49), (1000, "2.3", 0, 23), (7, "100", 5, 7), (7, "99.9", 5, 7), (7, "2", 1000, 7),
        (100, "33.33333333333333333333", 0, 34), (3 * 10**9, "33.33333333333333333333", 0, 10**9),
    ],
)  # fmt: skip
def test_p10_the_share_is_rounded_up_at_least_the_minimum_and_never_more_than_there_are(
    calls: int, share: str, minimum: int, wanted: int
) -> None:
    assert rule.how_many(calls, Decimal(share), minimum) == wanted


@given(st.integers(0, 10**9), st.decimals(0, 100, places=9), st.integers(0, 1000))
def test_p10_it_is_exact_whatever_the_share(calls: int, share: Decimal, minimum: int) -> None:
    assert rule.how_many(calls, share, minimum) == min(calls, max(ceil(Fraction(share) * calls / 100), minimum))


@each(
    ("written", "told"),
    [
        ("2", "2"),
        ("2.0", "2"),
        ("0.1", "0.1"),
        ("100", "100"),
        ("10.50", "10.5"),
        ("1e-7", "0.0000001"),
        ("33.3", "33.3"),
    ],
)
def test_p10_a_share_is_told_as_the_decimal_number_that_the_policy_has(written: str, told: str) -> None:
    assert rule.share_text(float(written)) == told


def test_p10_a_share_that_is_no_binary_fraction_gives_no_call_too_many() -> None:
    """As binary fractions 0.07 in a hundred of 10,000 are a little over seven, which would round up to eight."""
    assert ceil(0.07 * 10_000 / 100) == 8
    assert rule.how_many(10_000, Decimal(rule.share_text(0.07)), 0) == 7


def test_p10_the_first_ones_are_drawn_past_those_that_are_skipped() -> None:
    order = ["5", "3", "9", "1"]
    assert rule.first_of(order, 2, ()) == ["5", "3"]
    assert rule.first_of(order, 2, {"5"}) == ["3", "9"]
    assert rule.first_of(order, 3, {"3", "1"}) == ["5", "9"]
    assert rule.first_of(order, 0, ()) == []
    assert rule.first_of([], 3, {"3"}) == []


@given(IDS, st.integers(0, 45), st.data())
def test_p10_whatever_is_skipped_everything_before_it_stays_drawn(
    ids: list[str], wanted: int, data: st.DataObject
) -> None:
    skipped = set(data.draw(st.lists(st.sampled_from(ids), unique=True))) if ids else set()
    more = skipped | {ids[0]} if ids else set()
    drawn, later = rule.first_of(ids, wanted, skipped), rule.first_of(ids, wanted, more)
    assert len(drawn) == min(wanted, len(ids) - len(skipped))
    assert set(drawn) - more <= set(later)


@each(
    ("typed", "line"),
    [
        ("Seven grey herons", "Seven grey herons"), ("  two   blanks ", "two blanks"), ("a\nb\r\n\tc", "a b c"), ("cafe\u0301", "café"),
        ("ﬁve", "five"), ("a\u00a0b", "a b"), ("a\u200bb\u00adc\u2060", "abc"), ("a\u200d\u0301", "á"), ("\ud83d", ""), ("\x00\x1b[2J", "[2J"),
        ("\u202eabc", "abc"), ("heart\u2764\ufe0f", "heart❤"), ("\u3164\u115f", ""), ("\u2028", ""), ("", ""), ("東京", "東京"), ("\U000e0041x", "x"),
        ("herons\u2800", "herons"), ("\u2800", ""), ("a\U0001d159b", "ab"), ("\ufffc", ""), ("\U00013441\U00013442", ""), ("a\U00016fe4", "a"),
        ("\uffff\ufdd0", ""), ("\ufb37", ""), ("a\u2800 \u2800b", "a b"), ("21\u00b0 ⠓ ♪", "21° ⠓ ♪"),
    ],
)  # fmt: skip
def test_p10_a_line_has_one_way_of_being_written(typed: str, line: str) -> None:
    assert rule.line_of(typed) == line


def test_p10_of_a_sign_that_is_drawn_without_ink_nothing_stays() -> None:
    """As a font says it that has six thousand signs, whatever properties Unicode gives them."""
    font = FT2Font(str(Path(get_data_path()) / "fonts/ttf/DejaVuSans.ttf"))
    blank = [chr(one) for one in font.get_charmap() if font.load_char(one).bbox == (0, 0, 0, 0)]
    assert {"\u2800", "\ufffc", "\u200b"} <= set(blank)
    assert [f"U+{ord(one):04X}" for one in blank if rule.line_of(one)] == []
    paper = (Path(__file__).parents[2] / "docs/random-review.md").read_text(encoding="utf-8")
    named = [chr(int(one, 16)) for one in re.findall(r"U\+([0-9A-F]{4,5})", paper)]
    assert (len(named), [one for one in named if rule.line_of(one)]) == (6, [])


def test_p10_a_line_with_something_behind_it_is_not_found_by_the_papers_way_of_comparing(tmp_path: Path) -> None:
    """Whoever runs the bot puts a visible sign behind a reviewer's line: the copy is not found any more."""
    paper = (Path(__file__).parents[2] / "docs/random-review.md").read_text(encoding="utf-8")
    [script] = re.findall(r"`(grep -F [^`]*)`", paper)
    found = []
    for more in ("", " .", "⠓"):
        (tmp_path / "sample.json").write_text(told(a_sample(lines=(f"{LINES_TYPED[0]}{more}",))), encoding="utf-8")
        answer = subprocess.run(["sh", "-c", script], cwd=tmp_path, check=False, capture_output=True, text=True)
        found.append(bool(answer.stdout))
    assert found == [True, False, False]


@settings(max_examples=500)
@given(
    st.text(max_size=60),
    st.sampled_from(["\u200b", "\u0301", "\u00a0", "\ufe0f", "\n", "\u115f", "\u2800"]),
    st.integers(0, 60),
)
def test_p10_a_line_that_was_written_so_stays_so(typed: str, between: str, place: int) -> None:
    line = rule.line_of(typed[:place] + between + typed[place:])
    assert rule.line_of(line) == line
    line.encode()
