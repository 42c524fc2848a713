"""How the log names a row: two rows never share a name."""

import sqlalchemy as sa

from storage.marks import row_key


def _key(**values: str) -> str:
    table = sa.Table("t", sa.MetaData(), *(sa.Column(name, sa.String, primary_key=True) for name in values))
    return row_key(table, values)


def test_the_name_of_a_row_with_several_keys_says_where_each_ends() -> None:
    assert len({_key(a="x/y", b="z"), _key(a="x", b="y/z"), _key(a="x%2Fy", b="z")}) == 3
    assert _key(a="x/y%") == "t/x/y%"
