"""`recording-steward rotate-key` with keys that are missing, wrong, unreadable or swapped: a sentence, and nothing is changed."""

from __future__ import annotations

import pytest

from bot.commands import rotating
from tests.bot.log.keyed import NEW, OLD_ID, WRONG, keyed, wraps
from tests.bot.log.shell import KEY, Shell

pytestmark = pytest.mark.soak


def test_without_the_key_before_it_says_how_to_begin(here: Shell) -> None:
    keyed(here, NEW)
    code, told = here.call("rotate-key")
    assert (told, str(code)) == ([], f"recording-steward: {rotating.NO_PREVIOUS}")
    keyed(here, KEY, KEY)
    assert "SECRET_KEY_PREVIOUS: it is the same key as SECRET_KEY." in str(here.call("rotate-key")[0])
    here.monkeypatch.delenv("SECRET_KEY")
    assert "SECRET_KEY is missing" in str(here.call("rotate-key")[0])


def test_the_key_before_may_stand_in_a_file(here: Shell) -> None:
    file = here.folder / "before"
    file.touch(0o600)
    file.write_text(KEY + "\n")
    keyed(here, NEW)
    here.monkeypatch.setenv("SECRET_KEY_PREVIOUS_FILE", str(file))
    assert here.call("rotate-key")[0] == 0
    file.chmod(0o644)
    assert "SECRET_KEY_PREVIOUS_FILE: others on this machine can read" in str(here.call("rotate-key")[0])
    file.chmod(0o600)
    file.write_text(KEY, encoding="utf-16")
    assert "SECRET_KEY_PREVIOUS_FILE: its content is not text in UTF-8. Write the key" in str(
        here.call("rotate-key")[0]
    )
    file.write_text("short")
    assert "SECRET_KEY_PREVIOUS_FILE: it must be 32 bytes in base64. Look for the one" in str(
        here.call("rotate-key")[0]
    )
    file.unlink()
    assert "SECRET_KEY_PREVIOUS_FILE can't be read" in str(here.call("rotate-key")[0])
    keyed(here, NEW, "short")
    assert "SECRET_KEY_PREVIOUS: it must be 32 bytes in base64. Look for the one" in str(here.call("rotate-key")[0])
    keyed(here, NEW, KEY)
    assert "SECRET_KEY_PREVIOUS_FILE: SECRET_KEY_PREVIOUS is set as well." in str(here.call("rotate-key")[0])


def test_a_wrong_key_before_is_a_sentence_and_changes_nothing(here: Shell) -> None:
    before = here.read(wraps)
    keyed(here, NEW, WRONG)
    assert f"SECRET_KEY_PREVIOUS: this database is wrapped by the key with id {OLD_ID}" in str(
        here.call("rotate-key")[0]
    )
    assert here.read(wraps) == before


@pytest.mark.parametrize("swapped", [(KEY, NEW), (KEY, WRONG)])
def test_two_keys_that_are_swapped_are_told_and_nothing_is_said_to_be_done(
    here: Shell, swapped: tuple[str, str]
) -> None:
    before = here.read(wraps)
    keyed(here, *swapped)
    assert "SECRET_KEY_PREVIOUS: nothing in this database was ever wrapped by" in str(here.call("rotate-key")[0])
    assert here.read(wraps) == before


def test_a_key_that_was_replaced_does_not_come_back_by_a_swap(here: Shell) -> None:
    keyed(here, NEW, KEY)
    assert here.call("rotate-key")[0] == 0
    before = here.read(wraps)
    keyed(here, KEY, NEW)
    assert f"SECRET_KEY: the key with id {OLD_ID} was replaced here by the one with id" in str(
        here.call("rotate-key")[0]
    )
    assert here.read(wraps) == before
