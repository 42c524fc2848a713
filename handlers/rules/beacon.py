"""A public randomness beacon: which round is published when, and whether a signature is that round's (P10).

This is drand's scheme `bls-unchained-g1-rfc9380`. Each round is one BLS signature that nobody can know before it is published, that
anybody can check with the beacon's public key, and that its makers can't choose either.
"""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, Protocol

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
    """When a round is published (UTC)."""
    return datetime.fromtimestamp(chain.genesis + (number - 1) * chain.period, UTC)


def round_after(chain: Chain, frozen: datetime) -> int:
    """The first round that is published at least ten minutes after a moment (aware)."""
    seconds = (frozen + AHEAD - datetime.fromtimestamp(chain.genesis, UTC)) / timedelta(seconds=1)
    return max(1, -int(-seconds // chain.period) + 1)


def randomness(signature: str) -> bytes:
    """The 32 bytes of chance that a round's signature gives."""
    return sha256(bytes.fromhex(signature)).digest()


def is_signed(public_key: str, number: int, signature: str) -> bool:
    """Whether this is the beacon's signature of that round. It takes about a second of CPU, so never ask within a transaction."""
    load_library()
    from py_ecc.bls.g2_primitives import subgroup_check
    from py_ecc.bls.point_compression import decompress_G1
    from py_ecc.fields import optimized_bls12_381_FQ12 as FQ12
    from py_ecc.optimized_bls12_381.optimized_curve import G2, is_inf, neg
    from py_ecc.optimized_bls12_381.optimized_pairing import final_exponentiate, pairing

    if not SIGNATURE.fullmatch(signature):
        return False
    try:
        key, point = _key(public_key), decompress_G1(int(signature, 16))  # type: ignore[arg-type]
        if is_inf(point) or not subgroup_check(point):
            return False
    except ValueError:
        return False
    signed = pairing(key, message_of(number), final_exponentiate=False)
    given = pairing(G2, neg(point), final_exponentiate=False)
    return bool(final_exponentiate(signed * given) == FQ12.one())


def load_library() -> None:
    """Load py-ecc, which takes a second or two, so only a draw does it. It raises the limit of recursion a hundredfold; that is put back."""
    limit = sys.getrecursionlimit()
    import py_ecc  # noqa: F401

    sys.setrecursionlimit(limit)


def message_of(number: int) -> G1Uncompressed:
    """What a beacon signs for a round: a point of the curve that follows from its number (RFC 9380)."""
    load_library()
    from py_ecc.bls.hash_to_curve import hash_to_G1

    return hash_to_G1(sha256(number.to_bytes(8, "big")).digest(), DOMAIN, sha256)  # type: ignore[arg-type]  # it takes the kind of hash


@cache
def _key(public_key: str) -> G2Uncompressed:
    from py_ecc.bls.g2_primitives import subgroup_check
    from py_ecc.bls.point_compression import decompress_G2
    from py_ecc.optimized_bls12_381.optimized_curve import is_inf

    if PUBLIC_KEY.fullmatch(public_key):
        key = decompress_G2((int(public_key[:96], 16), int(public_key[96:], 16)))  # type: ignore[arg-type]
        if not is_inf(key) and subgroup_check(key):
            return key
    raise ValueError("no public key of a beacon")
