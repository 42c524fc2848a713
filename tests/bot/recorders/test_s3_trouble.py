"""A real bucket that answers badly: what can't be known is an outage, and never “gone”, “absent” or “nothing left”."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.ports import Audio, Problem, Sighting, Unavailable
from tests.s3_server import KEYS, Storage

from .benches import PLAIN, Register
from .erasing import SOUND, delete, left, release
from .s3_bench import S3Bench
from .s3_gateway import Gateway, Manners

pytestmark = pytest.mark.soak

NAME = PLAIN.native_id


@pytest.fixture
def bench(storage: Storage, locked_bucket: str, s3: S3Bench, gateway: Gateway) -> S3Bench:
    return S3Bench(storage, locked_bucket, s3.prefix, page=3, through=gateway.endpoint)


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
def test_a_bucket_that_is_suddenly_empty_is_an_outage(
    bench: S3Bench, register: Register, number: int, outage: bool
) -> None:
    register.known = {f"calls/{one}.mp3": "a stamp" for one in range(number)}
    if outage:
        with pytest.raises(Unavailable, match=r"is empty there but held 10 recordings"):
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


def test_metadata_that_may_not_be_read_hold_up_nobody_else(
    bench: S3Bench, gateway: Gateway, register: Register
) -> None:
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
    with pytest.raises(Unavailable, match=r"does not take these credentials \(ExpiredToken\)"):
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
    with pytest.raises(Unavailable, match=r"calls/one\.mp3 may not be deleted: allow s3:DeleteObject and"):
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
