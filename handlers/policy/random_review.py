"""What the policy says of the monthly draw (P10)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from .terms import Part
from .values import Count

Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
PublicKey = Annotated[str, Field(pattern=r"^[0-9a-f]{192}$")]


class Beacon(Part):
    """A public randomness beacon by drand's scheme `bls-unchained-g1-rfc9380`: its chain's hash and public key, when it began
    (Unix seconds), and how many seconds lie between two rounds.
    """

    chain: Hash
    public_key: PublicKey
    genesis: Annotated[int, Field(ge=0, le=10**11)]
    period: Annotated[int, Field(ge=1, le=86_400)]


QUICKNET = Beacon(
    chain="52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971",
    public_key=(
        "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d106451"
        "0d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a"
    ),
    genesis=1692803367, period=3,
)  # fmt: skip
"""What the League of Entropy publishes: drand *quicknet*."""


class RandomReview(Part):
    """The monthly draw (P10): a share of each department's calls, `minimum` at least, reviewed within so many working days.

    `remind_before` counts working days back from the last of these. `beacon` is where the chance comes from.
    """

    share_percent: Annotated[float, Field(gt=0, le=100, allow_inf_nan=False)]
    minimum: Count
    working_day: Annotated[int, Field(ge=1, le=15)]
    review_working_days: Annotated[int, Field(ge=1, le=60)] = 10
    remind_before: tuple[Count, ...] = (5, 1)
    beacon: Beacon = QUICKNET
