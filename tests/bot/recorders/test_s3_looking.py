"""How a bucket is looked into: when everything is listed again, and what the look for what is left does not believe."""

from dataclasses import replace
from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest

from bot.ports import Absent, Gone, Sighting, Unavailable
from bot.recorders.s3.recorder import BucketRecorder
from tests.moments import moment
from tests.s3_server import Storage

from .benches import PLAIN, Register
from .erasing import SOUND, delete, left
from .s3_bench import S3Bench
from .s3_gateway import Gateway

pytestmark = pytest.mark.soak

NAME = PLAIN.native_id


@pytest.fixture
def bench(storage: Storage, locked_bucket: str, s3: S3Bench, gateway: Gateway) -> S3Bench:
    return S3Bench(storage, locked_bucket, s3.prefix, page=5, through=gateway.endpoint)


@pytest.fixture
def slow(bench: S3Bench, gateway: Gateway) -> Register:
    """A register of a bucket in which each page of a listing takes a minute."""

    def a_minute(_: str, target: str) -> None:
        bench.seconds.now += 60.0 * ("list-type=2" in target)

    gateway.manners = a_minute
    return Register(bench.recorder, bench.seconds)


def filed(bench: S3Bench, *names: str) -> None:
    for name in names:
        bench.put(replace(PLAIN, native_id=name), SOUND)


def listings(gateway: Gateway) -> int:
    return sum("list-type=2" in one for one in gateway.asked)


def test_a_large_bucket_is_not_listed_all_the_time(bench: S3Bench, gateway: Gateway, slow: Register) -> None:
    filed(bench, *(f"2026/{month:02}/1.mp3" for month in range(1, 10)))
    assert len(slow.sync()) == 9
    before = listings(gateway)
    assert slow.sync() == []
    assert listings(gateway) - before < before
    filed(bench, "2026/10/1.mp3", "2026/09/2.mp3", "2026/09/3.mp3")
    assert {one.native_id for one in slow.sync()} == {"2026/10/1.mp3", "2026/09/2.mp3", "2026/09/3.mp3"}


def test_what_is_watched_is_looked_at_each_time(bench: S3Bench, slow: Register) -> None:
    filed(bench, *(f"2026/{month:02}/1.mp3" for month in range(1, 10)))
    slow.sync()
    slow.watched |= {"2026/01/1.mp3", "2026/02/1.mp3", "nowhere/none.mp3", "../one.mp3"}
    bench.take("2026/01/1.mp3")
    bench.put(replace(PLAIN, native_id="2026/02/1.mp3", crm="CS-1"), SOUND[1:])
    assert {type(one) for one in slow.sync()} == {Gone, Sighting}


def test_a_delete_that_is_a_lie_is_found_out(bench: S3Bench, gateway: Gateway) -> None:
    """P12: the storage's OK is no proof."""
    filed(bench, NAME)
    gateway.manners = lambda method, _: b"" if method == "DELETE" else None
    delete(bench)
    gateway.manners = lambda *_: None
    assert len(left(bench.recorder)) == 2


def test_a_listing_with_gaps_is_not_believed(bench: S3Bench, gateway: Gateway) -> None:
    """P12: a server that leaves versions out of its pages shows them when they are asked for one by one."""
    filed(bench, "calls/copy.mp3")
    nothing = b"<ListVersionsResult><Name>b</Name><IsTruncated>false</IsTruncated></ListVersionsResult>"
    everything = f"prefix={bench.prefix.replace(' ', '%20')}%2F&"
    gateway.manners = lambda _, target: nothing if "?versions" in target and everything in f"{target}&" else None
    assert any("copy.mp3" in one for one in left(bench.recorder))  # it came just now
    bench.made.bucket.now = lambda: moment() + timedelta(minutes=5)
    with pytest.raises(Unavailable, match="leaves versions out"):
        left(bench.recorder)


def test_each_answer_of_the_storage_tells_the_time_also_one_that_refuses(s3: S3Bench) -> None:
    told: list[tuple[str, str]] = []
    recorder = BucketRecorder(s3.place, hears=lambda host, headers: told.append((host, headers["Date"])))
    recorder.bucket.ask("list_objects_v2")
    with pytest.raises(Absent):
        recorder.bucket.ask("get_object", "nothing")
    hosts, dates = {host for host, _ in told}, [parsedate_to_datetime(date) for _, date in told]
    assert (hosts, len(dates) >= 2) == ({"127.0.0.1"}, True)
    assert all(abs(date - moment()) < timedelta(minutes=5) for date in dates)
