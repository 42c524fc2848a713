"""P7: what is refused of a request or of access, and what of typed names, numbers and days (P8, P14); each refusal says what to do."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from handlers.policy import Policy
from handlers.rules import Refused, access, availability, policy_review
from handlers.rules.customer_names import read_name
from handlers.rules.phone import read_whole_number
from tests.each import each
from tests.moments import NOW


def _code(check: Callable[[], object]) -> str:
    """The code of the refusal; empty if it is allowed."""
    try:
        check()
    except Refused as refused:
        return refused.code
    return ""


@each(
    ("state", "requester", "entitled", "access_open", "code"),
    [
        ("waiting", False, False, False, "not_entitled"), ("approved", False, False, True, "not_entitled"),
        ("waiting", False, True, False, "nothing_to_withdraw"), ("waiting", True, False, False, ""),
        ("approved", False, True, True, ""), ("approved", True, False, True, ""),
        ("lapsed", True, False, False, "already_lapsed"), ("denied", False, True, False, "already_denied"),
    ],
)  # fmt: skip
def test_p7_requester_and_approvers_withdraw_what_is_there_and_no_one_else_does(
    state: str, requester: bool, entitled: bool, access_open: bool, code: str
) -> None:
    told = {"requester": requester, "entitled": entitled, "access_open": access_open}
    assert _code(lambda: access.check_withdrawal(state, "It lapsed.", **told)) == code


@each(
    ("requester", "audible", "denied", "decided", "code"),
    [
        (False, True, False, True, "no_grant"), (True, False, False, True, "no_grant"), (True, True, True, True, "denied"),
        (True, True, False, False, "not_reachable"), (True, True, False, True, ""),
    ],
)  # fmt: skip
def test_p7_more_time_is_for_the_holder_while_someone_can_give_it(
    requester: bool, audible: bool, denied: bool, decided: bool, code: str
) -> None:
    told = {"requester": requester, "audible": audible, "denied": denied, "decided": decided}
    assert _code(lambda: access.check_more_time(**told)) == code


@each(("waiting", "again", "code"), [(False, True, "nobody_asked"), (True, False, "too_soon"), (True, True, "")])
def test_p7_a_requester_reminds_those_who_decide_once_a_day(waiting: bool, again: bool, code: str) -> None:
    assert _code(lambda: access.check_nudge(waiting=waiting, again=again)) == code


@each(("requester", "asked", "code"), [(False, True, "not_requester"), (True, False, "no_question"), (True, True, "")])
def test_p7_only_the_requester_answers_and_only_a_question(requester: bool, asked: bool, code: str) -> None:
    assert _code(lambda: access.check_answer("waiting", "", requester=requester, asked=asked)) == code


@each(
    ("waits", "holder", "code"), [(False, "", "nothing_waits"), (True, "Anna Quill", "address_taken"), (True, "", "")]
)
def test_an_account_is_a_new_person_only_where_no_one_has_its_address(waits: bool, holder: str, code: str) -> None:
    assert _code(lambda: availability.check_new_account("slack:U1", waits=waits, holder=holder)) == code


def test_p14_a_change_lies_at_most_a_year_ahead(policy: Policy) -> None:
    today = policy.company_day(NOW)
    policy_review.check_change_day(policy, NOW, today + policy_review.FARTHEST)
    with pytest.raises(Refused, match="check the year"):
        policy_review.check_change_day(policy, NOW, today + policy_review.FARTHEST + timedelta(days=1))


@each(
    ("read", "typed", "why"),
    [
        (read_name, "Rosa <b>Field</b>", "have a < in it"), (read_name, "Rosa www.evil.example", "web or e-mail address"),
        (read_name, "Rosa\nField", "line break"), (read_name, "Call rosa@field.example", "web or e-mail address"),
        (lambda typed: read_whole_number(typed, ["AU", "GB"]), "12", "which country"),
        (lambda typed: read_whole_number(typed, ["AU", "GB"]), "+61 4", "8 to 15 digits"),
        (lambda typed: read_whole_number(typed, ["AU", "GB"]), "Rosa", "country code"),
    ],
)  # fmt: skip
def test_p8_what_is_no_name_and_no_number_is_refused_in_a_sentence(
    read: Callable[[str], str], typed: str, why: str
) -> None:
    with pytest.raises(ValueError, match=why):
        read(typed)
