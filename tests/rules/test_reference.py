"""D3: a CRM reference is read as it was meant, and what is none is told at its field with the remedy (P7)."""

from __future__ import annotations

import pytest

from handlers.rules.access import fingerprint
from handlers.rules.reference import check, compact, meant
from handlers.rules.refusal import Refused
from tests.each import each

PATTERN = "CS-[0-9]+"


@each("typed", ["CS-10442", "cs-10442", "CS 10442", "cs10442", " cs  10442 ", "ＣＳ-10442"])
def test_d3_each_spelling_is_the_same_reference(typed: str) -> None:
    assert meant(typed, PATTERN) == "CS-10442"
    assert compact(typed) == "cs10442"


@each("typed", ["10442", "CS-", "CS-10442x", "AB-7719", "<!here> *CS-1*", "طلب ١٢٣", "CS-10442 CS-10443"])
def test_d3_what_is_none_is_told_at_its_field_with_the_calls_own(typed: str) -> None:
    assert meant(typed, PATTERN) is None
    for own, advice in ((("CS-10443", "CS-10450"), "The one of this call is CS-10443."), ((), "as your CRM shows it.")):
        with pytest.raises(Refused) as refused:
            check(typed, PATTERN, own)
        assert list(refused.value.fields) == ["crm"]
        assert refused.value.fields["crm"].endswith(advice)


def test_d3_the_calls_own_reference_is_one_whatever_the_pattern_says() -> None:
    """The call system knows other references than the policy's pattern: what was filled in is not refused."""
    assert check("ab 7719", PATTERN, ("AB-7719",)) == "AB-7719"


def test_d3_where_the_policy_says_nothing_any_word_is_a_reference() -> None:
    assert check("Ticket nine", None, ()) == "Ticket nine"


def test_d3_two_spellings_do_not_make_two_requests() -> None:
    assert len({fingerprint("1", "complaint", [1], typed) for typed in ("CS-10442", "cs 10442", "CS10442")}) == 1
    assert fingerprint("1", "complaint", [1], "CS-10442") != fingerprint("1", "complaint", [1], "CS-10443")
