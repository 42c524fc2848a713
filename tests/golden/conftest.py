"""Whether golden files are compared or rewritten."""

from __future__ import annotations

import os

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite the golden files")


@pytest.fixture(scope="session")
def update_golden(pytestconfig: pytest.Config) -> bool:
    wanted = pytestconfig.getoption("--update-golden", default=False)
    return bool(wanted) or os.environ.get("UPDATE_GOLDEN") == "1"
