"""A master key as chance might have made it, and always the same."""

import base64
from hashlib import sha256

from handlers.sealing import Keys

KEY = base64.b64encode(sha256(b"the key of the tests").digest()).decode()

KEYS = Keys(bytes(range(32)))
"""What follows from another one, of the companies that tests build by hand."""
