"""`recording-steward audit verify`, as an operator reads it: C1 and C2."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text, update

from storage.audit import Entry
from storage.database.store import Store
from storage.records import Grant
from storage.tables.log import DATABASE, JOURNAL, JOURNAL_LOST, RESTORED, AuditEntry, AuditHead
from tests.bot.log.shell import KEY, Shell
from tests.each import each
from tests.keys import KEYS
from tests.moments import NOW
from tests.tampering import rows_of


def _note(store: Store, now: datetime = NOW) -> None:
    store.audit.append(Entry("clock", "test.note", "x"), now, KEYS.log_seal)


def _cut(store: Store) -> None:
    """The newest entry is gone, and the log's head says nothing of it."""
    *_, last, newest = store.session.query(AuditEntry).order_by(AuditEntry.seq)
    store.session.delete(newest)
    store.session.execute(update(AuditHead).values(seq=last.seq, hash=last.hash))


def test_a_sound_log_is_told_in_a_few_lines(shell: Shell) -> None:
    shell.monkeypatch.setenv("SECRET_KEY", KEY)
    entries, last = shell.read(lambda store: store.audit.head())
    rows = sum(map(len, shell.do(rows_of).values()))
    log = f"The audit log is intact: {entries} entries, in an unbroken chain."
    stored = f"The database matches it: {rows} rows, unchanged since their last entries."
    note = f"Hash of the last entry:  {last}"
    shell.line()
    journal = f"The journal outside the database matches it too, up to entry {entries}."
    assert shell.verify() == (0, [log, stored, journal, note])
    shell.monkeypatch.delenv("SECRET_KEY")
    unsealed = "Seals not checked: without SECRET_KEY I can't tell whether the bot wrote each entry."
    assert shell.verify() == (0, [log, stored, "Journal not compared: SECRET_KEY is not set.", unsealed, note])


def test_c2_a_copy_of_the_journal_must_still_be_true(shell: Shell) -> None:
    shell.monkeypatch.setenv("SECRET_KEY", KEY)
    entries, _ = shell.read(lambda store: store.audit.head())
    copy = shell.folder / "copy.jsonl"
    copy.write_bytes(shell.line().read_bytes())
    assert shell.verify("--checkpoint", str(copy))[0] == 0
    shell.write(_cut)
    code, lines = shell.verify("--checkpoint", str(copy))
    gone = f"BROKEN: {copy} names entry {entries:,}, which the log no longer has. The log was rewritten or cut off."
    assert (code, gone in lines) == (1, True)
    copy.write_text("no journal\n")
    assert shell.verify("--checkpoint", str(copy))[0] == (
        f"recording-steward: --checkpoint: {copy} isn't a copy of this bot's journal. Choose one that is."
    )


def test_c2_a_journal_that_is_missing_emptied_or_cut_off_is_broken(shell: Shell) -> None:
    shell.monkeypatch.setenv("SECRET_KEY", KEY)
    file, [first, *_] = shell.line(), shell.read(lambda store: store.audit.head())
    shell.write(_note)
    newest, [entries, *_] = shell.line().read_bytes(), shell.read(lambda store: store.audit.head())
    shell.write(lambda store: store.audit.append(Entry("clock", "test.note", "x"), NOW, KEYS.log_seal, entries))
    code, lines = shell.verify()
    assert (code, "Not in the journal yet: 1 entry since then. The bot adds them within a minute." in lines) == (
        0,
        True,
    )
    older = newest[: newest.index(b"\n") + 1]
    gone = f"BROKEN: the log has {entries + 1} entries, but {file} is empty or missing."
    cut = f"BROKEN: the log says that the journal has entry {entries}, but {file} ends at entry {first}: it was cut off, or"
    for left, told in ((older, f"{cut} is an older copy."), (b"", gone), (None, gone)):
        file.write_bytes(left) if left is not None else file.unlink()
        assert shell.verify() == (1, [told])


@each(
    ("action", "subject", "detail", "told"),
    [
        (RESTORED, DATABASE, {"noted": 9, "found": 4, "hash": "a" * 64}, "Note: the database was restored on Tue 24 Nov 2026"),
        (JOURNAL_LOST, JOURNAL, {"entries": 9, "left": 4}, "Note: the journal was found cut off on Tue 24 Nov 2026"),
    ],
)  # fmt: skip
def test_a_restore_or_a_lost_journal_is_told_and_is_no_break(
    shell: Shell, action: str, subject: str, detail: dict[str, Any], told: str
) -> None:
    shell.write(lambda store: store.audit.append(Entry("clock", action, subject, detail=detail), NOW, KEYS.log_seal))
    code, lines = shell.verify()
    assert (code, [one for one in lines if one.startswith(told)] != []) == (0, True)


def test_c1_what_was_changed_is_told_with_what_still_holds_and_a_log_that_is_gone_is_named(shell: Shell) -> None:
    grant = shell.read(lambda store: store.session.query(Grant).one())
    shell.change(
        update(Grant).values(ends_at=grant.ends_at + timedelta(days=90)),
        update(AuditEntry).where(AuditEntry.seq == 2).values(clause="P9"),
    )
    moved = f"BROKEN: row grants/{grant.id} was changed after entry 4."
    entry = "BROKEN: entry 2 was changed after it was written. The 1 entry before that holds."
    assert shell.verify() == (1, [moved, entry])
    shell.change(text("DROP TABLE audit"))
    assert "missing from the database: audit." in str(shell.verify()[0])


def test_of_a_database_of_another_version_only_the_chain_is_verified(shell: Shell) -> None:
    """An older copy is of an older version, too; it lacks columns, and its log is a log."""
    shell.change(text("ALTER TABLE matters DROP COLUMN longer"))
    shell.monkeypatch.setattr("bot.commands.auditing.newest_revision", lambda: "9999")
    told = "Database not compared: it belongs to another version of the program. `run` updates it."
    code, lines = shell.verify()
    assert (code, lines[1]) == (0, told)
