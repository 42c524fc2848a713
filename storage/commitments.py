"""Commitments: what the audit log holds of somebody's words, so that a changed word is found and none can be read or guessed."""

from __future__ import annotations

import hashlib
import hmac
import json
from secrets import token_hex

from storage.columns import whole


def new_salt() -> str:
    """128 bits of chance that are kept beside the words; with them goes what the log says of the words (HMAC, RFC 2104)."""
    return token_hex(16)


def commitment(salt: str, *words: str) -> str:
    """HMAC-SHA256 of the words as a database keeps them; whoever lacks the salt can't try out what they were."""
    told = json.dumps([whole(one) for one in words])
    return hmac.new(salt.encode(), told.encode(), hashlib.sha256).hexdigest()
