"""The register follows the recording system past files that can't be read, clocks that are wrong, and calls without sound."""

import os
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.clockwork.ticks import Ticks
from bot.ports import Audio, Sighting, Unavailable
from bot.recorders import tree
from bot.recorders.folder import FolderRecorder
from bot.retention.recording_sync import RecordingSync
from handlers import recordings
from handlers.acting import Context, Result
from storage.database.store import Database
from storage.records import Recording
from tests.bot.recorders.benches import PLAIN, FolderBench
from tests.clocks import Seconds
from tests.erasing import Archive
from tests.handlers.builders import AU, Clock, Company, a_company, approved, ask, email, words_for
from tests.handlers.retention.pausing import MOMENT
from tests.memory_recorder import MemoryRecorder
from tests.moments import NOW
from tests.reconciled import findings


@contextmanager
def on_a_bad_sector(monkeypatch: pytest.MonkeyPatch, *names: str) -> Iterator[None]:
    """These native ids or metadata files; opened for writing alone, so that it is the kernel that refuses to read."""
    opened = tree.open_file

    def failing(root: str, native_id: str) -> int:
        return os.open(f"{root}/{native_id}", os.O_WRONLY) if native_id in names else opened(root, native_id)

    with monkeypatch.context() as patch:
        patch.setattr(tree, "open_file", failing)
        yield


ONE, TWO, THREE = (f"calls/{one}.mp3" for one in ("one", "two", "three"))


class Faulty(FolderRecorder):
    """Has a fault of its own with one recording."""

    of = ""

    async def audio(self, native_id: str) -> Any:
        if native_id == self.of:
            raise RuntimeError
        opened: Audio = await super().audio(native_id)
        return opened


class House:
    """A company whose recordings are files, looked at by the clock."""

    def __init__(self, company: Company, root: Path) -> None:
        self.company, self.folder, self.seconds = company, FolderBench(root), Seconds()
        self.recorder = Faulty(root, seconds=self.seconds)
        register = RecordingSync(company.door, self.recorder, "folder")
        self.ticks = Ticks(company.door, register, {}, self.seconds)

    def put(self, *names: str, audio: bytes = b"some audio") -> None:
        for name in names:
            self.folder.put(replace(PLAIN, native_id=name, started=NOW), audio)

    async def look(self, part: str = "recordings", times: int = 3, seconds: float = 4000.0) -> None:
        """Each time after so many seconds; after an hour all of it is read again."""
        for _ in range(times):
            self.seconds.now += seconds
            self.company.clock.pass_(minutes=5)
            await self.ticks.run_part(part)

    async def calls(self) -> dict[str, int]:
        rows = await self.company.database.read(
            lambda store: store.session.query(Recording).filter_by(system="folder").all()
        )
        return {one.native_id: one.id for one in rows}

    async def given(self) -> list[str]:
        """Anna may hear each of the calls, and each is known by its content."""
        requests = [await approved(self.company, calls=[one]) for one in (await self.calls()).values()]
        await self.look("asked for")
        return requests

    async def ended(self, requests: list[str]) -> list[str]:
        grants = await self.company.database.read(lambda store: [store.grants.of(one) for one in requests])
        return [str((one and one.ended_why) or "") for one in grants]


@pytest_asyncio.fixture
async def house(database: Database, tmp_path: Path) -> House:
    return House(await a_company(database, Clock()), tmp_path / "calls")


