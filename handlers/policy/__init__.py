"""The policy file: its values as one frozen `Policy`, its checks, and a sentence with line and remedy for each flaw."""

from handlers.policy.file import Policy, PolicyError, load_policy
from handlers.policy.values import RoleName

__all__ = ["Policy", "PolicyError", "RoleName", "load_policy"]
