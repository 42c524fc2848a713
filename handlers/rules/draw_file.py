"""A month's draw as it is published, and the public beacon behind its seed: anyone can check both (P10)."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, Annotated, Literal, Protocol, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, FailFast, Field, Strict, model_validator

from handlers.policy.terms import QUICKNET
from handlers.rules import random_review
from handlers.rules.random_review import Cause, Lost

if TYPE_CHECKING:
    from py_ecc.bls.typing import G1Uncompressed, G2Uncompressed

AHEAD = timedelta(minutes=10)
"""A list is frozen at least this long before the round that decides about it is published."""
DOMAIN = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"
SIGNATURE, PUBLIC_KEY = re.compile("[0-9a-f]{96}"), re.compile("[0-9a-f]{192}")


class Chain(Protocol):
    """When the beacon began (Unix seconds), and how many seconds lie between two of its rounds."""

    @property
    def genesis(self) -> int: ...
    @property
    def period(self) -> int: ...


def published_at(chain: Chain, number: int) -> datetime:
    """Return when a round is published (UTC)."""
    return datetime.fromtimestamp(chain.genesis + (number - 1) * chain.period, UTC)


def round_after(chain: Chain, frozen: datetime) -> int:
    """Return the first round that is published at least ten minutes after a moment (aware)."""
    seconds = (frozen + AHEAD - datetime.fromtimestamp(chain.genesis, UTC)) / timedelta(seconds=1)
    return max(1, -int(-seconds // chain.period) + 1)


def round_randomness(signature: str) -> bytes:
    """Return the 32 bytes of chance that a round's signature gives."""
    return sha256(bytes.fromhex(signature)).digest()


def is_signed(public_key: str, number: int, signature: str) -> bool:
    """Return True if this is the beacon's signature of that round.

    It takes about a second of CPU, so never ask within a transaction.
    """
    load_library()
    from py_ecc.bls.g2_primitives import subgroup_check
    from py_ecc.bls.point_compression import decompress_G1
    from py_ecc.fields import optimized_bls12_381_FQ12 as FQ12
    from py_ecc.optimized_bls12_381.optimized_curve import G2, is_inf, neg
    from py_ecc.optimized_bls12_381.optimized_pairing import final_exponentiate, pairing

    if not SIGNATURE.fullmatch(signature):
        return False
    try:
        key, point = _read_public_key(public_key), decompress_G1(int(signature, 16))  # type: ignore[arg-type]
        if is_inf(point) or not subgroup_check(point):
            return False
    except ValueError:
        return False
    # The signature is right if pairing it with the generator gives what pairing the message with the public key gives.
    signed = pairing(key, message_of(number), final_exponentiate=False)
    given = pairing(G2, neg(point), final_exponentiate=False)
    return bool(final_exponentiate(signed * given) == FQ12.one())


def load_library() -> None:
    """Load py-ecc, which takes a second or two, so only a draw does it. It raises the limit of recursion a hundredfold; that is put back."""
    limit = sys.getrecursionlimit()
    import py_ecc  # noqa: F401

    sys.setrecursionlimit(limit)


def message_of(number: int) -> G1Uncompressed:
    """Return what a beacon signs for a round: a point of the curve derived from its number (RFC 9380)."""
    load_library()
    from py_ecc.bls.hash_to_curve import hash_to_G1

    return hash_to_G1(sha256(number.to_bytes(8, "big")).digest(), DOMAIN, sha256)  # type: ignore[arg-type]  # it takes the kind of hash


@cache
def _read_public_key(public_key: str) -> G2Uncompressed:
    """Return a beacon's public key (hexadecimal) as the point that it stands for; raises `ValueError` if it is none."""
    from py_ecc.bls.g2_primitives import subgroup_check
    from py_ecc.bls.point_compression import decompress_G2
    from py_ecc.optimized_bls12_381.optimized_curve import is_inf

    if PUBLIC_KEY.fullmatch(public_key):
        key = decompress_G2((int(public_key[:96], 16), int(public_key[96:], 16)))  # type: ignore[arg-type]
        if not is_inf(key) and subgroup_check(key):
            return key
    raise ValueError("it isn't a beacon's public key")


FORMAT: Literal["recording-steward sample 2"] = "recording-steward sample 2"
WEAKER = (
    "Drawn with the bot's own number, because the beacon gave no valid answer for a working day. This is weaker: the bot's administrator "
    "could know the number when the lists were frozen."
)
LAST_SECOND = 250_000_000_000
"""Unix seconds, in the year 9892."""


