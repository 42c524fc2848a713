"""`recording-steward rotate-key`, and every other command between two keys, as an operator reads them."""

import base64

import pytest
from sqlalchemy import update

from bot.commands import rotating
from bot.commands.checking_database import check_key
from bot.journal import Seal
from bot.proof.journalling import read_newest
from bot.settings.config import read_each_setting
from storage.database.store import Database
from storage.records import Matter
from storage.tables.log import AuditEntry, MasterKey
from tests.bot.log.keyed import NEW, NEW_ID, OLD_ID, WRONG, keyed, wraps
from tests.bot.log.shell import KEY, Shell
from tests.databases import run

DONE = [
    (
        f"The key with id {NEW_ID} now protects 1 key of requests and other matters, all confidential reports, and the keys for marks and seals."
    ),
    "Remove SECRET_KEY_PREVIOUS from the settings, and start the bot.",
    f"Keep the old key (id {OLD_ID}) somewhere else for as long as you have backups made with it: nothing else opens them.",
]
AGAIN = "Nothing to do: SECRET_KEY protects everything already."


def test_it_says_what_it_did_and_that_the_key_before_can_go(here: Shell) -> None:
    here.line()
    keyed(here, NEW, KEY)
    code, told = here.call("rotate-key")
    assert (code, told) == (0, DONE)
    assert here.verify()[0] == 0
    code, told = here.call("rotate-key")
    assert (code, told) == (0, [AGAIN, *DONE[1:]])
    keyed(here, NEW)
    assert here.verify()[0] == 0


def test_wrong_and_swapped_keys_are_a_sentence_and_change_nothing(here: Shell) -> None:
    before = here.read(wraps)
    for keys, told in (
        ((NEW, WRONG), f"SECRET_KEY: this database needs the key with id {OLD_ID}"),
        ((KEY, NEW), "SECRET_KEY_PREVIOUS: this database never used"),
        ((NEW, ""), rotating.NO_PREVIOUS),
    ):
        keyed(here, *keys)
        assert told in str(here.call("rotate-key")[0])
        assert here.read(wraps) == before
    keyed(here, NEW, KEY)
    assert here.call("rotate-key")[0] == 0
    before = here.read(wraps)
    keyed(here, KEY, NEW)
    assert f"SECRET_KEY: the key with id {OLD_ID} was replaced here by the one with id" in str(here.call("rotate-key"))
    assert here.read(wraps) == before


@pytest.mark.soak
def test_while_a_bot_works_it_refuses(here: Shell) -> None:
    """The bot could read nothing of what it wraps."""
    keyed(here, NEW, KEY)

    async def meanwhile(database: Database) -> object:
        await database.read(lambda store: store.audit.head())
        return here.elsewhere("rotate-key")

    assert rotating.IN_USE in str(here.do(meanwhile))
    assert "The key with id" in str(here.call("rotate-key"))


def test_what_neither_key_opens_is_told(here: Shell) -> None:
    here.change(update(Matter).values(wrap=b"x" * 60))
    keyed(here, NEW, KEY)
    assert here.call("rotate-key")[1][1].startswith("Not changed: 1 key")


@pytest.mark.soak
def test_c2_lines_of_before_are_still_ours(here: Shell) -> None:
    here.line()
    keyed(here, NEW, KEY)
    for _ in range(2):
        code, lines = here.verify()
        assert (code, lines[2].startswith("The journal outside the database matches")) == (0, True)
        here.call("rotate-key")
    keyed(here, NEW)
    assert here.verify()[0] == 0
    keyed(here, KEY)
    told = str(here.verify())
    assert f"SECRET_KEY: this database needs the key with id {NEW_ID}, and you set {OLD_ID}." in told


def test_a_key_of_another_id_ends_no_check(here: Shell) -> None:
    """Writing another id into `master_keys` hid what was changed beside it, and the key was blamed."""
    keyed(here, KEY)
    here.change(update(MasterKey).values(id="zzz"), update(AuditEntry).where(AuditEntry.seq == 2).values(clause="P9"))
    code, told = here.verify()
    assert code == 1
    assert any(line.startswith("BROKEN: SECRET_KEY: this database needs the key with id zzz") for line in told)
    assert "BROKEN: entry 2 was changed after it was written. The 1 entry before that holds." in told
    assert f"BROKEN: row master_keys/{OLD_ID} is missing" in str(told)


async def _finding() -> tuple[bool, str]:
    found = await check_key(read_each_setting())
    return found.works, found.sentence


def test_check_tells_whether_the_keys_are_those_of_the_database(here: Shell) -> None:
    for before, keys, works, words in (
        ((), (KEY,), True, f"32 bytes, with id {OLD_ID}"),
        ((), (NEW,), False, "this database needs the key with id"),
        ((), (NEW, WRONG), False, "this database needs the key with id"),
        ((), (NEW, KEY), False, "SECRET_KEY_PREVIOUS: this database still uses the key with id"),
        (("rotate-key",), (NEW,), True, f"32 bytes, with id {NEW_ID}"),
    ):
        if before:
            here.call(*before)
        keyed(here, *keys)
        found = run(_finding())
        assert (found[0], found[1].startswith(words)) == (works, True), found


def test_p12_a_backup_of_before_comes_back_with_both_keys_and_the_journal_is_still_ours(here: Shell) -> None:
    keyed(here, KEY)
    assert here.call("backup", "before.tar")[0] == 0
    keyed(here, NEW, KEY)
    here.call("rotate-key")
    assert here.call("backup", "after.tar")[0] == 0
    keyed(here, NEW)
    refused = str(here.call("restore", "before.tar", "--replace")[0])
    assert f"it was made under another key (id {OLD_ID}; SECRET_KEY has id {NEW_ID})" in refused
    keyed(here, NEW, KEY)
    code, told = here.call("restore", "before.tar", "--replace")
    assert (code, told[-2]) == (0, (
        "It was made under SECRET_KEY_PREVIOUS: run recording-steward rotate-key before you start the bot."
    ))  # fmt: skip
    end = read_newest(here.folder / "journal.jsonl", Seal(base64.b64decode(KEY)))
    assert (end.put_back, end.key, end.flawed) == (True, "", 0)
    assert "The key with id" in here.call("rotate-key")[1][0]
    keyed(here, NEW)
    assert here.call("restore", "after.tar", "--replace")[0] == 0
    end = read_newest(here.folder / "journal.jsonl", Seal(base64.b64decode(KEY)))
    assert (end.put_back, end.key, end.flawed) == (True, "", 0)
    assert here.verify()[0] == 0
