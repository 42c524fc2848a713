"""P13: a link from a chat to the page says whose it is to the bot alone, for ten minutes, and nothing of it is stored."""

from __future__ import annotations

from datetime import timedelta

import pytest

from handlers.breach.reporting import FORM, LINK, LINK_LASTS, LONGEST, WRITING, begun, page, token
from handlers.cards import Actions
from handlers.rules.refusal import Refused
from handlers.sealing import Keys
from tests.each import each
from tests.moments import NOW

KEYS, OTHER = Keys(bytes(32)), Keys(bytes(range(32)))
WHO = "teams:00000001-aaaa-4000-8000-000000000000"


def over(told: str, keys: Keys = KEYS, **later: float) -> str:
    with pytest.raises(Refused) as refused:
        begun(keys, told, NOW + timedelta(**later))
    return refused.value.code


def test_p13_it_names_the_account_for_ten_minutes_and_no_two_are_alike() -> None:
    one, other = token(KEYS, WHO, NOW), token(KEYS, WHO, NOW)
    assert one != other and WHO not in one
    start = begun(KEYS, one, NOW + LINK_LASTS)
    assert (start.account, start.ends, len(start.id)) == (WHO, NOW + LINK_LASTS, 43)
    assert begun(KEYS, other, NOW).id != start.id
    assert over(one, minutes=10, seconds=1) == "start_over"


@each(("purpose", "lasts"), [(LINK, LINK_LASTS), (FORM, WRITING)])
def test_p13_a7_neither_a_link_nor_a_form_is_good_before_its_own_time(purpose: str, lasts: timedelta) -> None:
    """A link that a clock ahead made was good for as long as a form, an hour before its ten minutes."""
    told, ahead = token(KEYS, WHO, NOW + timedelta(hours=3), purpose), timedelta(hours=3)
    for later in (timedelta(0), ahead - WRITING + LINK_LASTS, ahead - timedelta(seconds=1), ahead + lasts + LINK_LASTS):
        with pytest.raises(Refused):
            begun(KEYS, told, NOW + later, purpose)


@each(("purpose", "other"), [(LINK, FORM), (FORM, LINK)])
def test_p13_neither_a_link_nor_a_form_is_good_as_the_other(purpose: str, other: str) -> None:
    told = token(KEYS, WHO, NOW, purpose)
    assert begun(KEYS, told, NOW, purpose).account == WHO
    with pytest.raises(Refused):
        begun(KEYS, told, NOW, other)


@each("told", ["", "x", "é" * 9, "A" * (LONGEST + 1), "\ud800", token(OTHER, WHO, NOW), token(KEYS, WHO, NOW)[:-2]])
def test_p13_whatever_else_comes_is_answered_alike(told: str) -> None:
    assert over(told) == "start_over"


def test_p13_the_page_has_it_behind_the_fragment_where_no_server_and_no_log_sees_it() -> None:
    shown = page(KEYS, WHO, NOW, "https://steward.example.com")
    [button] = next(part for part in shown.parts if isinstance(part, Actions)).buttons
    address, _, told = str(button.url).partition("#")
    assert address == "https://steward.example.com/report/start"
    assert begun(KEYS, told, NOW).account == WHO
    assert "10 minutes" in str(shown.parts)
