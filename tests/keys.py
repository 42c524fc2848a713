"""A master key that looks random, and is always the same."""

import base64
from hashlib import sha256

from handlers.sealing import Keys

KEY = base64.b64encode(sha256(b"the key of the tests").digest()).decode()

KEYS = Keys(bytes(range(32)))
"""The keys derived from another one, for the companies that tests build by hand."""
