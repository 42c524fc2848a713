"""Verifies the audit log and holds the state against it, a page at a time, so that memory is bounded and others get on."""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol, TypeVar

from bot.ports import Unavailable
from bot.proof.checkpoint_files import Notes, contradicted
from bot.proof.moments import Moments
from bot.proof.stored_no_more import stored_no_more
from bot.settings.config import Misconfigured
from handlers.acting import NONE
from handlers.breach.clock import missing
from handlers.keys import Keys
from handlers.reconciling import (
    ABSENCES,
    ACTIONS,
    ADDRESSES,
    ASKED,
    CHECKPOINTS,
    CUSTOMERS,
    DECLINED,
    DIGESTS,
    DRAWS,
    ERASED,
    HELD,
    KEPT,
    KEYS,
    NOTICES,
    PAUSES,
    POLICY,
    SOUNDED,
    Finding,
    Gap,
    Result,
    absent,
    elsewhere,
    formerly,
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
    spoilt,
    staying,
    uncertified,
)
from handlers.words import counted
from storage.chain import GENESIS, Verdict, Walk
from storage.database.store import Database, DatabaseDown, Store
from storage.evidence.erasures import Proved
from storage.evidence.keys import KeyFile
from storage.evidence.requests import Leaf
from storage.legible import Key

T = TypeVar("T")
MOST_TOLD = 100
A_LONG_LOOK = 600.0  # seconds: for one look through whole tables, at rows that belong to nothing


@dataclass(frozen=True, slots=True)
class Pace:
    """How many entries and how many requests are read at once, and how long to rest after each page, in seconds."""

    entries: int = 5000
    requests: int = 200
    rest: float = 0.0


BESIDE_OTHERS = Pace(entries=250, requests=10, rest=0.005)
"""For a program that people wait for: a page takes a few milliseconds."""


@dataclass(slots=True)
class Outcome:
    """What was found. `faults` are sentences without full stops, the first hundred; `number` counts all of them.

    Without `state` only the chain was looked at.
    """

    verdict: Verdict
    state: bool = True
    requests: int = 0
    faults: list[str] = field(default_factory=list)
    number: int = 0
    gaps: Counter[Gap] = field(default_factory=Counter)

    @property
    def digest(self) -> str:
        """The same as long as the same is found."""
        return hashlib.sha256("\n".join(sorted(self.faults)).encode()).hexdigest()[:16]

    def add(self, results: Iterable[Result]) -> None:
        """Take findings and gaps."""
        for one in results:
            match one:
                case Finding(sentence):
                    self.fault(sentence)
                case Gap():
                    self.gaps[one] += 1

    def fault(self, sentence: str) -> None:
        """Take a finding; what is found with each page, such as a table that is gone, counts once."""
        if sentence in self.faults:
            return
        self.number += 1
        if len(self.faults) < MOST_TOLD:
            self.faults.append(sentence)

    def comparing(self, what: str) -> AbstractContextManager[None]:
        """What can't be compared is a finding, and never the end of the check. Raises `DatabaseDown`."""
        return reading(what, self.fault)


@contextmanager
def reading(what: str, tell: Callable[[str], None]) -> Iterator[None]:
    """What can't be read is told as a fault of the log. Raises `DatabaseDown`, `Unavailable`, `Misconfigured`."""
    try:
        yield
    except (DatabaseDown, Unavailable, Misconfigured):
        raise
    except Exception as error:  # noqa: BLE001  a row may hold anything at all
        kind = type(error).__name__
        tell(f"{what} can't be compared with the log: something there was changed so that I can't read it ({kind})")


async def verify(
    database: Database, notes: Notes | None = None, pace: Pace | None = None, *, state: bool = True, keys: Keys = NONE
) -> Outcome:
    """The chain, the state unless it is left out, and what was noted outside. Raises `DatabaseDown`.

    Without the `keys` of the database no word is compared, and no confidential report is looked for.
    """
    notes, pace = notes or Notes(), pace or Pace()
    outcome = Outcome(Verdict(0, GENESIS), state)
    if state:
        await _state(database, pace, outcome, keys)
    # The chain comes last, so that what the state was held against is verified, too.
    with outcome.comparing("the tables"):
        outcome.add(map(Finding, await database.read(lambda store: store.evidence.unheld())))
    walk = Walk(notes.marks)
    outcome.verdict = await _chain(database, pace, outcome, walk)
    if state and keys is not NONE:
        with outcome.comparing("confidential reports"):
            lost = await database.read(
                lambda store: missing(store, keys, notes.reports, notes.ended), within=A_LONG_LOOK
            )
            outcome.add(map(Finding, lost))
    if outcome.verdict.fault:
        number = outcome.verdict.entries
        before = counted(number, "entry", "entries")
        outcome.fault(f"{outcome.verdict.fault}. The {before} before that {'holds' if number == 1 else 'hold'}")
    for sentence in (*notes.flaws, *contradicted(notes, outcome.verdict)):
        outcome.fault(sentence)
    if state:
        with outcome.comparing("checkpoints"):
            taken = await database.read(lambda store: store.checkpoint_evidence.taken(CHECKPOINTS), within=A_LONG_LOOK)
            outcome.add(reconcile_checkpoints(taken))
    return outcome


