"""The state held against the log, in a test: everything that is stored otherwise than the log says."""

from __future__ import annotations

from handlers.reconciling import (
    ACTIONS,
    FILED,
    POLICY,
    Finding,
    Result,
    deleted,
    ownerless,
    reconcile,
    reconcile_policy,
    spoilt,
)
from storage.store import Database, Store


def results(store: Store) -> list[Result]:
    """Findings and gaps of everything."""
    leaf = store.evidence.leaf("", 1000, ACTIONS)
    filed = [link.subject for link in store.audit.links(0, 10_000) if link.action in FILED and link.outcome == "done"]
    found: list[Result] = [*ownerless(store.evidence.strays()), *deleted(store.evidence.missing(filed))]
    found += reconcile_policy(store.evidence.reviewed(POLICY))
    return [*found, *spoilt(leaf.spoilt), *(one for case in leaf.dossiers for one in reconcile(case))]


def sentences(store: Store) -> list[str]:
    """What does not fit."""
    return [one.sentence for one in results(store) if isinstance(one, Finding)]


async def findings(database: Database) -> list[str]:
    """What does not fit, in a read of its own."""
    return await database.read(sentences)
