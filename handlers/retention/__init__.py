"""Erasure: a call is closed at its moment, its audio deleted, a look of another kind finds nothing, and a certificate says so (P12)."""
