"""The policy that ships, as text and as a value."""

from pathlib import Path

import pytest

from handlers.policy import Policy, load_policy
from tests.seats import seated

SHIPPED = Path(__file__).parents[2] / "policy.yaml"


@pytest.fixture(scope="session")
def shipped() -> str:
    return SHIPPED.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def policy(shipped: str) -> Policy:
    return seated(load_policy(shipped))
