"""A test's own answer in the place of a handler."""

from collections.abc import Callable
from typing import Any

import pytest

from handlers.acting import Context, Handler, Intent, Result


def stand_in(
    monkeypatch: pytest.MonkeyPatch, handler: Handler[..., Any], answer: Callable[[Context, Intent[Any]], Result[Any]]
) -> None:
    """Until the test is over `answer` is asked instead, with what was wanted of the handler."""
    monkeypatch.setattr(handler, "do", lambda ctx, **given: answer(ctx, handler(**given)))
