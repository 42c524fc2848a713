"""P8: one customer who asks again is of one name and names no other address; a check of identity is lent to nobody."""

from __future__ import annotations

from handlers.rules.identity import Identity
from handlers.rules.same_person import Named, asks_again, looks_like_theirs, namesake, same_name
from tests.each import each

HERE, THERE = "mara@customer.example", "other@customer.example"


@each("other", ["mara  ELLIS", "Ellis, Mara", "Mrs. Mara Ellis", "Ｍara Ellis", "Mara\u200b Ellis"])
def test_p8_a_name_is_the_same_in_any_writing(other: str) -> None:
    assert same_name("Mara Ellis", other)


@each("other", ["Mary Ellis", "Mara", "Mara E. Ellis", "Mára Ellis"])
def test_p8_a_name_that_differs_is_another(other: str) -> None:
    assert not same_name("Mara Ellis", other)


def test_p8_a_title_alone_is_a_name_all_the_same() -> None:
    assert same_name("Miss", "miss")
    assert not same_name("Miss", "Dr")
    assert same_name("Jo O’Hara", "Jo OHara")


@each(
    ("one", "other", "with_a_call", "without"),
    [(HERE, HERE, True, True), (HERE, THERE, False, False), (HERE, "", True, False), ("", "", True, False)],
)
def test_p8_no_other_address_and_without_a_call_the_same(
    one: str, other: str, with_a_call: bool, without: bool
) -> None:
    first, again = Named("Mara Ellis", one), Named("mara ellis", other)
    assert asks_again(first, again, Identity(), call=True) is with_a_call
    assert asks_again(first, again, Identity(), call=False) is without
    assert not asks_again(first, Named("Ned Ellis", other), Identity(), call=True)


@each(
    ("name", "address", "is_one"),
    [
        ("Lindqvist, Tara", "t@elsewhere.example", True), ("Somebody", "Tara.Lindqvist@elsewhere.example", True),
        ("Somebody", "taralindqvist+x@elsewhere.example", True), ("Tara Berg", "tara@elsewhere.example", False), ("Tara", "", False),
    ],
)  # fmt: skip
def test_p8_whoever_may_be_the_customer_in_person(name: str, address: str, is_one: bool) -> None:
    assert namesake("Tara Lindqvist", "tara.lindqvist@fernhill.example", Named(name, address)) is is_one


def test_p8_of_whom_no_name_is_known_the_address_alone_counts() -> None:
    assert not namesake("", "tara.lindqvist@fernhill.example", Named("", ""))


@each(
    ("address", "name", "theirs"),
    [
        ("juergen.mueller@home.example", "Jürgen Müller", True),
        ("jurgen.muller@home.example", "Jürgen Müller", True),
        ("stale.ovrebo@home.example", "Ståle Øvrebø", True),
        ("lukasz.nowak@home.example", "Łukasz Nowak", True),
        ("mail@annaquill.example", "Anna Quill", True),
        ("mail@lion.example", "Jo Li", False),
        ("mara.ellis@home.example", "Anna Quill", False),
    ],
)
def test_p8_a_private_address_is_known_by_the_name_in_it(address: str, name: str, theirs: bool) -> None:
    assert looks_like_theirs(address, name, "x@company.example") is theirs
