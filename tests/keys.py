"""A master key as chance might have made it, and always the same."""

from __future__ import annotations

import base64
from hashlib import sha256

KEY = base64.b64encode(sha256(b"the key of the tests").digest()).decode()