async def _state(database: Database, pace: Pace, outcome: Outcome, keys: Keys) -> None:
    leaves, most = partial(_leaves, database, pace, outcome), pace.requests
    once = partial(_once, database, outcome)
    customers, declined = partial(reconcile_customers, opening=keys), partial(reconcile_declined, opening=keys)
    parts: Mapping[str, Callable[[], Awaitable[None]]] = {
        "requests": partial(_requests, database, pace, outcome, keys),
        "the policy": partial(once, lambda store: store.evidence.reviewed(POLICY), reconcile_policy),
        "holds": partial(leaves, lambda store, after: store.hold_evidence.held(after, most, HELD), reconcile_holds),
        "what keeps calls": partial(leaves, lambda store, after: store.keep_evidence.kept(after, most, KEPT), reconcile_keeps),
        "customers' requests": partial(
            leaves, lambda store, after: store.customer_evidence.of_customers(after, most, CUSTOMERS), customers
        ),
        "declined calls": partial(
            leaves, lambda store, after: store.declined_evidence.of_declined(after, most, DECLINED), declined
        ),
        "draws": partial(leaves, lambda store, after: store.draw_evidence.of_draws(after, most, DRAWS), reconcile_draws),
        "alarms": partial(leaves, lambda store, after: store.alarm_evidence.sounded(after, most, SOUNDED), reconcile_alarms),
        "erasures": partial(_erasures, database, pace, outcome),
        "keys": partial(_keys, database, pace, outcome),
        "pauses of erasures": partial(once, lambda store: store.pause_evidence.paused(PAUSES), reconcile_pauses),
        "notices": partial(once, lambda store: store.notice_evidence.noted(NOTICES), reconcile_notices),
        "weekly digests": partial(once, lambda store: store.digest_evidence.digested(DIGESTS), reconcile_digests),
        "absences": partial(once, lambda store: store.evidence.absences(ABSENCES), absent),
        "addresses": partial(once, lambda store: store.address_evidence.former(ADDRESSES), partial(formerly, keys=keys)),
        "what belongs together": partial(once, lambda store: store.evidence.strays(), ownerless),
        "what access was given for": partial(once, lambda store: store.evidence.given_elsewhere(), elsewhere),
    }  # fmt: skip
    for what, part in parts.items():
        with outcome.comparing(what):
            await part()


async def _requests(database: Database, pace: Pace, outcome: Outcome, keys: Keys) -> None:
    last: str | None = ""
    while last is not None:
        leaf = await _leaf(database, last, pace.requests)
        outcome.add(spoilt(leaf.spoilt))
        for case in leaf.dossiers:
            with outcome.comparing(f"request {case.request.id}"):
                outcome.add(reconcile(case, keys))
        outcome.requests += len(leaf.dossiers)
        last = leaf.last
        await asyncio.sleep(pace.rest)


async def _once(
    database: Database, outcome: Outcome, read: Callable[[Store], T], check: Callable[[T], Iterable[Result]]
) -> None:
    """All of a kind at once."""
    outcome.add(check(await database.read(read, within=A_LONG_LOOK)))


class _Leaf(Protocol):
    """Some of a kind; the next ones come after `last`, which is None where there are no more."""

    @property
    def last(self) -> str | None:
        """The last id of these."""


L = TypeVar("L", bound=_Leaf)
R_co = TypeVar("R_co", covariant=True)


class _Read(Protocol[R_co]):
    def __call__(self, store: Store, after: str) -> R_co: ...


async def _leaves(
    database: Database, pace: Pace, outcome: Outcome, read: _Read[L], check: Callable[[L], Iterable[Result]]
) -> None:
    """All of a kind, so many at a time."""
    last: str | None = ""
    while last is not None:
        found = await database.read(partial(read, after=last))
        outcome.add(check(found))
        last = found.last
        await asyncio.sleep(pace.rest)


async def _erasures(database: Database, pace: Pace, outcome: Outcome) -> None:
    last, most = "", pace.requests
    while True:
        page = await database.read(partial(_proved, after=last, most=most))
        outcome.add(reconcile_erasures(page))
        if len(page[0]) + len(page[1]) < most:
            break
        last = page[0][-1].erasure.id
        await asyncio.sleep(pace.rest)
    uncertain = await database.read(lambda store: store.erasure_evidence.uncertified(MOST_TOLD), within=A_LONG_LOOK)
    outcome.add(uncertified(uncertain))
    closed = await database.read(lambda store: store.erasure_evidence.staying(MOST_TOLD), within=A_LONG_LOOK)
    outcome.add(staying(closed))


async def _keys(database: Database, pace: Pace, outcome: Outcome) -> None:
    last, most = "", pace.requests
    while page := await database.read(partial(_key_files, after=last, most=most)):
        outcome.add(reconcile_keys(page))
        last = page[-1].matter
        await asyncio.sleep(pace.rest)


def _proved(store: Store, after: str, most: int) -> tuple[list[Proved], list[Key]]:
    return store.erasure_evidence.page(after, most, ERASED, ASKED)


def _key_files(store: Store, after: str, most: int) -> list[KeyFile]:
    return store.key_evidence.page(after, most, KEYS)


async def _leaf(database: Database, after: str, most: int) -> Leaf:
    return await database.read(lambda store: store.evidence.leaf(after, most, ACTIONS))


async def _chain(database: Database, pace: Pace, outcome: Outcome, walk: Walk) -> Verdict:
    moments = Moments(database, outcome.add, pace.rest)
    while True:
        page, head = await database.read(lambda store: store.audit.page(walk.seq, pace.entries))
        walk.take(page)
        if outcome.state:
            with outcome.comparing("the moments of entries"):
                await moments.take(page)
        with outcome.comparing("what the log says is erased"):
            outcome.add(await stored_no_more(database, page))
        if walk.fault or len(page) < pace.entries:
            if not walk.fault:  # what comes after a break says nothing, and might be why a moment is another one
                with outcome.comparing("the moments of entries"):
                    await moments.settle(walk.seq)
            return walk.verdict(head)
        await asyncio.sleep(pace.rest)
