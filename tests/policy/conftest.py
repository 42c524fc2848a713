"""The policy that ships, as the rules have it, too."""

from tests.rules.conftest import policy, shipped

__all__ = ["policy", "shipped"]
