"""Holds the state against the log: what the entries of a request add up to is what must be stored, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from handlers.acting import NONE
from handlers.keys import Keys
from handlers.reconciling import absences as of_absences
from handlers.reconciling import (
    access,
    checkpoints,
    customers,
    declines,
    digests,
    draws,
    erasures,
    holds,
    keeps,
    keys,
    notices,
    pauses,
    requests,
    reviews,
    under_way,
    written,
)
from handlers.reconciling import addresses as of_addresses
from handlers.reconciling import alarms as of_alarms
from handlers.reconciling.findings import Finding, Gap, Result
from handlers.written import Written
from storage.evidence.alarms import Sounded
from storage.evidence.checkpoints import Taken
from storage.evidence.customers import OfCustomers
from storage.evidence.declined import OfDeclined
from storage.evidence.digests import Digested
from storage.evidence.draws import OfDraws
from storage.evidence.erasures import Proved
from storage.evidence.holds import Held
from storage.evidence.keeps import Kept
from storage.evidence.notices import Noted
from storage.evidence.pauses import Paused
from storage.evidence.requests import Dossier, Logged, Reviewed
from storage.legible import Key, told
from storage.records import FormerAddress
from storage.tables.absences import Absence
from storage.tables.erasures import Erasure

CHECKS: tuple[Callable[[Dossier, Written | None], Iterator[Result]], ...] = (
    requests.filed, requests.decided, requests.falls, requests.asked, requests.said, written.worded, access.granted, access.asked_for,
    access.approved, access.opened, access.heard,
)  # fmt: skip
"""What belongs to a request, kind by kind; each takes the entries that it knows and compares what they add up to."""

ACTIONS = requests.ACTIONS | access.ACTIONS | keys.ACTIONS
"""The entries that the checks look at."""

POLICY = reviews.ACTIONS
"""The entries that the checks of the policy's own review look at."""

HELD = holds.ACTIONS
"""The entries that the checks of holds look at."""

KEPT, kept_for, lost_keeps = keeps.ACTIONS, keeps.told, keeps.lost
"""The entries that `reconcile_keeps` looks at."""

CUSTOMERS = customers.ACTIONS
"""The entries that the checks of customers' requests look at."""

DECLINED = declines.ACTIONS
"""The entries that the checks of declined calls look at."""

DRAWS = draws.ACTIONS
"""The entries that the checks of draws look at."""

NOTICES, LOOKED, ENTERED, lost_notices = notices.ACTIONS, notices.LOOKED, notices.ENTERED, notices.lost
"""The entries that the checks of notices look at, the one about a look at their pages, and the one by which an outage begins."""

PAUSES, CLOSED, REOPENED = pauses.ACTIONS, under_way.CLOSED, under_way.REOPENED
"""The entries that the checks of pauses look at, and those by which a call is closed or open again."""

FILED = (
    frozenset(requests.FILED)
    | reviews.BEGUN
    | holds.BEGUN
    | draws.BEGUN
    | {pauses.PAUSED, customers.FILED, declines.SAID, notices.OPENED, digests.MADE}
)
"""The entries that begin a matter."""

ABSENCES, SAID_AWAY, lost = of_absences.ABSENCES, of_absences.SAID, of_absences.lost
"""The entries that `absent` looks at, and those that begin an absence."""

KINDS = {
    "PR-": "review", "C-": "customer’s request", "H-": "hold", "EP-": "pause", "D-": "declined call",
    "RD-": "draw", "N-": "notice", "WK-": "weekly digest",
}  # fmt: skip
"""How a finding names a matter that is no request, by the beginning of its id."""

CHECKPOINTS, TAKEN, lost_checkpoints = checkpoints.ACTIONS, checkpoints.TAKEN, checkpoints.lost
"""The entries that `reconcile_checkpoints` looks at, and the one by which a checkpoint is taken."""

SOUNDED, silent = frozenset(of_alarms.SOUNDED), of_alarms.silent
"""The entries that `reconcile_alarms` looks at."""

ADDRESSES = of_addresses.ADDRESSES
"""The entries that `formerly` looks at."""

DIGESTS = digests.ACTIONS
"""The entries that the check of weekly digests looks at."""

