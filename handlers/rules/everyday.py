"""Everyday words: those that tell nothing of what is sought, and those for which the policy has another."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

SMALL = frozenset(
    re.findall(
        r"\w+",
        """
        a about after all am an and any anybody are as at be been before by can could do does for from get go got
        had has have hello hi how i if in is it its like long many may me much must my need needs no not now of
        often on one or our please should so somebody someone tell that the their them there they this to today up
        us was we were what when where which who whom why will with would you your
        """,
    )
)
"""Words that stand everywhere and tell nothing of what is sought."""

_ALSO = {
    "erased": "delete deleted deletes deletion purge purged destroyed destroy erasure wiped removed forgotten expire expires expiry",
    "kept": "keep retention retain retained store stored storage archive archived",
    "recordings": "tape tapes audio",
    "copies": "copy duplicate send sending",
    "own": "their",
    "customers": "client clients subscriber subscribers",
    "reasons": "purpose purposes grounds",
    "random": "randomly chance sample sampled sampling lottery draw drawn",
    "chosen": "picked selected selection choose",
    "callers": "caller",
    "investigation": "investigations court police lawyer lawyers solicitor lawsuit sue sued litigation prosecution tribunal",
    "misuse": "misuses misused leak leaks leaked abuse abused wrongdoing",
    "breach": "breaches breached",
    "personal": "gdpr privacy private subject",
    "rights": "right agent agents operators",
    "announcement": "message greeting",
    "decline": "declines declined refuse refuses refused object objects objected",
    "notice": "banner notification notifications",
    "lines": "numbers number",
    "departments": "team department",
    "ask": "request requests apply application",
    "hear": "listen listening",
    "review": "reviewed reviews",
    "policy": "policies rules rule",
    "days": "deadline fast quickly soon quick",
}
ALSO: Mapping[str, str] = MappingProxyType({word: ours for ours, words in _ALSO.items() for word in words.split()})
"""How people say it → how the policy says it."""
