"""P8: the address and name that a customer gives, whether it is the same customer, and what was told of the call."""

from typing import Any

import pytest

from handlers.rules import Refused
from handlers.rules.access import check_reference, compact_reference, find_reference
from handlers.rules.customer_names import asks_again, may_go_to, read_address, read_name, same_name
from handlers.rules.identity import Identity
from tests.each import each
from tests.handlers.builders import POLICY


def refused(typed: str) -> dict[str, str]:
    with pytest.raises(Refused) as told:
        read_address(typed)
    assert told.value.clause == "P8"
    return told.value.fields


@each(
    ("typed", "taken"),
    [
        ("", ""), ("mary@example.com", "mary@example.com"), ("Mara.Ellis@GMAIL.com", "Mara.Ellis@gmail.com"), (" m@gmail.com ", "m@gmail.com"),
        ("jose\u0301@gmail.com", "josé@gmail.com"), ("m@пример.com", "m@пример.com"), ("m@例え.jp", "m@例え.jp"), ("m+tag@gmail.com", "m+tag@gmail.com"),
    ],
)  # fmt: skip
def test_p8_an_address_is_taken_in_its_usual_writing(typed: str, taken: str) -> None:
    assert read_address(typed) == taken


@each(
    ("typed", "words"),
    [
        ("no address", "one address"), ("a@b.com, c@d.com", "one address"), ("a@b.com;", "one address"), ("a@b@c.com", "one address"),
        ("a@b.com\nBcc: c@d.com", "invisible character"), ("ma\u200dra@b.com", "invisible character"), ("a\u2028b@c.com", "invisible character"),
        ("mara", "an e-mail address"), ("mara@", "an e-mail address"), ("a..b@c.com", "an e-mail address"), ("a@b_c.com", "an e-mail address"),
        (f"{'a' * 65}@b.com", "an e-mail address"), ("a@[127.0.0.1]", "an e-mail address"), ('"a b"@c.com', "one address"),
        ("a@sub.localhost", "an e-mail address"),
    ],
)  # fmt: skip
def test_p8_one_address_that_can_be_written_to(typed: str, words: str) -> None:
    fields = refused(typed)
    assert list(fields) == ["address"]
    assert words in fields["address"]


OURS, THEIRS = "bram.tolliver@fernhill.example", "mara@customer.example"


@each(
    ("address", "asker", "facts", "words"),
    [
        (THEIRS, "customer", {}, ""), (OURS, "customer", {"staff": True}, "works or worked here"), (OURS, "customer", {}, "in the company’s own domain"),
        (THEIRS, "customer", {"staff": True}, "works or worked here"), (OURS, "former", {}, "in the company’s own domain"),
        (OURS, "operator", {"staff": True, "own": True}, ""), (OURS, "operator", {"staff": True}, "the address of a colleague who was on all"),
        (THEIRS, "operator", {}, "the address of a colleague"), (THEIRS, "operator", {"staff": True}, "the address of a colleague"),
        (THEIRS, "operator", {"staff": True, "own": True}, ""), (THEIRS, "relative", {"own": True}, ""),
    ],
)  # fmt: skip
def test_p8_never_to_staff_save_an_operator_s_own(address: str, asker: str, facts: dict[str, Any], words: str) -> None:
    known = {"staff": False, "own": False, **facts}
    if not words:
        return may_go_to(POLICY, address, asker, **known)
    with pytest.raises(Refused, match=words) as told:
        may_go_to(POLICY, address, asker, **known)
    assert list(told.value.fields) == ["address"]
    return None


@each("name", ["Mara Ellis", "Dr. J.R. O’Hara-Smith", "St. John", "李 小龙", "علی\u200cرضا", "A. B."])
def test_p8_names_are_kept_as_they_are(name: str) -> None:
    assert read_name(f" {name} ") == name


@each("name", ["Mara\r\nBcc: x", "Mara\u202eevil", "Mara\u2028x", "Ma\u200bra"])
def test_p8_what_cannot_be_seen_is_no_name(name: str) -> None:
    with pytest.raises(ValueError, match="invisible character"):
        read_name(name)


HERE, THERE = "mara@customer.example", "other@customer.example"


@each("other", ["mara  ELLIS", "Ellis, Mara", "Mrs. Mara Ellis", "Ｍara Ellis", "Mara\u200b Ellis"])
def test_p8_a_name_is_the_same_in_any_writing(other: str) -> None:
    assert same_name("Mara Ellis", other)


@each("other", ["Mary Ellis", "Mara", "Mara E. Ellis", "Mára Ellis"])
def test_p8_a_name_that_differs_is_another(other: str) -> None:
    assert not same_name("Mara Ellis", other)


@each(
    ("one", "other", "with_a_call", "without"),
    [(HERE, HERE, True, True), (HERE, THERE, False, False), (HERE, "", True, False), ("", "", True, False)],
)
def test_p8_the_same_name_and_address_asks_again(one: str, other: str, with_a_call: bool, without: bool) -> None:
    first, again = ("Mara Ellis", one), ("mara ellis", other)
    assert asks_again(first, again, Identity(), call=True) is with_a_call
    assert asks_again(first, again, Identity(), call=False) is without
    assert not asks_again(first, ("Ned Ellis", other), Identity(), call=True)


PATTERN = "CS-[0-9]+"


@each("typed", ["CS-10442", "cs-10442", "CS 10442", "cs10442", " cs  10442 ", "ＣＳ-10442"])
def test_d3_each_spelling_is_the_same_reference(typed: str) -> None:
    assert find_reference(typed, PATTERN) == "CS-10442"
    assert compact_reference(typed) == "cs10442"


@each("typed", ["10442", "CS-", "CS-10442x", "AB-7719", "<!here> *CS-1*", "طلب ١٢٣", "CS-10442 CS-10443"])
def test_d3_what_is_none_is_told_at_its_field_with_the_calls_own(typed: str) -> None:
    assert find_reference(typed, PATTERN) is None
    for own, advice in ((("CS-10443", "CS-10450"), "This call has CS-10443."), ((), "as your CRM shows it.")):
        with pytest.raises(Refused) as refused:
            check_reference(typed, PATTERN, own)
        assert list(refused.value.fields) == ["crm"]
        assert refused.value.fields["crm"].endswith(advice)


def test_d3_the_calls_own_reference_is_one_whatever_the_pattern_says() -> None:
    """The call system knows other references than the policy's pattern: what was filled in is not refused."""
    assert check_reference("ab 7719", PATTERN, ("AB-7719",)) == "AB-7719"