KEYS, reconcile_keys = keys.ACTIONS, keys.reconcile
"""The entries about keys of customers' requests that `reconcile_keys` looks at."""

ERASED, CERTIFIED = erasures.ACTIONS, erasures.CERTIFIED
"""The entries that `reconcile_erasures` looks at, and the one that certifies an erasure."""

ASKED = under_way.SENT, under_way.ASKED
"""By which the recorder is asked to delete one, and by which an earlier version asked for many."""

begun, lost_certificates, lost_erasures = under_way.told, erasures.lost, erasures.lost_on_the_way
uncertified, staying = erasures.uncertified, erasures.staying


def reconcile(case: Dossier, opening: Keys = NONE) -> list[Result]:
    """Everything about a request that is stored otherwise than the log says, and what could not be compared.

    Without the keys of the database (`opening`) no word is.
    """
    words, found = _opened(case, opening)
    for check in CHECKS:
        try:
            found += check(case, words)
        except Exception:  # noqa: BLE001  whatever somebody made of it by hand, the rest is compared
            found.append(_unread(case))
    return found


def _opened(case: Dossier, opening: Keys) -> tuple[Written | None, list[Result]]:
    try:
        return written.opened(case, opening)
    except Exception:  # noqa: BLE001  as above
        return None, [_unread(case)]


def _unread(case: Dossier) -> Finding:
    return Finding(f"request {case.request.id}: what is stored, or what the log says of it, can't be read")


def reconcile_policy(found: Reviewed) -> list[Result]:
    """Everything about the policy's own review that is stored otherwise than the log says, and what can't be read."""
    return [*spoilt(found.spoilt), *reviews.reconcile(found)]


def reconcile_holds(found: Held) -> list[Result]:
    """Everything about these holds that is stored otherwise than the log says, and what can't be read."""
    return [*spoilt(found.spoilt), *(result for one in found.files for result in holds.reconcile(one))]


def reconcile_keeps(found: Kept) -> list[Result]:
    """Everything about what else keeps calls that is stored otherwise than the log says, and what can't be read."""
    return [*spoilt(found.spoilt), *keeps.reconcile(found)]


def reconcile_customers(found: OfCustomers, opening: Keys = NONE) -> list[Result]:
    """Everything about these customers' requests that is stored otherwise than the log says, and what can't be read; `opening` as above."""
    return [*spoilt(found.spoilt), *(result for one in found.files for result in customers.reconcile(one, opening))]


def reconcile_declined(found: OfDeclined, opening: Keys = NONE) -> list[Result]:
    """Everything about these declined calls that is stored otherwise than the log says, and what can't be read."""
    return [*spoilt(found.spoilt), *(result for one in found.files for result in declines.reconcile(one, opening))]


def reconcile_draws(found: OfDraws) -> list[Result]:
    """Everything about these draws that is stored otherwise than the log says, and what can't be read."""
    return [*spoilt(found.spoilt), *(result for one in found.files for result in draws.reconcile(one))]


def reconcile_notices(found: Noted) -> list[Result]:
    """Everything about notices that is stored otherwise than the log says, and what can't be read."""
    return [*spoilt(found.spoilt), *notices.reconcile(found)]


def reconcile_digests(found: Digested) -> list[Result]:
    """Everything about weekly digests that is stored otherwise than the log says, and what can't be read."""
    try:
        return [*spoilt(found.spoilt), *digests.reconcile(found)]
    except Exception:  # noqa: BLE001  whatever somebody made of the log by hand, the rest is compared
        return [Finding("what the log says of whom nobody could reach can't be read")]


def reconcile_checkpoints(found: Taken) -> list[Result]:
    """Everything about checkpoints that is stored otherwise than the log says, or contradicts it, and what can't be read."""
    return [*spoilt(found.spoilt), *checkpoints.reconcile(found)]


def reconcile_alarms(found: Sounded) -> list[Result]:
    """Everything about some alarms that is stored otherwise than the log says, and what can't be read."""
    try:
        return [*spoilt(found.spoilt), *of_alarms.reconcile(found)]
    except Exception:  # noqa: BLE001  whatever somebody made of the log by hand, the rest is compared
        return [Finding("what the log says of alarms can't be read")]


