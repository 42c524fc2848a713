"""A month's draw as published, made by the rules from lists and a beacon's round."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from typing import Any

from bot.rehearsal.beacon import CHAIN, SECRET, sign
from handlers.rules import draw_file, random_review
from handlers.rules.draw_file import FORMAT, WEAKER, Drawn, Frozen, Listed, Sample, Skipped, Source, deciding_bytes
from handlers.rules.random_review import Cause

NUMBER = sha256(b"a number of these tests").hexdigest()
FROZEN_AT = datetime(2026, 11, 1, 22, tzinfo=UTC)
LEFT_OUT: dict[Cause, int] = {"declined": 2, "gone": 1, "restricted": 1}

signed = cache(sign)


def a_frozen(
    calls: Mapping[str, Iterable[int]] | None = None, share: str = "2", minimum: int = 5, **others: Any
) -> Frozen:
    """Return what a bot that keeps to the recipe freezes; `others` are put in as they are, true or not."""
    lists = calls or {"customer_success": range(101, 141), "sales": range(201, 209)}
    values: dict[str, Any] = {
        "company": "Fernhill Telecare", "month": "2026-10", "frozen_at": FROZEN_AT.isoformat(), "share_percent": share, "minimum": minimum,
        "departments": {name: Listed(calls=tuple(sorted(map(str, ids))), left_out=LEFT_OUT) for name, ids in lists.items()},
        "beacon": Source(**CHAIN.model_dump()), "round": draw_file.round_after(CHAIN, FROZEN_AT),
        "number_hash": sha256(bytes.fromhex(NUMBER)).hexdigest(),
    }  # fmt: skip
    return Frozen(**values | others)


def a_sample(
    frozen: Frozen | None = None,
    skipped: Sequence[tuple[str, str]] = (),
    number: str = "",
    signature: str | None = None,
    **others: Any,
) -> Sample:
    """Return what it publishes, with the beacon's `signature` or the bot's own `number`."""
    frozen = frozen or a_frozen()
    if signature is None:
        signature = "" if number else signed(SECRET, frozen.round)
    seed = random_review.seed_of(frozen.list_hash, deciding_bytes(signature, number))
    out = {one for one, _ in skipped}
    values: dict[str, Any] = {
        "format": FORMAT, "draw": "RD-22222222", "frozen": frozen, "list_hash": frozen.list_hash,
        "drawn_at": draw_file.published_at(frozen.beacon, frozen.round).isoformat(), "signature": signature, "number": number,
        "note": WEAKER if number else "", "seed": seed,
        "departments": {
            name: Drawn(
                drawn=tuple(random_review.first_drawn(frozen.order(name, seed), frozen.wanted(name), out)),
                skipped=tuple(Skipped.model_validate({"id": one, "cause": why, "entered_by": ""}) for one, why in skipped if one in listed.calls),
            )
            for name, listed in frozen.departments.items()
        },
    }  # fmt: skip
    return Sample(**values | others)
