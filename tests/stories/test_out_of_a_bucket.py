"""P7, P12: the real program with its calls in a bucket: asked for, approved, heard, and at the call's moment erased and certified."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.bot.recorders.s3_bench import S3Bench
from tests.moments import moment
from tests.s3_server import KEYS, OURS, Storage
from tests.stories.errands import ask, ears, press
from tests.stories.house import TARA, another_call, began_a_year_before
from tests.stories.process import Town, a_town
from tests.stories.waiting import until

pytestmark = pytest.mark.soak
SOON = 25.0  # seconds


async def test_a_call_in_a_bucket_is_heard_erased_and_certified(tmp_path: Path, storage: Storage) -> None:
    bench = S3Bench(storage, storage.bucket(locks=True), "all calls", page=1000)
    url = f"s3://{bench.bucket}/all%20calls?endpoint={storage.endpoint}&region=us-east-1"
    more = {"RECORDINGS_URL": url, **OURS}
    async with a_town(tmp_path, f"sqlite:///{tmp_path / 'steward.db'}", bots=1, more=more) as town:
        audio = put_there(bench, tmp_path / "calls")
        await until(lambda: found(town), "the calls are in the register")
        request = await ask(town, typed="CS-20001", crm="CS-20001")
        await press(town, TARA, request, "Approve")
        async with ears(town, request) as anna:
            [recording] = (await anna.told("access"))["recordings"]
            async with anna.get(f"{recording['id']}/audio", Range="bytes=0-999") as answer:
                assert (answer.status, await answer.read()) == (206, audio[:1000])
        await until(lambda: certified(town), "the call is erased", seconds=90)
        assert bench.names() == {f"call-{one}.{ending}" for one in range(3) for ending in ("wav", "json")}
        said = town.bots[0].said
        assert not any(word in said for word in (*KEYS.values(), "Signature", "499 999 123"))
        town.sound()


def put_there(bench: S3Bench, folder: Path) -> bytes:
    """The sample calls, and two versions of one whose twelve months are over soon; its audio."""
    for file in folder.iterdir():
        bench.write(file.name, file.read_bytes())
    began = began_a_year_before(moment() + timedelta(seconds=SOON))
    another_call(folder, "old", began, crm="CS-20001", caller="+61 499 999 123")
    audio, told = ((folder / f"old.{ending}").read_bytes() for ending in ("wav", "json"))
    for content in (audio[:-1000], audio):
        bench.write("2025/old.json", told)
        bench.write("2025/old.wav", content)
    return audio


async def found(town: Town) -> bool:
    known = await town.database.read(lambda store: store.recordings.within("s3", ["", "2025"]))
    return len(known) == 4


async def certified(town: Town) -> bool:
    return "retention.certify" in [one["action"] for one in await town.audit()]
