"""B11: the list of values that nothing keeps yet is neither too long nor too short."""

from __future__ import annotations

import pytest

from handlers.policy.readings import UNKEPT, unkept
from tests.each import each
from tests.policy.reading import taken_whole, unread, values

pytestmark = pytest.mark.long

IN_THE_FILE = {"company.mail_domains", "reasons.clause"}
"""What the check of the file itself keeps: who may hold a role, and who decides what P9 names."""


@pytest.mark.soak
@each("value", sorted(values()))
def test_a_value_is_on_the_list_as_long_as_no_code_reads_it(value: str) -> None:
    """Whoever makes a feature that reads a value takes it off the list."""
    assert (value in UNKEPT) is (value in unread() - IN_THE_FILE)


def test_the_list_names_no_value_that_is_none_and_none_twice() -> None:
    assert set(UNKEPT) <= values()
    assert len(set(UNKEPT)) == len(UNKEPT)


@pytest.mark.soak
def test_values_are_read_where_this_can_be_seen() -> None:
    """As `policy.customers.working_days`, and not by a name for the whole group: else the test above sees nothing."""
    assert taken_whole() == set()


def test_the_look_at_the_code_sees_what_is_read() -> None:
    """Access is kept since the first day."""
    assert {one for one in values() if one.startswith("access.")}.isdisjoint(unread())
    assert len(values()) > 45


def test_each_group_is_told_once_in_the_order_of_the_file() -> None:
    told = unkept(("lines.regions", "lines.label", "review_months"))
    assert told == ["nothing keeps this yet: lines.regions, lines.label", "nothing keeps this yet: review_months"]
    assert len(unkept()) == len({one.partition(".")[0] for one in UNKEPT})


def test_p4_regions_of_a_line_find_calls_so_they_are_kept() -> None:
    """By the search: "europe" finds calls of the line that serves it."""
    assert "lines.regions" not in {*UNKEPT, *unread()}
