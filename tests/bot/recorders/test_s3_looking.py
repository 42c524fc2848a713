"""How a bucket is looked into, also one that answers badly: what can't be known is an outage, and never “gone”, “absent” or “nothing left”."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

from bot.ports import Absent, Audio, Gone, Problem, Sighting, Unavailable
from bot.recorders.s3.recorder import BucketRecorder
from tests.moments import moment
from tests.s3_server import KEYS, Storage

from .benches import PLAIN, Register
from .erasing import SOUND, delete, left, release
from .s3_bench import S3Bench
from .s3_gateway import Gateway, Manners

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
    with pytest.raises(Unavailable, match="list of versions is incomplete"):
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


@pytest.fixture
def register(bench: S3Bench) -> Register:
    return Register(bench.recorder, bench.seconds)


def put(bench: S3Bench, number: int) -> None:
    for one in range(number):
        bench.put(replace(PLAIN, native_id=f"calls/{one}.mp3"), SOUND)


def answers(word: str, status: int, code: str) -> Manners:
    """Refuses each request with this word in it."""
    return lambda method, target: (status, code) if word in f"{method} {target}" else None


def fine(_method: str, _target: str) -> None:
    """Everything is handed on."""


def opened(bench: S3Bench) -> Audio:
    return asyncio.run(bench.recorder.audio(NAME))


def test_a_listing_that_fails_in_the_middle_tells_of_nothing_that_is_gone(
    bench: S3Bench, gateway: Gateway, register: Register
) -> None:
    put(bench, 8)
    register.sync()
    bench.take("calls/0.mp3")
    gateway.manners = answers("continuation-token", 503, "SlowDown")
    with pytest.raises(Unavailable, match="SlowDown"):
        register.sync()
    assert len(register.known) == 8
    gateway.manners = fine
    assert len(register.sync()) == 1


@pytest.mark.parametrize(("number", "outage"), [(9, False), (10, True)])
def test_a_suddenly_empty_bucket_is_an_outage(bench: S3Bench, register: Register, number: int, outage: bool) -> None:
    register.known = {f"calls/{one}.mp3": "a stamp" for one in range(number)}
    if outage:
        with pytest.raises(Unavailable, match=r"is empty but held 10 recordings"):
            register.sync()
    else:
        assert len(register.sync()) == 9


@pytest.mark.parametrize(
    ("status", "code"),
    [(403, "AccessDenied"), (404, "NoSuchBucket"), (500, "InternalError"), (301, "PermanentRedirect")],
)
def test_no_refusal_is_taken_for_an_absence(
    bench: S3Bench, gateway: Gateway, register: Register, status: int, code: str
) -> None:
    bench.put(PLAIN, SOUND)
    register.sync()
    audio = opened(bench)
    gateway.manners = answers("", status, code)
    attempts: list[Callable[[], object]] = [
        register.sync, lambda: opened(bench), lambda: asyncio.run(audio.read(0, 9)), lambda: delete(bench),
        lambda: left(bench.recorder), lambda: release(bench, "case 1"), lambda: asyncio.run(bench.recorder.check()),
    ]  # fmt: skip
    for attempt in attempts:
        with pytest.raises(Unavailable) as told:
            attempt()
        assert str(told.value).endswith((".", "?"))
    gateway.manners = fine
    assert register.sync() == []


def test_unreadable_metadata_hold_up_no_one_else(bench: S3Bench, gateway: Gateway, register: Register) -> None:
    put(bench, 3)
    gateway.manners = answers("calls/1.json", 403, "AccessDenied")
    [problem] = [one for one in register.sync() if isinstance(one, Problem)]
    assert (problem.native_id, problem.why) == ("calls/1.mp3", "unreadable")
    assert register.known.keys() == {"calls/0.mp3", "calls/2.mp3"}
    gateway.manners = fine
    assert [type(one) for one in register.sync()] == [Sighting]


def test_credentials_that_expire_in_the_middle_are_an_outage_until_there_are_new_ones(
    bench: S3Bench, gateway: Gateway, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P7: a listener hears on once the chain gives new ones, without a restart."""
    file = tmp_path / "credentials"
    told = dict(zip(("aws_access_key_id", "aws_secret_access_key"), KEYS.values(), strict=True))
    write_keys(file, **told)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(file))
    for name in KEYS:
        monkeypatch.delenv(name)
    bench.put(PLAIN, SOUND)
    audio = opened(bench)
    assert asyncio.run(audio.read(0, 100)) == SOUND[:100]
    write_keys(file, aws_access_key_id="EXPIRED", aws_secret_access_key="and gone")
    gateway.manners = answers("one.mp3", 403, "ExpiredToken")
    with pytest.raises(Unavailable, match="ExpiredToken"):
        asyncio.run(audio.read(100, 200))
    gateway.manners = fine
    with pytest.raises(Unavailable, match="InvalidAccessKeyId"):  # by the server itself
        asyncio.run(audio.read(100, 200))
    write_keys(file, **told)
    assert asyncio.run(audio.read(100, 200)) == SOUND[100:200]
    assert left(bench.recorder)


def write_keys(file: Path, **keys: str) -> None:
    file.write_text("\n".join(["[default]", *(f"{name} = {value}" for name, value in keys.items())]))


def test_an_account_that_may_not_delete_is_told_what_it_lacks(bench: S3Bench, gateway: Gateway) -> None:
    bench.put(PLAIN, SOUND)
    gateway.manners = answers("DELETE", 403, "AccessDenied")
    with pytest.raises(Unavailable, match=r"calls/one\.mp3: allow s3:DeleteObject and"):
        delete(bench)
    gateway.manners = fine
    assert len(left(bench.recorder)) == 2


def test_neither_keys_nor_signatures_are_told(
    bench: S3Bench, gateway: Gateway, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.INFO)
    said: list[str] = []
    bench.put(PLAIN, SOUND)
    for manners in (
        answers("", 403, "SignatureDoesNotMatch"),
        answers("", 500, "InternalError"),
        lambda *_: b"<html/>",
    ):
        gateway.manners = manners
        for attempt in (lambda: opened(bench), lambda: left(bench.recorder), lambda: delete(bench)):
            with pytest.raises(Unavailable) as told:
                attempt()
            said.append(str(told.value))
    bench.cut_off()
    for attempt in (lambda: opened(bench), lambda: left(bench.recorder)):
        with pytest.raises(Unavailable) as told:
            attempt()
        said.append(str(told.value))
    everything = " ".join([*said, caplog.text, *capfd.readouterr()])
    assert not any(word in everything for word in (*KEYS.values(), "Signature=", "X-Amz", "Credential=", "127.0.0.1"))
    assert "?" not in "".join(gateway.asked[0].partition("?")[0])
    assert not any("X-Amz-Signature" in one for one in gateway.asked)