async def test_a2_unreadable_metadata_keep_no_other_call_out(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor does the program say for ever that calls are still being read."""
    house.put(ONE, TWO, THREE)
    with on_a_bad_sector(monkeypatch, "calls/one.json"):
        await house.look()
    assert (await house.calls()).keys() == {TWO, THREE}
    assert house.ticks.register.read
    assert house.ticks.register.problems.keys() == {ONE}
    await house.look()
    assert (await house.calls()).keys() == {ONE, TWO, THREE}


@pytest.mark.parametrize("ours", [False, True])
async def test_a2_p7_what_changed_beside_a_call_that_cannot_be_read_ends_its_access(
    house: House, monkeypatch: pytest.MonkeyPatch, logs: list[MutableMapping[str, Any]], ours: bool
) -> None:
    """Whether the disk fails, or we do; and the one that could not be read is looked at again."""
    house.put(ONE, TWO)
    await house.look()
    requests = await house.given()
    house.put(ONE, TWO, audio=b"another call")
    house.put(THREE)
    house.recorder.of = ONE if ours else ""
    with on_a_bad_sector(monkeypatch, *([] if ours else [ONE])):
        await house.look()
        assert await house.ended(requests) == ["", "gone"]
    assert len(await house.calls()) == 4, "the one that was replaced is gone"
    assert any(one["event"] == "register.fault" for one in logs) == ours
    house.recorder.of = ""
    await house.look()
    assert await house.ended(requests) == ["gone", "gone"]


async def test_a2_one_call_that_cannot_be_read_keeps_no_other_from_being_known_by_its_content(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"calls/{one:02}.mp3" for one in range(20)]
    house.put(*names)
    await house.look()
    calls = [*(await house.calls()).values()]
    for start in range(0, 20, 5):
        await ask(house.company, house.company.anna, calls=calls[start : start + 5], crm=f"CS-{start}")
    house.recorder.of = names[0]
    with on_a_bad_sector(monkeypatch, names[1]):
        await house.look("asked for")
    rows = await house.company.database.read(lambda store: store.recordings.known("folder", names))
    assert sorted(name for name, one in rows.items() if not one.audio) == names[:2]


HOUR = timedelta(hours=1)
AHEAD = (
    'calls/odd.mp3: "started" in its metadata is more than an hour in the future. '
    "Write when the call began, with its offset from UTC."
)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest_asyncio.fixture
async def keeper(database: Database, clock: Clock) -> RecordingSync:
    company = await a_company(database, clock)
    return RecordingSync(company.door, MemoryRecorder(), "memory")


def keep(keeper: RecordingSync, native_id: str, started: datetime, operator: str = email("Bram Tolliver")) -> None:
    assert isinstance(keeper.recorder, MemoryRecorder)
    plain = Sighting(
        native_id=native_id, line=AU, direction="incoming", caller="+61412345678", operator_name="Bram Tolliver",
        operator_email=operator, department="customer_success", started=NOW, duration=60.0, crm="CS-1",
        media_type="audio/mpeg", size=0, stamp="",
    )  # fmt: skip
    keeper.recorder.keep(replace(plain, started=started), b"audio")


async def kept(keeper: RecordingSync) -> dict[str, datetime]:
    """When each call of the register began."""

    def ask(rows: list[Recording]) -> dict[str, datetime]:
        return {one.native_id: one.started for one in rows if one.system == "memory"}

    return await keeper.door.database.read(lambda store: ask(store.session.query(Recording).all()))


async def test_p7_an_operator_whose_address_has_a_look_alike_letter_counts_as_unknown(keeper: RecordingSync) -> None:
    """P7: “brаm” with a Cyrillic а would be no one at the company, so Bram might decide about his own call."""
    odd = (
        "br\u0430m.tolliver@fernhill.example", "bram\u200b.tolliver@fernhill.example", "bram.to\u1e37liver@fernhill.example",
        "bram.tolliver@fernh\u0456ll.example", "bram.tolliver@xn--fernhll-u1g.example", "bram.tolliver@fernhi11.exarnple",
    )  # fmt: skip
    sound = (email("Bram Tolliver"), "bram.tolliver@fernhill.partner.example")
    for number, address in enumerate((*odd, *sound)):
        keep(keeper, f"calls/{number}.mp3", NOW, address)
    assert await keeper.sync() == 8
    rows = await keeper.door.database.read(
        lambda store: {one.native_id: one.operator_key for one in store.session.query(Recording)}
    )
    assert [rows[f"calls/{number}.mp3"] for number in range(8)] == [""] * 6 + [*sound]
    assert await keeper.sync() == 0


async def test_p12_a_known_call_keeps_its_time_over_an_impossible_one(keeper: RecordingSync, clock: Clock) -> None:
    keep(keeper, "calls/odd.mp3", NOW - HOUR)
    await keeper.sync()
    keep(keeper, "calls/odd.mp3", NOW + 3 * HOUR)
    assert (await keeper.sync(), await kept(keeper)) == (0, {"calls/odd.mp3": NOW - HOUR})
    assert keeper.problems == {"calls/odd.mp3": AHEAD}
    clock.pass_(hours=2)
    assert (await keeper.sync(), await kept(keeper)) == (1, {"calls/odd.mp3": NOW + 3 * HOUR})


PCM = b"RIFF$\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x40\x1f\0\0\x80\x3e\0\0\2\0\x10\0data\0\0\0\0"


@pytest_asyncio.fixture
async def archive(database: Database) -> Archive:
    return Archive(await a_company(database, Clock()))


async def _states(archive: Archive, *numbers: int) -> list[str]:
    return [(await archive.by_id(number)).state for number in numbers]


async def test_p12_a_new_one_is_a_call_like_any_other(archive: Archive) -> None:
    await archive.record("old.wav", audio=PCM)
    archive.until(MOMENT)
    await archive.tick()
    today = await archive.record("today.wav", MOMENT, audio=PCM)
    await archive.tick()
    assert await _states(archive, today) == ["present"]
    assert not any(
        "came back to the recording system" in one for one in await words_for(archive.company, archive.company.helena)
    )
    assert await findings(archive.company.database) == []


@pytest.mark.parametrize(
    ("kind", "audio"), [("wav", b"audio"), ("wav", PCM + b"\0" * 40), ("wav", b"RIFX" + PCM[4:]), ("mp3", PCM)]
)
async def test_p12_whatever_else_is_short_is_known_again_as_ever(archive: Archive, kind: str, audio: bytes) -> None:
    await archive.record(f"old.{kind}", audio=audio)
    archive.until(MOMENT)
    await archive.tick()
    today = await archive.record(f"today.{kind}", MOMENT, audio=audio)
    assert await _states(archive, today) == ["closed"]


async def test_p12_a_call_is_taken_whose_clock_is_a_little_ahead_and_one_that_has_yet_to_begin_is_a_sentence(
    keeper: RecordingSync,
) -> None:
    """P12: it would be kept longer than twelve months from the real call."""
    sound = {f"calls/{hours}.mp3": NOW + hours * HOUR for hours in (-1, 0, 1)}
    for name, started in sound.items():
        keep(keeper, name, started)
    keep(keeper, "calls/odd.mp3", NOW + HOUR + timedelta(seconds=1))
    assert await keeper.sync() == 3
    assert (await kept(keeper), keeper.problems) == (sound, {"calls/odd.mp3": AHEAD})


async def test_a_call_that_cannot_be_stored_is_tried_with_each_look_also_when_it_is_gone(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound, broken, stored = recordings.register_calls.do, list[str](), list[str]()

    def register(ctx: Context, **given: Any) -> Result[Any]:
        names = [*(row["native_id"] for row in given["shown"]), *given["missing"]]
        if set(broken) & set(names):
            raise OverflowError
        stored.extend(names)
        return sound(ctx, **given)

    monkeypatch.setattr(recordings.register_calls, "do", register)
    house.put(ONE, TWO, THREE)
    await house.look()
    stored.clear()
    broken.append(ONE)
    house.put(ONE, audio=b"another call")
    await house.look()
    house.folder.take(THREE)
    broken[:] = [THREE]
    await house.look(times=1, seconds=20.0)
    assert stored == [ONE]
    broken.clear()
    await house.look(times=1, seconds=20.0)
    assert stored == [ONE, THREE]


async def test_an_outage_leaves_the_register_and_the_next_look_as_they_were(house: House) -> None:
    house.put(ONE, TWO)
    await house.look()
    house.folder.cut_off()
    with pytest.raises(Unavailable):
        await house.ticks.register.sync()
    house.folder.reconnect()
    house.put(THREE)
    await house.look()
    assert (await house.calls()).keys() == {ONE, TWO, THREE}
