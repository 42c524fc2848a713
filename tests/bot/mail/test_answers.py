"""P8: the server's answer is kept as a proof, and tells nobody whose address it was."""

from __future__ import annotations

from bot.mail.smtp import fit_to_keep, of_letter
from tests.each import each

JO = "jo.doe+calls@customer.example"


@each(("words", "kept"), [
    ("2.0.0 OK, who are you?", "535 2.0.0 OK, who are you?"),
    (f"<{JO}>... Recipient ok", "535 <…>... Recipient ok"),
    ("bounces+jo.doe=customer.example@relay.example", "535 …"),
    ("jo.doe%40customer.example and jo.doe=40customer.example", "535 … and …"),
    ("'jo.doe@customer.example' [jo.doe@customer.example]", "535 '…' […]"),
    ('"jo doe"@customer.example', "535 …"),
    ("jö@bücher.example", "535 …"),
    ("one\ntwo\r\nthree\tfour\x00five", "535 one two three four five"),
    ("", "535"),
    ("\udcff\udcfe odd bytes", "535 odd bytes"),
])  # fmt: skip
def test_p8_what_concerns_the_server_is_one_line_without_an_address(words: str, kept: str) -> None:
    assert fit_to_keep(535, words) == kept


@each(("words", "kept"), [
    ("2.0.0 Ok: queued as 4XyZ1", "250 2.0.0 queued as 4XyZ1"),
    ("2.0.0 OK  1732612345 d2e1a72fcca58-724de47 - gsmtp", "250 2.0.0 1732612345 d2e1a72fcca58-724de47 - gsmtp"),
    ("OK id=1tFxyz-0001aB-2C", "250 id=1tFxyz-0001aB-2C"),
    (f"accepted for {JO}; thanks", "250"),
    ("2.1.5 Jo Doe will read it", "250 2.1.5"),
    ("2.0.0 queued as JODOE1", "250 2.0.0"),
    ("queued as jo.doe", "250"),
    ("queued as xn--customer-kva", "250"),
    ("", "250"),
])  # fmt: skip
def test_p8_of_a_letter_that_was_taken_stays_by_what_the_server_knows_it(words: str, kept: str) -> None:
    assert of_letter(250, words, (JO,)) == kept


@each(("words", "kept"), [
    ("5.1.1 User jo.doe unknown; mailbox of Jo Doe does not exist", "550 5.1.1"),
    ("5.1.1 <jo.doe@customer.example>: unknown, queued as 4XyZ1", "550 5.1.1"),
    ("5.7.1 am8uZG9lQGN1c3RvbWVyLmV4YW1wbGU=", "550 5.7.1"),
    ("customer dot example says no", "550"),
    ("5.1.1jo.doe", "550"),
])  # fmt: skip
def test_p8_of_a_letter_that_was_not_taken_no_word_stays(words: str, kept: str) -> None:
    assert of_letter(550, words, (JO,)) == kept
