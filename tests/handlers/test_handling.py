"""A handler is called to ask for what it does; what it is given is checked where the call is written."""

from __future__ import annotations

import pytest

from handlers.acting import Act, Done
from handlers.handling import Handler, Intent, handler


def _lend(act: Act, request: str, days: int = 3) -> Done[int]:
    return Done(days, subject=act.who.account)


LEND = Handler(_lend, "test.lend", "P7", about="request")


def test_calling_a_handler_says_what_is_wanted_and_does_nothing() -> None:
    wanted = LEND("R-1")
    assert (wanted.handler, wanted.subject, wanted.given) == (LEND, "R-1", {"request": "R-1", "days": 3})
    assert wanted == LEND(request="R-1", days=3) != LEND("R-1", 4)


def test_a_subject_may_be_made_of_what_is_given() -> None:
    lend = Handler(_lend, "test.lend", about=lambda request, days: f"{request}:{days}")
    assert (lend("R-1").subject, lend.prefetch) == ("R-1:3", None)


def test_a_subject_that_is_no_parameter_is_refused_when_the_program_starts() -> None:
    with pytest.raises(ValueError, match=r"^test\.lend is about grant, and takes no such parameter$"):
        handler("test.lend", about="grant")(_lend)


def test_what_is_wanted_shows_no_secret_in_a_traceback() -> None:
    assert "R-1" not in repr(LEND("R-1"))


def test_a_wrong_argument_a_missing_one_and_a_wrong_answer_fail_the_type_check() -> None:
    """The comments below are the test: `mypy --strict` reports an ignore that nothing needs, so each line has to be wrong."""
    right: Intent[int] = LEND("R-1", days=2)
    LEND(1)  # type: ignore[arg-type]
    answer: Intent[str] = LEND("R-1")  # type: ignore[assignment]
    assert right.given != answer.given
    with pytest.raises(TypeError, match="missing a required argument: 'request'"):
        LEND()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="unexpected keyword argument 'weeks'"):
        LEND("R-1", weeks=2)  # type: ignore[call-arg]
