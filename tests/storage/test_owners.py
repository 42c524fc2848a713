"""C1: of every kind of matter both halves are looked for, so that one whose other half was taken away is found."""

from __future__ import annotations

from storage.evidence.owners import HALVES
from storage.records import Matter


def test_c1_no_kind_of_matter_is_left_out() -> None:
    kinds = [one for one in Matter.__mapper__.self_and_descendants if one.polymorphic_identity]
    own = sorted(str(one.local_table.description) for one in kinds)
    assert sorted(table for table, _ in HALVES if table != "matters") == own
    assert sum(table == "matters" for table, _ in HALVES) == len(own)