def reconcile_erasures(page: tuple[list[Proved], list[Key]]) -> list[Result]:
    """Everything about some erasures that is stored otherwise than the log says, and what can't be read."""
    proved, unreadable = page
    found: list[Result] = [*spoilt((Erasure.__tablename__, key) for key in unreadable)]
    for one in proved:
        try:
            found += erasures.erased(one)
        except Exception:  # noqa: BLE001  whatever somebody made of it by hand, the rest is compared
            found.append(
                Finding(f"erasure {one.erasure.id}: what is stored, or what the log says of it, can't be read")
            )
    return found


def reconcile_pauses(found: Paused) -> list[Result]:
    """Everything about pauses of erasures that is stored otherwise than the log says, and what can't be read."""
    return [*spoilt(found.spoilt), *pauses.reconcile(found)]


def ownerless(rows: Iterable[tuple[str, str | None]]) -> list[Finding]:
    """Rows, by table, that belong to a request or to access that is not there (`Evidence.strays`)."""
    return [
        Finding(
            f"{table} can't be read" if owner is None else f"a row of {table} belongs to {owner}, which is not stored"
        )
        for table, owner in rows
    ]


def elsewhere(rows: Iterable[tuple[str, str]]) -> list[Finding]:
    """Access to what gives none (`Evidence.given_elsewhere`): only requests and reviews do."""
    return [Finding(f"access {grant} is stored for {matter}, which is no request") for grant, matter in rows]


def spoilt(rows: Iterable[tuple[str, tuple[object, ...]]]) -> list[Finding]:
    """Rows that can't be read, by table and key, or whole tables (`Leaf.spoilt`)."""
    named = ((table, ", ".join(map(told, key))) for table, key in rows)
    return [Finding(f"row {key} of {table} can't be read" if key else f"{table} can't be read") for table, key in named]


def absent(found: tuple[list[Absence], list[Logged]] | None) -> list[Result]:
    """Absences that are stored otherwise than the log says, of all of them (`Evidence.absences`)."""
    if found is None:
        return [Finding("absences can't be read")]
    try:
        return list(of_absences.absences(*found))
    except Exception:  # noqa: BLE001  whatever somebody made of it by hand, the rest is compared
        return [Finding("what is stored of absences, or what the log says of them, can't be read")]


def formerly(found: tuple[list[FormerAddress], list[Logged]] | None, keys: Keys) -> list[Result]:
    """Addresses that people had before and that are stored otherwise than the log says (`AddressEvidence.former`)."""
    try:
        return list(of_addresses.addresses(found, keys))
    except Exception:  # noqa: BLE001  whatever somebody made of it by hand, the rest is compared
        return [
            Finding("what is stored of addresses that people had before, or what the log says of them, can't be read")
        ]


def deleted(matters: Iterable[str]) -> list[Finding]:
    """Matters that the log knows and nobody stores (`Evidence.missing`)."""
    named = (
        (next((kind for prefix, kind in KINDS.items() if one.startswith(prefix)), "request"), one)
        for one in sorted(matters)
    )
    return [Finding(f"{kind} {one} stands in the log, but is no longer stored") for kind, one in named]


__all__ = [
    "ABSENCES", "ACTIONS", "ADDRESSES", "ASKED", "CERTIFIED", "CHECKS", "CLOSED", "CUSTOMERS", "DECLINED", "DIGESTS", "DRAWS", "ENTERED", "ERASED", "FILED",
    "HELD", "KEPT", "KEYS", "LOOKED", "NOTICES", "PAUSES", "POLICY", "REOPENED", "SAID_AWAY", "SOUNDED", "Finding", "Gap",
    "Result", "absent", "begun", "deleted", "elsewhere", "formerly", "kept_for", "lost", "lost_certificates", "lost_erasures",
    "lost_keeps", "lost_notices", "ownerless", "reconcile", "reconcile_alarms", "reconcile_customers", "reconcile_declined", "reconcile_digests", "reconcile_draws",
    "reconcile_erasures", "reconcile_holds", "reconcile_keeps", "reconcile_keys", "reconcile_notices", "reconcile_pauses", "reconcile_policy",
    "silent", "spoilt", "staying", "uncertified",
]  # fmt: skip
