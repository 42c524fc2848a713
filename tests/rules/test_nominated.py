"""The address that a customer names: taken as it is meant, and never one of ours (P8)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.policy import Policy
from handlers.rules.nominated import may_go_to, nominated, of_company, same
from handlers.rules.refusal import Refused
from tests.each import each
from tests.handlers.builders import POLICY


def _company(*domains: str) -> Policy:
    return POLICY.model_copy(update={"company": POLICY.company.model_copy(update={"mail_domains": domains})})


def refused(typed: str, again: str | None = None) -> dict[str, str]:
    with pytest.raises(Refused) as told:
        nominated(typed, typed if again is None else again)
    assert told.value.clause == "P8"
    return told.value.fields


@each(
    ("typed", "again", "taken"),
    [
        ("", "", ""), ("mara@customer.example", "mara@customer.example", "mara@customer.example"),
        ("Mara.Ellis@GMAIL.com", "mara.ellis@gmail.com", "Mara.Ellis@gmail.com"), (" m@gmail.com ", "m@gmail.com", "m@gmail.com"),
        ("josé@gmail.com", "jose\u0301@gmail.com", "josé@gmail.com"), ("m@пример.com", "m@пример.com", "m@пример.com"),
        ("m@例え.jp", "m@例え.jp", "m@例え.jp"), ("m+tag@gmail.com", "m+tag@gmail.com", "m+tag@gmail.com"),
    ],
)  # fmt: skip
def test_p8_an_address_is_taken_in_its_usual_writing(typed: str, again: str, taken: str) -> None:
    assert nominated(typed, again) == taken


@each(
    ("typed", "words"),
    [
        ("no address", "one address"), ("a@b.com, c@d.com", "one address"), ("a@b.com;", "one address"), ("a@b@c.com", "one address"),
        ("a@b.com\nBcc: c@d.com", "can’t be seen"), ("ma\u200dra@b.com", "can’t be seen"), ("a\u2028b@c.com", "can’t be seen"),
        ("mara", "no e-mail address"), ("mara@", "no e-mail address"), ("a..b@c.com", "no e-mail address"), ("a@b_c.com", "no e-mail address"),
        (f"{'a' * 65}@b.com", "no e-mail address"), ("a@[127.0.0.1]", "no e-mail address"), ('"a b"@c.com', "one address"),
        ("a@sub.localhost", "no e-mail address"),
    ],
)  # fmt: skip
def test_p8_one_address_that_can_be_written_to(typed: str, words: str) -> None:
    fields = refused(typed)
    assert list(fields) == ["address"]
    assert words in fields["address"]


@each(
    ("typed", "again", "field", "words"),
    [
        ("a@b.com", "", "address_again", "once more"), ("a@b.com", "a@c.com", "address_again", "not the same"),
        ("", "a@b.com", "address", "here as well"), ("a@b.com", "a@b.com keep", "address_again", "not the same"),
    ],
)  # fmt: skip
def test_p8_the_same_twice_or_a_clear_sentence_at_the_field(typed: str, again: str, field: str, words: str) -> None:
    fields = refused(typed, again)
    assert list(fields) == [field]
    assert words in fields[field]


@each(
    ("address", "company"),
    [
        ("a@fernhill.example", True), ("a@Fernhill.example", True), ("a@mail.fernhill.example", True),
        ("a@fernhill.example.com", False), ("a@notfernhill.example", False),
    ],
)  # fmt: skip
def test_p8_the_company_s_domains_are_known_beneath_them_as_well(address: str, company: bool) -> None:
    assert of_company(POLICY, address) is company


OURS, THEIRS = "bram.tolliver@fernhill.example", "mara@customer.example"


@each(
    ("address", "asker", "facts", "words"),
    [
        (THEIRS, "customer", {}, ""), (OURS, "customer", {"staff": True}, "works or worked here"), (OURS, "customer", {}, "in the company’s own domain"),
        (THEIRS, "customer", {"staff": True}, "works or worked here"), (OURS, "former", {}, "in the company’s own domain"),
        (OURS, "operator", {"staff": True, "own": True}, ""), (OURS, "operator", {"staff": True}, "not the address of whoever was on all"),
        (THEIRS, "operator", {}, ""), (THEIRS, "operator", {"staff": True}, "not the address of whoever"),
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


def test_p8_two_writings_of_one_mailbox_are_the_same() -> None:
    assert same("Mara@Gmail.com", "mara@gmail.com", POLICY.identity)
    assert not same("mara@gmail.com", "mira@gmail.com", POLICY.identity)


@given(st.text(max_size=60), st.text(max_size=60))
def test_p8_whatever_is_typed_is_an_address_or_a_sentence_at_its_field(typed: str, again: str) -> None:
    for second in (typed, again):
        try:
            taken = nominated(typed, second)
        except Refused as told:
            assert set(told.fields) <= {"address", "address_again"}
        else:
            assert taken.count("@") <= 1
            assert not any(sign in taken for sign in " ,;\r\n")
