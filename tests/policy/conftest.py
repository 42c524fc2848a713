"""The policy that ships, as the rules have it, too."""

from __future__ import annotations

from tests.rules.conftest import policy, shipped

__all__ = ["policy", "shipped"]
