"""P8: the name in a letter's greeting is a name, and nothing that a mail program makes a link of."""

from __future__ import annotations

import pytest

from handlers.rules.addressee import addressee
from tests.each import each


@each("name", ["Mara Ellis", "Dr. J.R. O’Hara-Smith", "St. John", "李 小龙", "علی\u200cرضا", "A. B."])
def test_p8_names_are_kept_as_they_are(name: str) -> None:
    assert addressee(f" {name} ") == name


@each("name", ["Mara\r\nBcc: x", "Mara\u202eevil", "Mara\u2028x", "Ma\u200bra"])
def test_p8_what_can_not_be_seen_is_no_name(name: str) -> None:
    with pytest.raises(ValueError, match="can’t be seen"):
        addressee(name)


@each("name", ["http://evil.example/login", "www.evil", "evil.example", "mara@evil", "and/or"])
def test_p8_nor_is_an_address(name: str) -> None:
    with pytest.raises(ValueError, match="web or mail address"):
        addressee(name)


@each(("name", "sign"), [("Mara <x>", "<"), ("Mara</b>", "<"), ("b>Mara", ">"), ("Mara\\Ellis", "\\\\")])
def test_p8_nor_are_signs_of_programs_and_the_sentence_names_them(name: str, sign: str) -> None:
    with pytest.raises(ValueError, match=f"^There is a {sign} in it, which is no part of a name"):
        addressee(name)
