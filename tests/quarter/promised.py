"""What is promised of sending, held against what the chat took: once, and once more only where somebody died in between.

A row of the outbox is sent again only where a process died after the chat had taken it and before that was written down;
for each such death once at most, and the message then says so.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from storage.records import Outgoing
from tests.quarter.book import Taken
from tests.quarter.firm import Firm

SENT = {"sent": 1, "updated": 1, "superseded": 0, "failed": 0}
"""How often at least the chat has taken what ended so."""
TO_NOBODY = "alert"
"""What goes to the program's own log."""


def broken(
    taken: Sequence[Taken], ledger: Sequence[Outgoing], firm: Firm, unwritten: Counter[str] | None = None
) -> Iterator[str]:
    """A sentence for each row that was not sent as promised; `unwritten` counts the deaths between sending and writing it down."""
    deaths, accounts = unwritten or Counter(), {person: account for account, person in firm.people.items()}
    of_row: Mapping[str, list[Taken]] = _by_row(taken)
    for row in ledger:
        least = 0 if row.kind == TO_NOBODY else SENT[row.state]
        each = of_row.get(row.id, [])
        if not least <= len(each) <= least + deaths[row.id]:
            yield f"{row.kind} for {row.person_id}, {row.state}: taken {len(each)} times, {deaths[row.id]} deaths"
        if not all(one.again for one in each[1:] if one.method == "post"):
            yield f"{row.kind} for {row.person_id} came again, and did not say so"
        if {one.account for one in each} - {accounts[row.person_id]}:
            yield f"{row.kind} for {row.person_id} went to {each}"
    yield from (f"{one} is of no row" for one in of_row.keys() - {row.id for row in ledger})


def _by_row(taken: Sequence[Taken]) -> dict[str, list[Taken]]:
    found: dict[str, list[Taken]] = defaultdict(list)
    for one in taken:
        found[one.outgoing].append(one)
    return found
