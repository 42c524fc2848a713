"""The shipped policy, also as the rules have it."""

from tests.rules.conftest import policy, shipped

__all__ = ["policy", "shipped"]
