"""The state held against the log, in a test: everything that is stored otherwise than the log says."""

from __future__ import annotations

from handlers.keys import Keys
from handlers.reconciling import (
    ABSENCES,
    ACTIONS,
    ADDRESSES,
    ASKED,
    CERTIFIED,
    CHECKPOINTS,
    CUSTOMERS,
    DECLINED,
    DIGESTS,
    DRAWS,
    ENTERED,
    ERASED,
    FILED,
    HELD,
    KEPT,
    LOOKED,
    NOTICES,
    PAUSES,
    POLICY,
    REOPENED,
    SAID_AWAY,
    SOUNDED,
    TAKEN,
    Finding,
    Result,
    absent,
    begun,
    deleted,
    elsewhere,
    formerly,
    kept_for,
    lost,
    lost_certificates,
    lost_checkpoints,
    lost_erasures,
    lost_keeps,
    lost_notices,
    moments,
    ownerless,
    reconcile,
    reconcile_alarms,
    reconcile_checkpoints,
    reconcile_customers,
    reconcile_declined,
    reconcile_digests,
    reconcile_draws,
    reconcile_erasures,
    reconcile_holds,
    reconcile_keeps,
    reconcile_keys,
    reconcile_notices,
    reconcile_pauses,
    reconcile_policy,
    silent,
    spoilt,
    staying,
    uncertified,
)
from handlers.reconciling import KEYS as OF_KEYS
from storage.chain import Link
from storage.database.store import Database, Store
from tests.keys import KEYS


def results(store: Store, keys: Keys = KEYS) -> list[Result]:
    """Findings and gaps of everything; words are opened with these keys."""
    leaf = store.evidence.leaf("", 1000, ACTIONS)
    done = [link for link in store.audit.links(0, 10_000) if link.outcome == "done"]
    filed = [link.subject for link in done if link.action in FILED]
    said = [link.subject for link in done if link.action in SAID_AWAY]
    found: list[Result] = [
        *ownerless(store.evidence.strays()), *elsewhere(store.evidence.given_elsewhere()), *deleted(store.evidence.missing(filed)),
        *absent(store.evidence.absences(ABSENCES)), *lost(store.evidence.missing_absences(said)),
    ]  # fmt: skip
    found += reconcile_policy(store.evidence.reviewed(POLICY))
    found += reconcile_holds(store.hold_evidence.held("", 1000, HELD))
    found += reconcile_customers(store.customer_evidence.of_customers("", 1000, CUSTOMERS), keys)
    found += reconcile_declined(store.declined_evidence.of_declined("", 1000, DECLINED), keys)
    found += reconcile_draws(store.draw_evidence.of_draws("", 1000, DRAWS))
    found += _of_erasures(store, done)
    found += reconcile_pauses(store.pause_evidence.paused(PAUSES))
    found += reconcile_digests(store.digest_evidence.digested(DIGESTS))
    found += reconcile_notices(store.notice_evidence.noted(NOTICES))
    found += reconcile_checkpoints(store.checkpoint_evidence.taken(CHECKPOINTS))
    found += lost_checkpoints(store.checkpoint_evidence.lost([one.subject for one in done if one.action == TAKEN]))
    seen = ([one.subject for one in done if one.action == kind] for kind in (LOOKED, ENTERED))
    found += lost_notices(store.notice_evidence.lost(*seen))
    told = moments.said(done)
    found += [
        *moments.unsaid(done),
        *moments.moved(told, moments.standing(store.erasure_evidence.standing({call for call, _ in told}))),
    ]
    found += reconcile_alarms(store.alarm_evidence.sounded("", 1000, SOUNDED))
    found += silent(store.alarm_evidence.silent({one.subject for one in done if one.action in SOUNDED}))
    found += formerly(store.address_evidence.former(ADDRESSES), keys)
    found += reconcile_keys(store.key_evidence.page("", 1000, OF_KEYS))
    return [*found, *spoilt(leaf.spoilt), *(one for case in leaf.dossiers for one in reconcile(case, keys))]


def _of_erasures(store: Store, done: list[Link]) -> list[Result]:
    """What goes, what went, and what keeps calls."""
    certified = [one.subject for one in done if one.action == CERTIFIED]
    undone = store.erasure_evidence.reopened({one.subject for one in done}, REOPENED)
    return [
        *reconcile_erasures(store.erasure_evidence.page("", 1000, ERASED, ASKED)),
        *lost_certificates(store.erasure_evidence.missing(certified)),
        *uncertified(store.erasure_evidence.uncertified(1000)),
        *lost_erasures(store.erasure_evidence.unbegun(begun(done) - undone, CERTIFIED)),
        *reconcile_keeps(store.keep_evidence.kept("", 1000, KEPT)),
        *lost_keeps(store.keep_evidence.lost(kept_for(done, undone))),
        *staying(store.erasure_evidence.staying(1000)),
    ]


def sentences(store: Store, keys: Keys = KEYS) -> list[str]:
    """What does not fit."""
    return [one.sentence for one in results(store, keys) if isinstance(one, Finding)]


async def findings(database: Database, keys: Keys = KEYS) -> list[str]:
    """What does not fit, in a read of its own."""
    return await database.read(lambda store: sentences(store, keys))
