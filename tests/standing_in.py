"""A test's own answer in place of a handler."""

from collections.abc import Callable
from typing import Any

import pytest

from handlers.acting import Context, Handler, Intent, Result


def stand_in(
    monkeypatch: pytest.MonkeyPatch, handler: Handler[..., Any], answer: Callable[[Context, Intent[Any]], Result[Any]]
) -> None:
    """Call `answer` instead, with what the handler was asked, until the test is over."""
    monkeypatch.setattr(handler, "do", lambda ctx, **given: answer(ctx, handler(**given)))
