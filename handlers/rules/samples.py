"""A sample as it is published: a text that says all of a draw, and that anybody can hold against its own recipe (P10)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, FailFast, Field, Strict, ValidationError

from .drawing import RECIPE, first_of, how_many, line_of, list_hash, number_hash, order_of, seed_of
from .random_review import LEFT_OUT, LINES

FORMAT = "recording-steward sample 1"
_MOST = 10**9
_MANY = 100


class Unread(ValueError):
    """What was given is no published sample, or not as it was published; the words say what is wrong with it."""


def _share(percent: str) -> str:
    if not 0 < Decimal(percent) <= 100:
        raise ValueError("no share")
    return percent


def _moment(moment: str) -> str:
    datetime.fromisoformat(moment)
    return moment


def _causes(left_out: object) -> object:
    if not isinstance(left_out, dict) or not set(left_out) <= set(LEFT_OUT):
        raise ValueError("no cause")
    return {cause: left_out[cause] for cause in LEFT_OUT if cause in left_out}


T = TypeVar("T")
_Many = Annotated[tuple[T, ...], Strict(False), FailFast()]
_Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
_Id = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,17}$")]
_Line = Annotated[str, Field(min_length=1, max_length=4000)]
_Moment = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,15}\+00:00$"), AfterValidator(_moment)]
_Number = Annotated[int, Field(ge=0, le=_MOST)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)


class Skipped(_Part):
    """A call that was passed over, by its id in the register, and why."""

    id: _Id
    reason: str


class Again(_Part):
    """The draw before of the same month, and why there is another; without one (`of` empty) what is to be doubted of this one."""

    of: str
    reason: str


class Sample(_Part):
    """One list of a draw: everything that its result follows from; moments are ISO in UTC, ids those of the register.

    `share_percent` is a decimal number as text. `lines` stand in the reviewers' order, each as `line_of` writes it. `left_out`
    counts by cause (`LEFT_OUT`). Raises pydantic's ValidationError where something is of another kind.
    """

    format: str
    company: str
    draw: str
    month: Annotated[str, Field(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")]
    department: str
    again: Annotated[Again, Strict(False)] | None
    recipe: _Many[str]
    share_percent: Annotated[str, Field(pattern=r"^[0-9]{1,3}(\.[0-9]{1,20})?$"), AfterValidator(_share)]
    minimum: Annotated[int, Field(ge=0, le=1000)]
    calls: _Many[_Id]
    left_out: Annotated[dict[str, _Number], BeforeValidator(_causes)]
    list_hash: _Hash
    number_hash: _Hash
    announced: _Moment
    number: _Hash
    lines: Annotated[_Many[_Line], Field(min_length=1, max_length=LINES)]
    drawn_at: _Moment
    seed: _Hash
    wanted: _Number
    skipped: _Many[Annotated[Skipped, Strict(False)]]
    drawn: _Many[_Id]


class _Published(Sample):
    sha256: _Hash


def told(sample: Sample) -> str:
    """The file's text: JSON in one way of writing only, and the hash of it all at the end."""
    whole = sample.model_dump(mode="json", include=set(Sample.model_fields))
    whole["sha256"] = sha256(_written(whole).encode()).hexdigest()
    return _written(whole)


def read(text: str) -> Sample:
    """What a published file says; raises `Unread` where it is none, or where a byte of it is another one than was published."""
    whole = _json(text)
    try:
        published = _Published.model_validate(whole)
    except ValidationError as error:
        raise Unread(f"it is no published sample: {_why(error)}") from error
    if _written(whole) != text or told(published) != text:
        raise Unread("it is not as it was published: its own hash does not fit. Please fetch it again")
    return Sample(**{name: getattr(published, name) for name in Sample.model_fields})


def _json(text: str) -> dict[str, object]:
    """What is in a text that may be hostile: nothing is built from it before its kind and the names in it are known."""
    try:
        text.encode()
        whole = json.loads(text)
        kind, named = whole["format"], set(whole)
    except (ValueError, RecursionError, TypeError, KeyError) as error:
        raise Unread("it is no published sample: it holds no JSON of that kind") from error
    if not isinstance(kind, str):
        raise Unread("it is no published sample: it does not say of what kind it is")
    if kind != FORMAT:
        raise Unread(f"it is of another kind (“{_short(kind)}”), and this version reads “{FORMAT}”")
    if more := named - set(_Published.model_fields):
        raise Unread(f"it is no published sample: “{_short(min(more))}” has no meaning there")
    found: dict[str, object] = whole
    return found


def contradictions(sample: Sample) -> Iterator[str]:
    """Whatever in it does not follow from the rest by the recipe, a sentence each."""
    if sample.recipe != RECIPE:
        yield "recipe: it tells another recipe than the one that is computed here."
    if list(sample.calls) != sorted(set(sample.calls)):
        yield "calls: they are not sorted, or one stands there twice."
    if datetime.fromisoformat(sample.drawn_at) < datetime.fromisoformat(sample.announced):
        yield "drawn_at: it was drawn before it was announced."
    for one in sample.lines:
        yield from _differ("lines", one, line_of(one))
    yield from _differ("list_hash", sample.list_hash, list_hash(sample.calls))
    yield from _differ("number_hash", sample.number_hash, number_hash(sample.number))
    yield from _differ("seed", sample.seed, seed_of(sample.list_hash, sample.number, sample.lines))
    wanted = how_many(len(sample.calls), Decimal(sample.share_percent), sample.minimum)
    yield from _differ("wanted", str(sample.wanted), str(wanted))
    yield from _about_drawn(sample)


def _about_drawn(sample: Sample) -> Iterator[str]:
    order, skipped = order_of(sample.calls, sample.seed), {one.id for one in sample.skipped}
    if not skipped <= set(sample.calls) or len(skipped) < len(sample.skipped):
        yield "skipped: a call stands there that is not in the list, or one twice."
    if any(not line_of(one.reason) for one in sample.skipped):
        yield "skipped: a call stands there without a reason."
    first = first_of(order, sample.wanted, skipped)
    yield from _differ("drawn", " ".join(sample.drawn), " ".join(first))
    enough = len(first) == sample.wanted
    in_the_way = order[: order.index(first[-1]) if first else 0] if enough else order
    if skipped - set(in_the_way):
        yield "skipped: a call stands there that was not in the way of any that is drawn."


def _differ(what: str, stated: str, computed: str) -> Iterator[str]:
    if stated != computed:
        yield f"{what}: the file says {_short(stated)}, and the recipe gives {_short(computed)}."


def _short(words: str) -> str:
    return words if len(words) <= 100 else f"{words[:100]}…"


def _why(error: ValidationError) -> str:
    if error.error_count() > _MANY:
        return "hardly anything in it can be right"
    first = error.errors(include_input=False, include_url=False)[0]
    place = _short(".".join(map(str, first["loc"]))) or "the whole"
    match first["type"]:
        case "missing":
            return f"“{place}” is missing"
        case "extra_forbidden":
            return f"“{place}” has no meaning there"
        case _:
            return f"what stands at “{place}” can’t be right"


def _written(whole: dict[str, object]) -> str:
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"
