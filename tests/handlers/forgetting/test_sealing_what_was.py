"""P11: what an earlier version kept in words is sealed at the first start, before anybody is let in, whatever cuts it off."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.clockwork import forgetting as module
from bot.clockwork.forgetting import Forgetting
from bot.proof.verification import verify
from handlers import HANDLERS
from handlers.acting import CLOCK
from handlers.door import Door
from handlers.reconciling import Gap
from handlers.written import Written, read
from storage.audit import Entry
from storage.commitments import commitment
from storage.database.store import Database, Forgotten, Store
from storage.database.upgrade import upgrade
from tests.cutting import dying_at
from tests.handlers.builders import KEYS, POLICY, Clock
from tests.storage.rows import NOW
from tests.storage.upgrading import of_before, said, upgraded_to

pytestmark = pytest.mark.long

CANARY = "Canary-7f3a"
NAMES = ("R-1", "R-2", "R-3")
PERSON = (
    "INSERT INTO people (id, email_key, email, name, zone, standing, prefers) "
    "VALUES ({id}, '{name}@fernhill.example', '{name}@fernhill.example', '{name}', 'UTC', 'member', '')"
)
MATTER = "INSERT INTO matters (id, kind, state, revision, line, asked_at, closed_at) VALUES ('{id}', 'access', 'denied', 3, '', :now, :now)"
REQUEST = (
    "INSERT INTO requests (id, key, fingerprint, requester_id, reason, crm, purpose, salt, legal_matter, basis, audience, decided_by, "
    "decided_as, decision_words, changes, instead_of) VALUES ('{id}', '{id}', 'f-{id}', 1, 'legal_claim', 'CS-1', "
    "'{canary} purpose', 'salt-{id}', '{matter}', '{canary} basis', '{canary} audience', 2, 'Head', '{canary} denied', 0, '')"
)
REMARK = "INSERT INTO remarks (id, matter_id, person_id, kind, words, at) VALUES ('{id}.1', '{id}', 2, 'question', '{canary} question', :now)"
LITTLE = {Gap("as what somebody was asked"): 3}
"""What such a version did not say."""


PARTY = (
    "INSERT INTO parties (matter_id, person_id, part, role, since, unreachable, because) "
    "VALUES ('{id}', 2, 'approver', 'head_of_customer_success', :now, '', '')"
)


def _matter(name: str) -> str:
    return "" if name == "R-3" else f"{CANARY} matter"


def _rows() -> list[str]:
    rows = [PERSON.format(id=1, name="anna"), PERSON.format(id=2, name="helena")]
    for name in NAMES:
        rows += [one.format(id=name, canary=CANARY, matter=_matter(name)) for one in (MATTER, REQUEST, REMARK, PARTY)]
    return rows


def _log(store: Store) -> None:
    """What the log said of them."""
    for name in NAMES:
        salt, words = f"salt-{name}", (f"{CANARY} purpose", _matter(name), f"{CANARY} basis", f"{CANARY} audience")
        filed = {
            "recordings": [], "reason": "legal_claim", "asked": [2], "told": [], "because": "",
            "words": commitment(salt, "asked", "CS-1", *words),
        }  # fmt: skip
        asked = {"remark": f"{name}.1", "words": commitment(salt, f"{name}.1", "question", f"{CANARY} question")}
        denied = {"words": commitment(salt, "decided", "Head", f"{CANARY} denied")}
        for who, action, detail in ((1, "file", filed), (2, "question", asked), (2, "deny", denied)):
            store.audit.append(Entry(f"person:{who}", f"access.{action}", name, detail=detail), NOW)


async def _of_before(url: str) -> Database:
    database = await of_before(url, upgraded_to("0025"), said(*_rows()))
    await database.write(_log)
    return database


def _forgetting(database: Database) -> Forgetting:
    return Forgetting(Door(database, POLICY, HANDLERS, Clock(), keys=KEYS), bool)


async def _written(database: Database) -> list[Written]:
    door = _forgetting(database).door

    def work(store: Store) -> list[Written]:
        requests = store.requests.named(NAMES)
        return [read(door.act(store, CLOCK), requests[name]) for name in NAMES]

    return await database.read(work)


WHOLE = [
    Written(
        f"salt-{name}", f"{CANARY} purpose", _matter(name), f"{CANARY} basis", f"{CANARY} audience", f"{CANARY} denied",
        {f"{name}.1": f"{CANARY} question"},
    )
    for name in NAMES
]  # fmt: skip


@pytest.mark.soak
async def test_p11_each_request_of_before_is_sealed_and_its_words_fit_the_log(empty_url: str) -> None:
    database = await _of_before(empty_url)
    await upgrade(database)
    outcome = await verify(database, keys=KEYS)
    assert (outcome.faults, dict(outcome.gaps)) == ([], LITTLE), "also before they are sealed"
    requests = await database.read(lambda store: store.requests.named(NAMES))
    assert [(requests[one].sealed, requests[one].longer) for one in NAMES] == [
        (None, True), (None, True), (None, False),
    ]  # fmt: skip
    with capture_logs() as logs:
        await _forgetting(database).seal()
    assert [(one["event"], one["requests"]) for one in logs] == [("words.sealed", 3)]
    assert await _written(database) == WHOLE
    assert await database.read(lambda store: store.unsealed.some(9)) == []
    outcome = await verify(database, keys=KEYS)
    assert (outcome.faults, dict(outcome.gaps)) == ([], LITTLE)
    entries = await database.read(lambda store: list(store.audit.rows()))
    assert [(one["action"], one["detail"]) for one in entries[len(NAMES) * 3 :]] == [("words.seal", {"requests": 3})]
    await _forgetting(database).seal()
    assert len(await database.read(lambda store: list(store.audit.rows()))) == len(entries)
    await database.close()


@pytest.mark.soak
async def test_p11_cut_off_at_any_commit_it_goes_on_where_it_stood(
    empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SEALED_AT_ONCE", 1)
    database = await _of_before(empty_url)
    await upgrade(database)
    deaths = 0
    while await dying_at(database, 1 + deaths % 2, _forgetting(database).seal):
        deaths += 1
        outcome = await verify(database, keys=KEYS)
        assert (outcome.faults, dict(outcome.gaps)) == ([], LITTLE)
    assert deaths >= 2 * len(NAMES)
    assert await _written(database) == WHOLE
    await database.close()


def _holding(folder: Path) -> list[str]:
    return [one.name for one in folder.iterdir() if CANARY.encode() in one.read_bytes()]


async def test_p11_no_word_stands_in_the_file_once_it_was_sealed(tmp_path: Path) -> None:
    database = await _of_before(f"sqlite:///{tmp_path / 'steward.db'}")
    await upgrade(database)
    await _forgetting(database).seal()
    assert await database.forget(calm=True) == Forgotten(anew=True)
    assert _holding(tmp_path) == []
    assert await _written(database) == WHOLE
    await database.close()


@pytest.mark.parametrize("empty_url", ["postgresql"], indirect=True)
async def test_p11_a_server_keeps_no_word_in_what_it_dumps(empty_url: str) -> None:
    """A dropped column stays in its rows until they are written anew, so the words were overwritten first."""
    database = await _of_before(empty_url)
    await upgrade(database)
    await _forgetting(database).seal()
    tables = await database.read(_texts)
    assert CANARY not in tables
    await database.close()


def _texts(store: Store) -> str:
    from sqlalchemy import text

    say = store.session.connection().exec_driver_sql
    names = [one for [one] in say("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
    return str([store.session.execute(text(f"SELECT * FROM {name}")).all() for name in names])


async def test_p11_what_had_its_time_already_goes_with_the_first_tick(empty_url: str) -> None:
    database = await _of_before(empty_url)
    await upgrade(database)
    forgetting = _forgetting(database)
    await forgetting.seal()
    forgetting.door.now = lambda: NOW + timedelta(days=365)
    await forgetting.tick()
    assert [one.purpose for one in await _written(database)] == ["", "", ""]
    assert (await verify(database, keys=KEYS)).faults == []
    await database.close()
