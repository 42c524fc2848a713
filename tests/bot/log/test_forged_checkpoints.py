"""C2: whoever makes the log anew, and forges the journal, or takes it or some of its lines away, is found or told of; a day without proof is not verified."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert, update
from structlog.testing import capture_logs

from bot.journal import Journal
from bot.measures import LOG_VERIFIED
from bot.proof.daily_proof import Proof
from handlers import HANDLERS
from handlers.acting import CLOCK
from handlers.checkpoints import Take, Written
from handlers.door import Door
from handlers.rules.reminding import checkpoint_day
from storage.database.store import Database, Store
from storage.tables.log import AuditEntry, Checkpoint
from tests.bot.log.keyed import NEW, keyed
from tests.bot.log.shell import KEY, SEAL, Shell, rechained
from tests.clocks import Seconds
from tests.handlers.builders import POLICY, Clock, a_company, approved, words_for
from tests.moments import NOW

pytestmark = pytest.mark.soak

NOT_OURS = "it names a key that was never this database’s"
CONTRADICTS = "the checkpoint of 2026-11-24, as stored, contradicts entry {entries:,}: one of them was changed since"


def _made_anew(store: Store) -> None:
    """What somebody does who writes to the database at will: another approval, and checkpoints of it that fit, in table and log."""

    def approval(entry: AuditEntry) -> None:
        entry.clause = "P9" if entry.action == "access.approve" else entry.clause

    def noted(entry: AuditEntry) -> None:
        if entry.action == "log.checkpoint":
            last = store.audit.hashes([entry.detail["entries"]])[entry.detail["entries"]]
            entry.detail = entry.detail | {"hash": last}
            store.session.execute(update(Checkpoint).where(Checkpoint.day == entry.subject).values(hash=last))

    rechained(store, approval)
    store.session.flush()
    rechained(store, noted)


def _forged(file: Path, hashes: Mapping[int, str], **more: object) -> None:
    """Each checkpoint notes what the log has now."""
    told: list[dict[str, Any]] = [json.loads(line) for line in file.read_text().splitlines()]
    lines = (one | {"hash": hashes[one["entries"]], **more} if one["kind"] == "checkpoint" else one for one in told)
    file.write_text("".join(json.dumps(one) + "\n" for one in lines))


def _hashes(store: Store) -> dict[int, str]:
    return {row["seq"]: row["hash"] for row in store.audit.rows()}


async def test_c2_a_day_whose_checkpoint_somebody_else_sealed_is_not_verified_and_both_hear_it(
    database: Database, tmp_path: Path
) -> None:
    company = await a_company(database, Clock())
    await approved(company)
    proof = Proof(company.door, Journal(tmp_path, SEAL), Seconds())
    await proof.tick()
    await proof.finish()
    LOG_VERIFIED.set(0)
    await database.write(_made_anew)
    _forged(tmp_path / "journal.jsonl", await database.read(_hashes), key="0123456789abcdef")
    again = Proof(company.door, Journal(tmp_path, SEAL), Seconds())
    with capture_logs() as logs:
        await again.tick()
        await again.finish()
    events = {one["event"]: one for one in logs}
    assert {"journal.lost", "log.broken"} <= set(events)
    assert events["log.broken"]["faults"][0].endswith(NOT_OURS)
    assert "log.verified" not in events
    assert (again.last is not None and again.last.compared, float(LOG_VERIFIED._value.get())) == (False, 0)
    for who in (company.helena, company.ruth):
        told = await words_for(company, who)
        assert len([one for one in told if "not fit" in one or "is gone, or an older one" in one]) == 2


async def _noted(database: Database) -> None:
    """The day's checkpoint is taken, and said to be in the journal."""
    door = Door(database, POLICY, HANDLERS, Clock())
    await door.enter(Take(), CLOCK)
    await door.enter(Written(checkpoint_day(POLICY, NOW)), CLOCK)


@pytest.fixture
def noted(shell: Shell) -> Shell:
    """With the key; the day's checkpoint stands in database and journal."""
    shell.monkeypatch.setenv("SECRET_KEY", KEY)
    file = shell.checkpoint()
    assert file.exists()
    shell.do(_noted)
    assert shell.verify()[0] == 0
    return shell


def test_c2_at_the_shell_a_line_that_names_another_key_is_a_break(noted: Shell) -> None:
    noted.write(_made_anew)
    file, hashes = noted.folder / "journal.jsonl", noted.read(_hashes)
    _forged(file, hashes, key="0123456789abcdef")
    for options, broken in (((), [True, False]), (("--checkpoint", str(file)), [True])):
        code, lines = noted.verify(*options)
        assert (code, [one.endswith(f"{NOT_OURS}.") for one in lines if one.startswith("BROKEN")]) == (1, broken)


