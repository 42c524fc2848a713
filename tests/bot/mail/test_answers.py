"""P8: the server's answer is kept as a proof, and tells nobody whose address it was."""

from __future__ import annotations

import pytest

from bot.mail.answers import LONGEST, fit_to_keep

JO = "jo.doe@customer.example"


@pytest.mark.parametrize(("words", "kept"), [
    ("2.0.0 Ok: queued as 4XyZ1", "250 2.0.0 Ok: queued as 4XyZ1"),
    ("2.0.0 OK  1732612345 d2e1a72fcca58-724de47 - gsmtp", "250 2.0.0 OK 1732612345 d2e1a72fcca58-724de47 - gsmtp"),
    (f"<{JO}>... Recipient ok", "250 <…>... Recipient ok"),
    (f"accepted for {JO}; thanks", "250 accepted for …; thanks"),
    (f"accepted for {JO.upper()}.", "250 accepted for …"),
    ("to:jo.doe at host", "250 to:… at host"),
    ("mailbox of customer.example is full", "250 mailbox of … is full"),
    ("mx1.customer.example says no", "250 mx1.… says no"),
    ("bounces+jo.doe=customer.example@relay.example", "250 …"),
    ("jo.doe%40customer.example and jo.doe=40customer.example", "250 … and …"),
    ("'jo.doe@customer.example' [jo.doe@customer.example]", "250 '…' […]"),
    ('"jo doe"@customer.example', "250 …"),
    ("somebody@elsewhere.example as well", "250 … as well"),
    ("jö@bücher.example", "250 …"),
    ("one\ntwo\r\nthree\tfour\x00five", "250 one two three four five"),
    ("", "250"),
    ("\udcff\udcfe odd bytes", "250 odd bytes"),
    ("a banjo.doer plays", "250 a banjo.doer plays"),
])  # fmt: skip
def test_p8_an_answer_is_one_line_without_an_address(words: str, kept: str) -> None:
    assert fit_to_keep(250, words, (JO,)) == kept


def test_p8_a_long_answer_is_cut() -> None:
    kept = fit_to_keep(550, "no " * 500)
    assert len(kept) == LONGEST
    assert kept.endswith("…")


def test_p8_an_address_beyond_the_cut_is_gone_too() -> None:
    assert "jo" not in fit_to_keep(550, "x" * (LONGEST - 8) + f" {JO}", (JO,))


def test_p8_a_code_is_no_part_of_an_address() -> None:
    assert fit_to_keep(250, "ok 250 ok", ("250@x.example",)) == "250 ok … ok"
