"""Addresses that people had before, as the log tells them: by them it is known whose a call is, and who may not decide about it (P7)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from handlers.acting import NONE
from handlers.keys import Keys
from handlers.reconciling.findings import Finding, Gap, Result, differ, gone, person
from handlers.standing import former_mark
from storage.evidence.addresses import LEFT
from storage.evidence.requests import Logged
from storage.records import FormerAddress

ADDRESSES = frozenset({"people.meet", "people.new"})
"""The entries by which somebody's address becomes one of before."""
SEALED = Gap("addresses that people had before", "since SECRET_KEY is not set here")


def addresses(found: tuple[list[FormerAddress], list[Logged]] | None, keys: Keys) -> Iterator[Result]:
    """What is stored otherwise than the log says, of all of them. Those of before the log spoke of any are not compared."""
    if found is None:
        yield Finding("addresses that people had before can't be read")
        return
    rows, entries = found
    if keys is NONE:
        yield from (SEALED,) if rows else ()
        return
    said = {mark: (one, whose) for one in entries for mark, whose in one.detail[LEFT].items()}
    stored = {former_mark(keys, row.email_key): row for row in rows}
    for mark, (entry, whose) in said.items():
        row = stored.pop(mark, None)
        if row is None:
            yield gone(f"person {whose} had another address before", entry)
        else:
            thing = "an address that somebody had before"
            yield from differ(thing, entry, whose=(person(row.person_id), person(whose)))
    yield from _unlogged(stored.values(), entries)


def _unlogged(rows: Iterable[FormerAddress], entries: list[Logged]) -> Iterator[Result]:
    for row in rows:
        if entries and row.left_at is not None and row.left_at >= entries[0].at:
            yield Finding(
                f"an address that person {row.person_id} had before is stored, but the log knows nothing of it"
            )
