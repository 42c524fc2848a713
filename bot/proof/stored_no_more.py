"""What entries of the log speak of that is stored nowhere any more, some entries at a time (C1)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from handlers.reconciling import (
    CERTIFIED,
    CLOSED,
    ENTERED,
    ERASED,
    FILED,
    LOOKED,
    REOPENED,
    SAID_AWAY,
    SOUNDED,
    TAKEN,
    begun,
    deleted,
    kept_for,
    lost,
    lost_certificates,
    lost_checkpoints,
    lost_erasures,
    lost_keeps,
    lost_notices,
    silent,
)
from handlers.reconciling.findings import Result
from storage.chain import Link
from storage.database.store import Database

BEGINNING = FILED | SAID_AWAY | ERASED | SOUNDED | {CERTIFIED, CLOSED, TAKEN, LOOKED, ENTERED}
"""The entries that begin or prove something; most entries of a log do neither."""


async def stored_no_more(database: Database, page: Collection[Link]) -> list[Result]:
    """A finding for each thing that one of these entries began or proved, and that is gone. Raises `DatabaseDown`."""
    done, found = _done(page), list[Result]()
    if filed := _about(done, FILED):
        found += deleted(await database.read(lambda store: store.evidence.missing(filed)))
    if said := _about(done, SAID_AWAY):
        found += lost(await database.read(lambda store: store.evidence.missing_absences(said)))
    if certified := _about(done, (CERTIFIED,)):
        found += lost_certificates(await database.read(lambda store: store.erasure_evidence.missing(certified)))
    closed = _about(done, (CLOSED,))
    undone = await database.read(lambda store: store.erasure_evidence.reopened(closed, REOPENED))
    if erasing := begun(page) - undone if done.keys() & ERASED else None:
        found += lost_erasures(await database.read(lambda store: store.erasure_evidence.unbegun(erasing, CERTIFIED)))
    if kept := kept_for(page, undone) if closed else None:
        found += lost_keeps(await database.read(lambda store: store.keep_evidence.lost(kept)))
    if taken := _about(done, (TAKEN,)):
        found += lost_checkpoints(await database.read(lambda store: store.checkpoint_evidence.lost(taken)))
    if sounded := _about(done, SOUNDED):
        found += silent(await database.read(lambda store: store.alarm_evidence.silent(sounded)))
    looks, entered = (done.get(kind, []) for kind in (LOOKED, ENTERED))
    if looks or entered:
        found += lost_notices(await database.read(lambda store: store.notice_evidence.lost(looks, entered)))
    return found


def _done(page: Iterable[Link]) -> Mapping[str, list[str]]:
    """By action: what its entries are about, of those that began or proved something, and say that it was done."""
    found = defaultdict[str, list[str]](list)
    for link in page:
        if link[3] in BEGINNING and link[5] == "done":
            found[link[3]].append(link[4])
    return found


def _about(done: Mapping[str, list[str]], actions: Iterable[str]) -> set[str]:
    return {subject for action in actions for subject in done.get(action, ())}