class Unread(ValueError):
    """What was given is not a published draw, or not as it was published; the words say what is wrong with it."""


def _check_share(percent: str) -> str:
    if not 0 < Decimal(percent) <= 100:
        raise ValueError("no share")
    return percent


def _check_moment(moment: str) -> str:
    datetime.fromisoformat(moment)
    return moment


T = TypeVar("T")
_Many = Annotated[tuple[T, ...], Strict(False), FailFast()]
_Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
_Id = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,17}$")]
_Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
_Moment = Annotated[
    str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,15}\+00:00$"), AfterValidator(_check_moment)
]
_Number = Annotated[int, Field(ge=0, le=10**12)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True, defer_build=True)


class Source(_Part):
    """The beacon, as `handlers.policy.random_review.Beacon`."""

    chain: _Hash
    public_key: Annotated[str, Field(pattern=r"^[0-9a-f]{192}$")]
    genesis: _Number
    period: Annotated[int, Field(ge=1, le=86_400)]


class Listed(_Part):
    """The calls of a department by their ids in the register, sorted as text, and how many were left out, by cause."""

    calls: _Many[_Id]
    left_out: Annotated[dict[Cause, _Number], Strict(False)]


class Frozen(_Part):
    """All that a draw depends on but the chance: it is fixed, and its hash logged, before the round is published.

    `share_percent` is a decimal number as text. `number_hash` is the SHA-256 of the bot's own number, for a month without a beacon.
    """

    company: str
    month: Annotated[str, Field(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")]
    frozen_at: _Moment
    share_percent: Annotated[str, Field(pattern=r"^[0-9]{1,3}(\.[0-9]{1,20})?$"), AfterValidator(_check_share)]
    minimum: Annotated[int, Field(ge=0, le=1000)]
    departments: Annotated[dict[_Key, Listed], Strict(False)]
    beacon: Source
    round: Annotated[int, Field(ge=1, le=10**12)]
    number_hash: _Hash

    @model_validator(mode="after")
    def _in_some_year(self) -> Frozen:
        """Refuse a round that is published later than any date can say."""
        if self.beacon.genesis + self.round * self.beacon.period > LAST_SECOND:
            raise ValueError("no calendar has that round")
        return self

    @property
    def list_hash(self) -> str:
        """The SHA-256 of all of it as JSON in one way of writing: keys sorted, no blanks, UTF-8."""
        text = json.dumps(self.model_dump(mode="json"), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return random_review.hash_of(text.encode())

    def wanted(self, department: str) -> int:
        """Return how many calls of a department must be drawn."""
        calls = len(self.departments[department].calls)
        return random_review.how_many(calls, Decimal(self.share_percent), self.minimum)

    def order(self, department: str, seed: str) -> list[str]:
        """Return the calls of a department in the drawn order."""
        return random_review.order_of(self.departments[department].calls, seed)


class Skipped(_Part):
    """A call that was passed over: why, and, of an outage or a decline, who entered it, as the audit log names people."""

    id: _Id
    cause: Lost
    entered_by: Annotated[str, Field(pattern=r"^(person:[1-9][0-9]{0,17})?$")]


class Drawn(_Part):
    """What was drawn of a department, in order, and what was passed over on the way."""

    drawn: _Many[_Id]
    skipped: _Many[Annotated[Skipped, Strict(False)]]


class Sample(_Part):
    """A month's draw. It has the `signature` of the beacon's round, or, where `note` says so, the bot's own `number`; else empty.

    Raises pydantic's ValidationError where something is of another kind.
    """

    format: Literal["recording-steward sample 2"]
    draw: str
    frozen: Frozen
    list_hash: _Hash
    drawn_at: _Moment
    signature: Annotated[str, Field(pattern=r"^([0-9a-f]{96})?$")]
    number: Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")]
    note: str
    seed: _Hash
    departments: Annotated[dict[_Key, Drawn], Strict(False)]


def file_text(sample: Sample) -> str:
    """Return the file's text: JSON in one way of writing only."""
    return json.dumps(sample.model_dump(mode="json"), ensure_ascii=False, indent=1) + "\n"


def read_draw_file(text: str) -> Sample:
    """Return what a published file says; raises `Unread` if it is none."""
    try:
        sample = Sample.model_validate_json(text)
    except ValueError as error:
        raise Unread(f"it isn't a published draw that this version reads (“{FORMAT}”)") from error
    if file_text(sample) != text:
        raise Unread("it isn't exactly as it was published. Please download it again")
    return sample


def file_contradictions(sample: Sample, is_signed: Callable[[str, int, str], bool] = is_signed) -> Iterator[str]:
    """Yield a sentence for each part that doesn't follow from the rest by the recipe.

    Checking the signature takes a second.
    """
    frozen = sample.frozen
    for name, one in frozen.departments.items():
        if list(one.calls) != sorted(set(one.calls)):
            yield f"{name}: the calls aren't sorted, or one of them is listed twice."
    yield from _difference_words("list_hash", sample.list_hash, frozen.list_hash)
    at = datetime.fromisoformat(frozen.frozen_at)
    yield from _difference_words("round", str(frozen.round), str(round_after(frozen.beacon, at)))
    if datetime.fromisoformat(sample.drawn_at) < published_at(frozen.beacon, frozen.round):
        yield "drawn_at: it was drawn before the beacon's round was published."
    yield from _about_beacon(frozen.beacon)
    yield from _about_chance(sample, is_signed)
    if list(sample.departments) != list(frozen.departments):
        yield "departments: the calls weren't drawn from the departments that were frozen."
        return
    for name in frozen.departments:
        yield from _about_drawn(sample, name)


def _about_beacon(source: Source) -> Iterator[str]:
    """Yield a sentence if a known beacon isn't described right: another genesis or period would let an old round, which
    is well known, decide a new draw.
    """
    if source.public_key == QUICKNET.public_key and source.model_dump() != QUICKNET.model_dump():
        yield "beacon: it has the public key of drand quicknet, but not its chain, genesis or period."


def _about_chance(sample: Sample, is_signed: Callable[[str, int, str], bool]) -> Iterator[str]:
    """Yield what is wrong if the chance isn't the beacon's signature or the bot's own number, or doesn't give the seed."""
    frozen = sample.frozen
    if bool(sample.signature) == bool(sample.number):
        yield "signature: there must be either the beacon's signature or the bot's own number."
        return
    yield from _difference_words("note", sample.note, WEAKER if sample.number else "")
    if sample.number:
        yield from _difference_words(
            "number_hash", frozen.number_hash, random_review.hash_of(bytes.fromhex(sample.number))
        )
    elif not is_signed(frozen.beacon.public_key, frozen.round, sample.signature):
        yield f"signature: it isn't the beacon's signature of round {frozen.round}."
    yield from _difference_words(
        "seed", sample.seed, random_review.seed_of(sample.list_hash, deciding_bytes(sample.signature, sample.number))
    )


def deciding_bytes(signature: str, number: str) -> bytes:
    """Return the 32 bytes that decide: the round's randomness, or the bot's own number."""
    return bytes.fromhex(number) if number else round_randomness(signature)


def _about_drawn(sample: Sample, name: str) -> Iterator[str]:
    """Yield what is wrong if a department's drawn calls aren't the first of the drawn order but those that were skipped,
    or if a call was skipped needlessly.
    """
    result, order = sample.departments[name], sample.frozen.order(name, sample.seed)
    skipped = {one.id for one in result.skipped}
    if not skipped <= set(order) or len(skipped) < len(result.skipped):
        yield f"{name}: a skipped call isn't in the list, or is there twice."
    wanted = sample.frozen.wanted(name)
    first = random_review.first_drawn(order, wanted, skipped)
    yield from _difference_words(f"{name}, drawn", " ".join(result.drawn), " ".join(first))
    enough = len(first) == wanted
    # Only calls before the last one that was drawn may be skipped; any, if there were too few.
    in_the_way = order[: order.index(first[-1]) if first else 0] if enough else order
    if skipped - set(in_the_way):
        yield f"{name}: a call was skipped although the draw never came to it."


def _difference_words(what: str, stated: str, computed: str) -> Iterator[str]:
    """Yield a sentence if the file states something else than what follows from the rest of it."""
    if stated != computed:
        yield f"{what}: the file says “{_shorten_words(stated)}”, and the recipe gives “{_shorten_words(computed)}”."


def _shorten_words(words: str) -> str:
    return words if len(words) <= 100 else f"{words[:100]}…"
