"""P8: what has to be there before a customer is answered; each sentence says what to do."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.policy import Policy
from handlers.rules import customer_release as rule
from handlers.rules.calendars import calendar_of
from handlers.rules.customer_release import Known
from handlers.rules.customer_times import last_day_before
from handlers.rules.refusal import Refused
from handlers.rules.working_days import due
from tests.each import each
from tests.rules.days import SYDNEY, a_policy, utc

ALL: dict[str, Any] = {"identified": True, "address": True, "calls": 2, "there": 1, "letter": True, "mail": True}


def test_p8_with_all_of_it_there_nothing_is_refused() -> None:
    rule.release(Known(**ALL))


@each(
    ("missing", "code", "words"),
    [
        ({"identified": False}, "not_identified", rule.IDENTITY),
        ({"letter": False}, "no_letter", rule.LETTER),
        ({"calls": 0, "there": 0}, "no_call", rule.CALLS),
        ({"there": 0}, "erased", rule.GONE),
        ({"address": False}, "no_address", rule.ADDRESS),
        ({"mail": False}, "no_mail", rule.MAIL),
        ({"identified": False, "mail": False}, "not_identified", f"{rule.IDENTITY} {rule.MAIL}"),
    ],
)
def test_p8_what_is_missing_is_said(missing: dict[str, Any], code: str, words: str) -> None:
    with pytest.raises(Refused) as refused:
        rule.release(Known(**{**ALL, **missing}))
    assert (refused.value.code, str(refused.value), refused.value.clause) == (code, words, "P8")


@given(
    st.builds(
        Known, identified=st.booleans(), address=st.booleans(), calls=st.integers(0, 2), there=st.integers(0, 2),
        letter=st.booleans(), mail=st.booleans(),
    )
)  # fmt: skip
def test_p8_nothing_goes_out_of_which_anything_is_missing(known: Known) -> None:
    whole = known.identified and known.address and known.calls and known.there and known.letter and known.mail
    try:
        rule.release(known)
    except Refused as refused:
        assert not whole
        assert str(refused)
    else:
        assert whole


@each(("voices", "words"), [("nobody", ""), ("listen_only", ""), ("may_hear", "Only a greeting.")])
def test_p8_another_voice_is_weighed_only_where_it_may_be_heard(voices: str, words: str) -> None:
    rule.weigh(voices, words)
    with pytest.raises(Refused):
        rule.weigh("may_hear", "")


@each(
    ("told", "address", "mail", "goes"), [("", True, True, True), ("By post.", True, False, False), ("By post.", False, False, False)]
)  # fmt: skip
def test_p8_a_refusal_goes_by_mail_where_it_can(told: str, *, address: bool, mail: bool, goes: bool) -> None:
    assert rule.by_mail(told, address=address, mail=mail) is goes


def test_p8_no_word_stands_for_a_letter_that_can_go() -> None:
    with pytest.raises(Refused) as refused:
        rule.by_mail("x", address=True, mail=True)
    assert "goes by mail" in refused.value.fields["told"]


@each(
    ("address", "mail", "why"), [(False, True, "no e-mail address"), (True, False, "mail is not set up"), (False, False, "no e-mail address")]
)  # fmt: skip
def test_p8_where_no_mail_can_go_somebody_has_to_say_how_they_were_told(address: bool, mail: bool, why: str) -> None:
    with pytest.raises(Refused) as refused:
        rule.by_mail("", address=address, mail=mail)
    assert why in refused.value.fields["told"]


def test_p8_a_release_is_for_what_was_shown() -> None:
    rule.as_shown("now", "now")
    for seen in ("before", ""):
        with pytest.raises(Refused) as refused:
            rule.as_shown(seen, "now")
        assert refused.value.code == "not_as_shown"


def test_p8_word_that_it_is_late_needs_a_way_to_go_and_a_day_to_come() -> None:
    rule.tell(address=True, mail=True)
    with pytest.raises(Refused) as refused:
        rule.tell(address=False, mail=False)
    assert str(refused.value) == f"{rule.ADDRESS} {rule.MAIL}"


@each(
    ("day", "words"),
    [
        (date(2026, 11, 24), ""),
        (date(2026, 12, 24), ""),
        (date(2026, 11, 23), "This day is past"),
        (date(2026, 11, 28), "no working day (weekend)"),
        (date(2026, 12, 25), "no working day (Christmas Day)"),
        (date(2026, 12, 29), "more than a month away"),
    ],
)
def test_p8_a_late_answer_is_announced_for_a_working_day_within_a_month(day: date, words: str) -> None:
    calendar, found = calendar_of(a_policy(), SYDNEY), ""
    try:
        rule.by_day(calendar, day, date(2026, 11, 24))
    except Refused as refused:
        found = refused.fields["day"]
    assert words in found
    assert bool(found) == bool(words)


@each(("received", "morning"), [("2026-11-24 10:00", "2026-12-02 09:00"), ("2026-11-26 10:00", "2026-12-04 09:00")])
def test_p8_the_last_working_day_before_the_due_day(policy: Policy, received: str, morning: str) -> None:
    calendar = calendar_of(policy, SYDNEY)
    found = due(calendar, utc(received, SYDNEY), 7)
    assert last_day_before(calendar, found) == utc(morning, SYDNEY)
