"""A refusal carries its sentence, its field, its clause and its word for the audit log."""

from __future__ import annotations

from handlers.rules.refusal import Refused


def test_a_refusal_says_its_sentence() -> None:
    refused = Refused("Please wait.", clause="P7", code="early")
    assert (str(refused), refused.sentence, refused.fields) == ("Please wait.", "Please wait.", {})
    assert (refused.clause, refused.code) == ("P7", "early")


def test_a_refusal_may_blame_one_field() -> None:
    assert Refused("Write it like CS-10442.", field="crm").fields == {"crm": "Write it like CS-10442."}


def test_a_refusal_may_blame_several_fields_in_their_order() -> None:
    refused = Refused.at({"crm": "Fill this in.", "reason": "Choose one."}, clause="P6")
    assert refused.fields == {"crm": "Fill this in.", "reason": "Choose one."}
    assert (refused.sentence, refused.clause) == ("Fill this in. Choose one.", "P6")
