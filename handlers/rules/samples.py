"""A sample as it is published: a text that says all of a draw, and that anybody can hold against its own recipe (P10)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from hashlib import sha256
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from .drawing import RECIPE, first_of, how_many, list_hash, number_hash, order_of, seed_of

FORMAT = "recording-steward sample 1"
MOST_LINES = 2
_Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
_Id = Annotated[str, Field(pattern=r"^[0-9]{1,18}$")]
_Moment = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,15}\+00:00$")]


class Unread(ValueError):
    """What was given is no published sample, or not as it was published; the words say what is wrong with it."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Skipped(_Part):
    """A call that was passed over, by its id in the register, and why."""

    id: _Id
    reason: str


class Again(_Part):
    """The draw before of the same month, and why there is another."""

    of: str
    reason: str


class Sample(_Part):
    """One list of a draw: everything that its result follows from; moments are ISO in UTC, ids those of the register.

    `share_percent` is a decimal number as text. `lines` stand in the reviewers' order. `left_out` counts by cause.
    """

    format: str
    company: str
    draw: str
    month: str
    department: str
    again: Again | None
    recipe: tuple[str, ...]
    share_percent: Annotated[str, Field(pattern=r"^[0-9]{1,3}(\.[0-9]{1,9})?$")]
    minimum: Annotated[int, Field(ge=0, le=1000)]
    calls: tuple[_Id, ...]
    left_out: dict[str, int]
    list_hash: _Hash
    number_hash: _Hash
    announced: _Moment
    number: _Hash
    lines: Annotated[tuple[str, ...], Field(min_length=1, max_length=MOST_LINES)]
    drawn_at: _Moment
    seed: _Hash
    wanted: Annotated[int, Field(ge=0)]
    skipped: tuple[Skipped, ...]
    drawn: tuple[_Id, ...]


def told(sample: Sample) -> str:
    """The file's text: JSON in one way of writing only, and the hash of it all at the end."""
    whole = sample.model_dump(mode="json")
    whole["sha256"] = _hash_of(whole)
    return _written(whole)


def read(text: str) -> Sample:
    """What a published file says; raises `Unread` where it is none, or where a byte of it is another one than was published."""
    try:
        whole = json.loads(text)
        given = whole.pop("sha256")
        sample = Sample.model_validate_json(json.dumps(whole))
    except (KeyError, AttributeError, TypeError, RecursionError, ValidationError, ValueError) as error:
        raise Unread(_why(error)) from error
    if sample.format != FORMAT:
        raise Unread(f"it is of another kind (“{sample.format[:60]}”), and this version reads “{FORMAT}”")
    if given != _hash_of(whole) or told(sample) != text:
        raise Unread("it is not as it was published: its own hash does not fit. Please fetch it again")
    return sample


def contradictions(sample: Sample) -> Iterator[str]:
    """Whatever in it does not follow from the rest by the recipe, a sentence each."""
    if sample.recipe != RECIPE:
        yield "recipe: it tells another recipe than the one that is computed here."
    if list(sample.calls) != sorted(set(sample.calls)):
        yield "calls: they are not sorted, or one stands there twice."
    yield from _differ("list_hash", sample.list_hash, list_hash(sample.calls))
    yield from _differ("number_hash", sample.number_hash, number_hash(sample.number))
    yield from _differ("seed", sample.seed, seed_of(sample.list_hash, sample.number, sample.lines))
    wanted = how_many(len(sample.calls), Decimal(sample.share_percent), sample.minimum)
    yield from _differ("wanted", str(sample.wanted), str(wanted))
    order, skipped = order_of(sample.calls, sample.seed), {one.id for one in sample.skipped}
    if not skipped <= set(sample.calls) or len(skipped) < len(sample.skipped):
        yield "skipped: a call stands there that is not in the list, or one twice."
    if any(not one.reason for one in sample.skipped):
        yield "skipped: a call stands there without a reason."
    first = first_of(order, sample.wanted, skipped)
    yield from _differ("drawn", " ".join(sample.drawn), " ".join(first))
    in_the_way = order.index(first[-1]) if first and len(first) == sample.wanted else len(order)
    if skipped - set(order[:in_the_way]):
        yield "skipped: a call stands there that was not in the way of any that is drawn."


def _differ(what: str, stated: str, computed: str) -> Iterator[str]:
    if stated != computed:
        yield f"{what}: the file says {_short(stated)}, and the recipe gives {_short(computed)}."


def _short(words: str) -> str:
    return words if len(words) <= 100 else f"{words[:100]}…"


def _why(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(map(str, first["loc"])) or "the whole"
        return f"it is no published sample: {place}: {first['msg']}"
    return "it is no published sample: it holds no JSON of that kind"


def _hash_of(whole: dict[str, object]) -> str:
    return sha256(_written(whole).encode()).hexdigest()


def _written(whole: dict[str, object]) -> str:
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"
