"""Web pages of strangers, read once and never trusted: by https, from names of a list, at public addresses only (P3)."""
