"""P4: files that can't be registered are listed each week until the Head decides each, or they are mended."""

from __future__ import annotations

from dataclasses import replace

import pytest

from handlers.erasures_ahead.intents import EraseFile, KeepFile
from handlers.erasures_ahead.view import mark_of
from handlers.retention.certificate import certificate
from storage.database.store import Store
from tests.erasing import Archive
from tests.handlers.builders import audit, away, ledger, quiet, refusal
from tests.handlers.erasures_ahead.odd_files import (
    details,
    erasure_of,
    file_of,
    listed,
    places,
    spoilt,
)
from tests.handlers.erasures_ahead.test_card import MORNING, drawn
from tests.handlers.reading import home_of, lines, looking, seen
from tests.handlers.reading import text as words
from tests.reconciled import findings

pytestmark = pytest.mark.soak


async def test_p4_the_head_sees_them_by_number_and_never_by_name(archive: Archive, number: int, card: str) -> None:
    company = archive.company
    fact = "Files that could not be registered: 1 file, for you to decide in Details"
    assert fact in lines(await seen(company, card, company.helena))
    found = await details(company, card)
    [row] = [one for one in found if one.startswith("🗂️")]
    assert (
        row
        == f"🗂️ File {number}: no metadata file lies beside it · 3 bytes · first seen <24 Nov 03:00 Australia/Sydney>"
    )
    assert found.count("[Erase] [Keep]") == 1
    assert "Pemberly" not in str(found)
    assert "570156" not in str(found)
    assert "Pemberly" not in f"{await audit(company)}{[one.payload for one in await ledger(company)]}"
    assert "could not be registered" not in str(lines(await seen(company, card, company.tara)))
    company.door.policy = away(company.door.policy, "head_of_customer_success", now=MORNING)
    assert fact not in lines(await seen(company, card, company.helena))


async def test_p4_what_the_head_erases_goes_with_a_certificate_of_what_is_known(
    archive: Archive, number: int, card: str
) -> None:
    company, [place] = archive.company, await places(archive, card)
    await company.door.enter(EraseFile(place), company.helena)
    await quiet(company, EraseFile(place), company.helena)
    assert await places(archive, card) == []
    await archive.tick()
    erasure = await erasure_of(archive, number)
    file = await file_of(archive, number)
    assert (erasure.why, erasure.state, erasure.recording_id) == ("unregistered", "erased", None)
    assert (file.state, file.native_id, file.stamp) == ("erased", "", "")
    assert archive.announced == [erasure.id]
    page = await looking(company, company.helena, lambda act: certificate(act, erasure.id))
    told = " | ".join(words(one.words) for one in page.parts if hasattr(one, "words"))
    assert f"The audio of file {number} is erased for good." in told
    assert "It could not be registered, so it had no moment to go at" in told
    assert "on which line, when, and with whom is not known" in told
    [entry] = [one for one in await audit(company, f"file:{number}") if one[1] == "erasures_ahead.erase_file"]
    assert entry[3:] == ("P4", {"card": card, "erasure": erasure.id})
    assert f"File {number}" in str(lines(await home_of(company, company.helena)))
    assert await findings(company.database) == []


async def test_p4_what_the_head_keeps_is_listed_no_more(archive: Archive, number: int, card: str) -> None:
    company, [place] = archive.company, await places(archive, card, "file_keep")
    await company.door.enter(KeepFile(place), company.helena)
    await quiet(company, KeepFile(place), company.helena)
    assert "could not be registered" not in str(await details(company, card))
    await archive.tick()
    assert await company.database.read(lambda store: store.erasures.open_of_file(number)) is None
    assert await findings(company.database) == []


async def test_p4_what_the_head_kept_can_still_be_erased_in_details_on_record(
    archive: Archive, number: int, card: str
) -> None:
    company, [place] = archive.company, await places(archive, card, "file_keep")
    await company.door.enter(KeepFile(place), company.helena)
    assert await places(archive, card) == [place]
    found = await details(company, card)
    assert found[found.index("# Kept, as was decided") + 3] == "[Erase]"
    await company.door.enter(EraseFile(place), company.helena)
    told = await refusal(company, KeepFile(place), company.helena)
    assert str(told) == "It was already decided that this file is erased."
    await archive.tick()
    assert (await file_of(archive, number)).state == "erased"
    assert await findings(company.database) == []


async def test_p4_what_was_kept_and_can_not_be_erased_as_it_stands_has_no_such_button(
    archive: Archive, number: int, card: str
) -> None:
    [place] = await places(archive, card, "file_keep")
    await archive.company.door.enter(KeepFile(place), archive.company.helena)

    def linked(store: Store) -> None:
        file = store.unregistered.get(number)
        assert file is not None
        file.erasable = False

    await archive.company.database.write(linked)
    assert await places(archive, card) == []
    assert "It has to be mended before it can be erased." in str(await details(archive.company, card))


async def test_p4_nobody_else_decides_and_only_of_what_was_shown(archive: Archive, number: int, card: str) -> None:
    company, [place] = archive.company, await places(archive, card)
    for who, wanted, code in (
        (company.tara, place, "not_approver"), (company.anna, place, "unknown"), (company.helena, f"{card}:{number}", "changed"),
        (company.helena, f"{card}:{number}:feed", "changed"), (company.helena, f"{card}:9999:x", "gone"),
        (company.helena, f"{card}:x:y", "gone"), (company.helena, card, "gone"), (company.helena, "EA-NONE:1:2", "unknown"),
    ):  # fmt: skip
        assert (await refusal(company, EraseFile(wanted), who)).code == code
    await company.door.enter(EraseFile(place), company.helena)
    told = await refusal(company, KeepFile(place), company.helena)
    assert str(told) == "It was already decided that this file is erased."


async def test_p4_what_can_not_be_erased_as_it_stands_has_no_such_button_and_a_folder_none(archive: Archive) -> None:
    company, recorder = archive.company, archive.recorder
    recorder.spoil("shut", "shut can't be read", why="folder")
    await spoilt(archive, "link.mp3")
    recorder._problems["link.mp3"] = replace(recorder._problems["link.mp3"], why="not_ordinary", erasable=False)
    await archive.sync.sync()
    card = await drawn(archive, MORNING)
    found = await details(company, card)
    assert (found.count("[Keep]"), "[Erase] [Keep]" in found) == (1, False)
    assert len([one for one in found if "It has to be mended before it can be erased." in one]) == 1
    assert len([one for one in found if "so it can only be mended." in one]) == 1
    assert "a folder that can’t be looked into" in str(found)
    [place] = await places(archive, card, "file_keep")
    assert (await refusal(company, EraseFile(place), company.helena)).code == "not_erasable"
    [folder] = [one for one in await listed(archive) if one.native_id == "shut"]
    shut = KeepFile(f"{card}:{folder.id}:{mark_of(folder)}")
    assert (await refusal(company, shut, company.helena)).code == "not_erasable"
    await company.door.enter(KeepFile(place), company.helena)


async def test_p4_more_than_ten_follow_once_these_are_decided(archive: Archive) -> None:
    for number in range(12):
        await spoilt(archive, f"odd-{number}.mp3", bytes([number]))
    found = await details(archive.company, await drawn(archive, MORNING))
    assert (found.count("[Erase] [Keep]"), "And 2 more. [Show all]" in found) == (10, True)


async def test_p4_a_call_of_the_register_keeps_its_moment_whatever_becomes_of_its_metadata(archive: Archive) -> None:
    await archive.record("one.mp3")
    archive.recorder.spoil("one.mp3", "one.json is half written")
    await archive.sync.sync()
    assert await listed(archive) == []