def test_c2_a_copy_of_a_restores_line_at_the_end_hides_no_rewrite(noted: Shell) -> None:
    restore = {
        "kind": "restored",
        "at": "2026-11-23T03:00:00+00:00",
        "common": 1,
        "noted": 2,
        "entries": 1,
        "hash": "a" * 64,
    }
    file = noted.folder / "journal.jsonl"
    checkpoint = file.read_text()
    Journal(noted.folder, SEAL).add([restore])
    line = file.read_text().removeprefix(checkpoint)
    noted.write(lambda store: store.session.execute(delete(Checkpoint)) and None)
    noted.write(_made_anew)
    for told in (line + checkpoint, line + checkpoint + line):
        file.write_text(told)
        code, lines = noted.verify()
        assert code == 1
        assert [one for one in lines if "the log was rewritten there or before" in one]


def test_c2_a_journal_that_is_not_there_is_a_break_where_a_checkpoint_was_written_into_it(noted: Shell) -> None:
    """The log may have been made anew with all that is in the database: nothing else could tell."""
    noted.write(_made_anew)
    file, [row] = noted.folder / "journal.jsonl", noted.read(lambda store: store.session.query(Checkpoint).all())
    told = (
        f"BROKEN: the checkpoint of 2026-11-24 was written into the journal, but {file} {{}}: nothing outside the database "
        f"says that entry {row.entries:,} is what it was."
    )
    file.unlink()
    code, lines = noted.verify()
    assert (code, lines) == (1, [told.format("is not there")])
    noted.checkpoint("2026-11-23", entries=1, hash=noted.read(_hashes)[1])
    assert told.format("does not hold it") in noted.verify()[1]
    assert noted.verify("--checkpoint", str(file))[0] == 0


BY_HAND: tuple[tuple[Callable[[int], Any], str], ...] = (
    (lambda _: update(Checkpoint).values(hash="0" * 64), CONTRADICTS),
    (lambda _: update(Checkpoint).values(entries=Checkpoint.entries - 1), "the checkpoint of 2026-11-24, as stored, contradicts"),
    (lambda _: update(Checkpoint).values(entries=9_999), "the checkpoint of 2026-11-24, as stored, contradicts entry 9,999"),
    (lambda _: delete(Checkpoint), "the checkpoint of 2026-11-24 stands in the log, but is no longer stored"),
    (
        lambda last: insert(Checkpoint).values(day="2026-11-23", entries=last, hash="0" * 64, at=NOW, written_at=NOW),
        "the checkpoint of 2026-11-23 is stored, but the log knows nothing of it",
    ),
)  # fmt: skip


@pytest.mark.parametrize(("change", "told"), BY_HAND)
def test_c2_a_checkpoint_that_was_changed_put_in_or_taken_out_by_hand_is_named(
    noted: Shell, change: Callable[[int], Any], told: str
) -> None:
    [row] = noted.read(lambda store: store.session.query(Checkpoint).all())
    noted.change(change(row.entries))
    code, lines = noted.verify()
    assert code == 1
    assert [one for one in lines if one.startswith(f"BROKEN: {told.format(entries=row.entries)}")]


def test_c2_a_log_that_was_made_anew_contradicts_the_checkpoints_beside_it(noted: Shell) -> None:
    def change(entry: AuditEntry) -> None:
        entry.clause = "P9" if entry.action == "access.approve" else entry.clause

    (noted.folder / "journal.jsonl").unlink()
    [row] = noted.read(lambda store: store.session.query(Checkpoint).all())
    noted.write(lambda store: rechained(store, change))
    code, lines = noted.verify()
    assert (code, lines[1:]) == (1, [f"BROKEN: {CONTRADICTS.format(entries=row.entries)}."])


def test_c2_lines_from_before_the_master_key_was_replaced_stay_right_and_nobody_can_tell_in_another_version(
    here: Shell,
) -> None:
    """The keys that stay can only be read out of a database of this version."""
    file = here.checkpoint()
    keyed(here, NEW, KEY)
    assert here.call("rotate-key")[0] == 0
    keyed(here, NEW)
    code, lines = here.verify("--checkpoint", str(file))
    assert (code, "Their seals are right." in lines) == (0, True)
    here.monkeypatch.setattr("bot.commands.auditing.newest", lambda: "9999")
    code, lines = here.verify("--checkpoint", str(file))
    assert (code, lines[-2].startswith("Not proved: the seals of 1 of them")) == (0, True)
