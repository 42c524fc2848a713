"""The weekly digest: what will be erased, what is late or waiting, and what is out of the ordinary, in one message (P12)."""
