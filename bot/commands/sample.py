"""`recording-steward sample verify`: a published sample held against its own recipe, with nothing but its file (P10)."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import datetime
from io import TextIOWrapper
from pathlib import Path
from unicodedata import name

from bot.moments import moment
from bot.settings.config import Misconfigured
from handlers.random_review.words import CAUSES
from handlers.rules.samples import Sample, Unread, contradictions, read
from handlers.words import counted

LARGEST = 8 * 2**20
"""Bytes; room for half a million calls of a department in a month."""
MOST_SKIPPED = 20
HOLDS = "It holds: by the recipe, list, number and lines give {calls}, and no other, in this order."
NOT_SHOWN = (
    "Not shown by the file alone: that these were the list, the number and the lines before anybody could know the result.",
    "For that, compare what stands here with the announcement and the receipts on the reviewers’ cards.",
)


def verify(file: Path) -> int:
    """Print what a published sample is, and each contradiction in it; 1 where there is any. `-` is standard input.

    Raises `Misconfigured` that says why the file can't be read, or what is wrong with it as a whole.
    """
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    sample = _read(file)
    for row in _rows(sample):
        print(row)
    found = list(contradictions(sample))
    for one in found:
        print(f"WRONG: {seen(one)}")
    if not found:
        print(HOLDS.format(calls="no call" if not sample.drawn else f"these {counted(len(sample.drawn), 'call')}"))
        print("\n".join(NOT_SHOWN))
    return int(bool(found))


def seen(words: str) -> str:
    """Words of a stranger's file as a terminal may have them: what can't be seen, or moves what can, as its code point."""
    return "".join(one if one.isprintable() else f"<U+{ord(one):04X}>" for one in words)


def _read(file: Path) -> Sample:
    where = "Standard input" if file == Path("-") else seen(str(file))
    try:
        content = _bytes(file)
    except OSError as error:
        raise Misconfigured(f"{where} can't be read: {(error.strerror or '').lower()}.") from error
    if len(content) > LARGEST:
        raise Misconfigured(f"{where} is too large: a published sample has {LARGEST:,} bytes at most.")
    try:
        return read(content.decode())
    except UnicodeDecodeError as error:
        raise Misconfigured(f"{where}: it is no published sample: it is no text in UTF-8.") from error
    except Unread as error:
        raise Misconfigured(f"{where}: {seen(str(error))}.") from error


def _bytes(file: Path) -> bytes:
    if file == Path("-"):
        return sys.stdin.buffer.read(LARGEST + 1)
    with file.open("rb") as opened:
        return opened.read(LARGEST + 1)


def _rows(sample: Sample) -> Iterator[str]:
    before = ""
    for label, words in _facts(sample):
        yield f"{'' if label == before else label:<12} {words}"
        before = label


def _facts(sample: Sample) -> Iterator[tuple[str, str]]:
    yield (
        "Sample",
        f"{seen(sample.company)}, calls of {sample.month}, {seen(sample.department)}, draw {seen(sample.draw)}",
    )
    if sample.again:
        after = f"after {seen(sample.again.of)}: " if sample.again.of else ""
        yield ("Drawn again" if after else "Please note"), f"{after}{seen(sample.again.reason)}"
    share = f"{sample.share_percent} in a hundred, at least {sample.minimum}"
    yield (
        "Drawn",
        f"{len(sample.drawn):,} of {counted(len(sample.calls), 'call')} ({share}), {_moment(sample.drawn_at)}",
    )
    left_out = ", ".join(f"{number:,} {CAUSES[cause]}" for cause, number in sample.left_out.items() if number)
    yield "Left out", left_out or "none"
    yield from _skipped(sample)
    yield "Announced", _moment(sample.announced)
    yield "List hash", sample.list_hash
    yield "Number hash", f"{sample.number_hash}  (compare these with the announcement on your card)"
    for place, line in enumerate(sample.lines, 1):
        yield f"Line {place}", f"“{seen(line)}”"
        if odd := _odd(line):
            yield "", f"with {odd}: make sure that it is what was typed"


def _skipped(sample: Sample) -> Iterator[tuple[str, str]]:
    for one in sample.skipped[:MOST_SKIPPED]:
        yield "Skipped", f"{one.id}: {seen(one.reason)}"
    if (more := len(sample.skipped) - MOST_SKIPPED) > 0:
        yield "Skipped", f"and {more:,} more, each with its reason in the file"


def _odd(line: str) -> str:
    """The letters by name that could look like another one."""
    odd = dict.fromkeys(one for one in line if not one.isascii())
    return ", ".join(f"{name(one, 'a letter without a name').lower()} (U+{ord(one):04X})" for one in odd)


def _moment(told: str) -> str:
    return moment(datetime.fromisoformat(told), "UTC")
