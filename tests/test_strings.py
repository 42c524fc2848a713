"""What people read is written as people write."""

from __future__ import annotations

from tests.strings import FORBIDDEN, strings


def test_no_string_has_a_word_that_no_product_writer_uses() -> None:
    assert [told for told in strings() if FORBIDDEN.search(told[1])] == []
