"""`recording-steward sample verify`: checks a month's published draw against its own recipe, with only its file (P10)."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from bot.commands.looking import print_facts
from bot.settings.config import Misconfigured
from handlers.phrases import moment_words, quantity_words
from handlers.policy.terms import QUICKNET
from handlers.random_review.cards import CAUSES, count_words
from handlers.rules.draw_file import Sample, Unread, file_contradictions, published_at, read_draw_file

CORRECT = "Correct: by the recipe, the frozen lists and the {chance} give exactly {calls}, in this order."
NOT_SHOWN = (
    "The file alone can't show that the lists were frozen before the round was published, or that they list every call of",
    "the month. For the first, compare the list hash with the audit log, which also has the time it was logged.",
)


def verify_sample(file: Path) -> int:
    """Print a published draw and every contradiction in it; return 1 if there is any.

    Raises `Misconfigured` if the file can't be read, or isn't a published draw.
    """
    sample = _read_sample(file)
    print_facts(_sample_facts(sample))
    found = list(file_contradictions(sample))
    for one in found:
        print(f"WRONG: {visible_words(one)}")
    if not found:
        drawn = sum(len(one.drawn) for one in sample.departments.values())
        chance = "bot's own number" if sample.number else "beacon's round"
        print(CORRECT.format(chance=chance, calls=f"these {quantity_words(drawn, 'call')}"))
        print("\n".join(NOT_SHOWN))
    return int(bool(found))


def visible_words(words: str) -> str:
    """Return words safe for a terminal: invisible and control characters become code points."""
    return "".join(one if one.isprintable() else f"<U+{ord(one):04X}>" for one in words)


def _read_sample(file: Path) -> Sample:
    """Return the draw in a published file; raises `Misconfigured` if it can't be read as one."""
    where = visible_words(str(file))
    try:
        return read_draw_file(file.read_bytes().decode())
    except OSError as error:
        raise Misconfigured(f"{where} can't be read: {(error.strerror or '').lower()}.") from error
    except UnicodeDecodeError as error:
        raise Misconfigured(f"{where}: it isn't a published draw, as it isn't UTF-8 text.") from error
    except Unread as error:
        raise Misconfigured(f"{where}: {visible_words(str(error))}.") from error


def _sample_facts(sample: Sample) -> Iterator[tuple[str, str]]:
    """Yield what the file says of the draw, each with its label."""
    frozen = sample.frozen
    yield "Sample", f"{visible_words(frozen.company)}, calls of {frozen.month}, draw {visible_words(sample.draw)}"
    yield (
        "Frozen",
        f"{_utc_moment(frozen.frozen_at)}, {frozen.share_percent}% of each list, at least {frozen.minimum}",
    )
    yield "List hash", f"{sample.list_hash}  (compare it with the audit log)"
    source = frozen.beacon
    out = moment_words(published_at(source, frozen.round), "UTC", None)
    yield (
        "Beacon",
        "drand quicknet"
        if source.model_dump() == QUICKNET.model_dump()
        else "NOT drand quicknet; compare its key with one you trust:",
    )
    yield "", f"public key {source.public_key}"
    yield "", f"round {frozen.round}, published {out}"
    yield "Drawn", f"{_utc_moment(sample.drawn_at)}{f'. {visible_words(sample.note)}' if sample.note else ''}"
    for name in frozen.departments:
        if name in sample.departments:
            yield from _department_facts(sample, name)


def _department_facts(sample: Sample, name: str) -> Iterator[tuple[str, str]]:
    """Yield how many calls of a department were drawn and left out, and which drawn ones were skipped and why."""
    listed, found = sample.frozen.departments[name], sample.departments[name]
    out = count_words({str(cause): number for cause, number in listed.left_out.items()}) or "none"
    yield "Department", f"{name}: {len(found.drawn):,} of {quantity_words(len(listed.calls), 'call')}, left out: {out}"
    for one in found.skipped:
        by = f", entered by {one.entered_by}" if one.entered_by else ""
        yield "", f"skipped {one.id}: {CAUSES[one.cause]}{by}"


def _utc_moment(written: str) -> str:
    return moment_words(datetime.fromisoformat(written), "UTC", None)
