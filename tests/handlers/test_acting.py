"""Handlers are called for what they do: what they are given is checked, their effects are one list, their ids are short."""

import re
from typing import Any, get_args

import pytest

from handlers import effects
from handlers.acting import Context, Handler, Intent, Result, handler
from handlers.sealing import ALPHABET, new_id
from tests.each import each


def _lend(ctx: Context, request: str, days: int = 3) -> Result[int]:
    return Result(days, subject=ctx.who.account)


LEND = Handler(_lend, "test.lend", "P7", about="request")


def test_calling_a_handler_says_what_is_wanted_and_does_nothing() -> None:
    wanted = LEND("R-1")
    assert (wanted.handler, wanted.subject, wanted.given) == (LEND, "R-1", {"request": "R-1", "days": 3})
    assert wanted == LEND(request="R-1", days=3) != LEND("R-1", 4)


def test_a_subject_that_is_no_parameter_is_refused_when_the_program_starts() -> None:
    with pytest.raises(ValueError, match=r"^test\.lend is about grant, and takes no such parameter$"):
        handler("test.lend", about="grant")(_lend)


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


EACH: list[effects.Effect] = [
    effects.Show(1, "R-1", 3), effects.Show(1, "R-1", 3, "20261124"), effects.Tell(2, "Hello.", "once"), effects.Whisper(2, "Hello.", "once", "teams"),
    effects.Home(3, "slack"), effects.Home(3, "teams", fresh=True),
    effects.Warn(2, "No one decides.", "A-1.0", "R-1"), effects.Warn(2, "Two accounts.", "A-2.0"), effects.Alert(1, "R-1", "A-1"),
    effects.Blank(1, "access", "S-1", "teams"), effects.Digest(1, ("R-1:access.remind:1:20261124", "R-2:access.lapse:1:20261124"), "digest:1"),
]  # fmt: skip


@each("effect", EACH)
def test_an_effect_comes_out_of_its_row_as_it_went_in(effect: effects.Effect) -> None:
    assert effects.decode_effect(effects.kind_of(effect), effect.person, effects.encode_effect(effect)) == effect
    assert {type(one) for one in EACH} == set(get_args(effects.Effect))


@each("payload", ["", None, [], {}, {"matter": 1, "revision": 1}])
def test_what_is_no_effect_is_unreadable(payload: Any) -> None:
    """A1: whatever stands in a row."""
    with pytest.raises(effects.Unreadable):
        effects.decode_effect("show", 1, payload)


def test_an_id_that_is_read_aloud_has_eight_letters_that_nobody_takes_for_others() -> None:
    for prefix in ("R", "PR"):
        assert re.fullmatch(rf"{prefix}-[{ALPHABET}]{{8}}", new_id(prefix))
    assert not set("01OI") & set(ALPHABET)
