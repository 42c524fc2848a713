"""The name by which a letter speaks to a customer: nothing in it may be read as anything but a name (P8)."""

from __future__ import annotations

import re
import unicodedata

_JOINS = "\u200c\u200d"
"""Signs that can't be seen and belong into names of some scripts."""
_NO_NAME = re.compile(r"[<>\\]")
"""Signs of programs, not of names."""
_ADDRESS = re.compile(r"[/@]|www\.|[^\s.]{2,}\.[^\W\d_]{2,}", re.IGNORECASE)
"""What mail programs make a link of."""


def addressee(typed: str) -> str:
    """The name as it is kept; raises `ValueError` with a sentence for signs that can't be seen, signs that are no part of a name, and what is an address."""
    name = typed.strip()
    if any(unicodedata.category(one) in ("Cc", "Cf", "Zl", "Zp") and one not in _JOINS for one in name):
        raise ValueError("There is a line break or a sign in it that can’t be seen. Please type the name anew.")
    if found := _NO_NAME.search(name):
        raise ValueError(f"There is a {found[0]} in it, which is no part of a name. Please write the name alone.")
    if _ADDRESS.search(name):
        raise ValueError(
            "This looks like a web or mail address. Please write the name alone, with a space behind each point."
        )
    return name
