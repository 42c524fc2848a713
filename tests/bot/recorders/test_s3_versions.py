"""A real bucket with versions and Object Lock: what is deleted, what keeps it, and what a look finds, whoever left it (P12)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.ports import Gone, Held, Problem, Sighting, Sought, Unavailable
from tests.moments import moment
from tests.s3_server import Storage

from .benches import PLAIN, Register
from .erasing import SOUND, delete, hold, left, release, sought
from .s3_bench import S3Bench
from .s3_gateway import Gateway

pytestmark = pytest.mark.soak

NAME = PLAIN.native_id


@pytest.fixture
def bench(s3: S3Bench) -> S3Bench:
    s3.put(PLAIN, SOUND)
    return s3


def kinds(bench: S3Bench, one: Sought | None = None) -> list[str]:
    return sorted(found.partition(" (")[2].rpartition(" ")[0] for found in left(bench.recorder, one))


def test_every_version_and_every_marker_goes_and_no_neighbours(bench: S3Bench) -> None:
    bench.write("calls/one.mp3.mp3", b"a neighbour")
    for audio in (SOUND[::-1], SOUND[:9]):
        bench.put(PLAIN, audio)
        bench.take(NAME)
    assert len(bench.versions(NAME)) == 5
    delete(bench)
    assert bench.names() == {"calls/one.mp3.mp3"}


def test_a_plain_delete_leaves_versions_that_only_the_look_sees(bench: S3Bench) -> None:
    register = Register(bench.recorder, bench.seconds)
    register.sync()
    bench.take(NAME)
    assert register.sync() == [Gone(NAME, hidden=True)]
    assert kinds(bench) == ["delete marker", "delete marker", "version", "version"]
    delete(bench)
    assert kinds(bench) == []


def test_an_older_version_under_another_name_is_found(bench: S3Bench) -> None:
    bench.write("calls/other.mp3", SOUND)
    bench.write("calls/other.mp3", b"written over")
    bench.take("calls/other.mp3")
    delete(bench)
    [found] = left(bench.recorder)
    assert found.startswith("calls/other.mp3 (version ")


def test_an_upload_that_was_begun_is_told(bench: S3Bench) -> None:
    """Its parts may hold the audio, and no listing of objects shows them."""
    key = bench.place.key(NAME)
    begun = bench.client.create_multipart_upload(Bucket=bench.bucket, Key=key)
    delete(bench)
    assert kinds(bench) == ["upload that was begun"]
    bench.client.abort_multipart_upload(Bucket=bench.bucket, Key=key, UploadId=begun["UploadId"])
    assert kinds(bench) == []


@pytest.mark.parametrize("name", [NAME, "calls/one.json"])
def test_no_version_goes_while_one_is_under_a_legal_hold(bench: S3Bench, name: str) -> None:
    first = bench.versions(name)[0]["VersionId"]
    bench.put(PLAIN, SOUND[::-1])
    bench.lock(name, version=first)
    with pytest.raises(Held, match=rf"{name} is under a legal hold in the bucket \(version {first}\)\."):
        delete(bench)
    assert len(left(bench.recorder)) == 4
    bench.lock(name, version=first, on=False)
    delete(bench)
    assert left(bench.recorder) == ()


def test_a_retention_says_until_when_and_nothing_is_deleted(bench: S3Bench) -> None:
    """What outlives the moment is late and told; never erased."""
    until = (moment() + timedelta(days=3)).replace(microsecond=0)
    bench.client.put_object_retention(
        Bucket=bench.bucket, Key=bench.place.key(NAME), Retention={"Mode": "GOVERNANCE", "RetainUntilDate": until}
    )
    with pytest.raises(Held, match=f"{until:%Y-%m-%d %H:%M} UTC") as told:
        delete(bench)
    assert told.value.until == until
    assert len(left(bench.recorder)) == 2
    bench.made.bucket.now = lambda: until + timedelta(minutes=1)
    with pytest.raises(Unavailable, match="may not be deleted"):  # our clock is ahead of the storage's
        delete(bench)
    assert left(bench.recorder)


def test_a_hold_that_somebody_else_had_set_outlives_ours(bench: S3Bench) -> None:
    bench.lock(NAME)
    hold(bench, "case 1")
    release(bench, "case 1")
    with pytest.raises(Held):
        delete(bench)
    bench.lock(NAME, on=False)
    bench.lock("calls/one.json", on=False)
    delete(bench)


def test_a_hold_outlives_a_restart_and_counts_on(bench: S3Bench, storage: Storage) -> None:
    hold(bench, "case 1")
    after = S3Bench(storage, bench.bucket, bench.prefix)
    hold(after, "case 2")
    release(after, "case 1")
    with pytest.raises(Held):
        delete(after)
    release(S3Bench(storage, bench.bucket, bench.prefix), "case 2")
    delete(after)
    assert left(after.recorder) == ()


@pytest.mark.parametrize("word", ["legal-hold", "DELETE"])
def test_a_case_that_comes_while_the_last_other_one_goes_is_kept(bench: S3Bench, gateway: Gateway, word: str) -> None:
    hold(bench, "case 1")
    going = S3Bench(bench.storage, bench.bucket, bench.prefix, through=gateway.endpoint)
    coming = iter([lambda: hold(bench, "case 2")])

    def come(method: str, target: str) -> None:
        if word in f"{method} {target}":
            next(coming, lambda: None)()

    gateway.manners = come
    release(going, "case 1")
    assert next(coming, None) is None
    with pytest.raises(Held):
        delete(bench)
    release(bench, "case 2")
    delete(bench)
    assert left(bench.recorder) == ()


def test_a_hold_keeps_all_versions_that_there_are(bench: S3Bench) -> None:
    bench.put(PLAIN, SOUND[::-1])
    hold(bench, "case 1")
    for one in bench.versions(NAME):
        told = bench.client.get_object_legal_hold(Bucket=bench.bucket, Key=one["Key"], VersionId=one["VersionId"])
        assert told["LegalHold"]["Status"] == "ON"


def test_p12_a_call_is_told_with_the_date_of_its_object(bench: S3Bench) -> None:
    [found] = Register(bench.recorder, bench.seconds).sync()
    assert isinstance(found, Sighting)
    assert found.modified == bench.made.bucket.head(NAME).modified


def test_what_can_do_what_is_said_of_the_bucket_that_was_asked(storage: Storage, bench: S3Bench) -> None:
    assert bench.recorder.capabilities().hold == "emulated"  # nothing is claimed before it was asked
    asyncio.run(bench.recorder.check())
    assert bench.recorder.capabilities().hold == "native"
    plain = S3Bench(storage, storage.bucket(), "")
    plain.put(PLAIN, SOUND)
    hold(plain, "case 1")
    assert plain.recorder.capabilities().hold == "emulated"
    assert plain.names() == {NAME, "calls/one.json"}
    release(plain, "case 1")
    delete(plain)
    assert left(plain.recorder) == ()


@pytest.mark.parametrize(
    "name",
    [
        "calls/ü & <b>\"'+%2F?versions#.mp3", "calls/]]>&amp;.mp3", "calls/a=b&c;d.mp3", "calls/\U0001f600 ~*().mp3",
        "prefix=x&marker/+.mp3",
    ],
)  # fmt: skip
def test_a_name_hostile_to_xml_and_addresses_is_a_name(s3: S3Bench, name: str) -> None:
    one = replace(PLAIN, native_id=name)
    s3.put(one, SOUND)
    s3.put(replace(PLAIN, native_id="calls/two.mp3"), SOUND[1:])
    register = Register(s3.recorder, s3.seconds)
    register.sync()
    assert register.known.keys() == {name, "calls/two.mp3"}

    async def read() -> bytes:
        audio = await s3.recorder.audio(name)
        return await audio.read(0, audio.size)

    assert asyncio.run(read()) == SOUND
    hold(s3, "case 1", name)
    release(s3, "case 1", name)
    assert len(left(s3.recorder, sought(name))) == 2
    delete(s3, name)
    assert left(s3.recorder, sought(name)) == ()
    assert "calls/two.mp3" in s3.names()


def test_a_name_that_can_not_be_kept_is_a_problem_and_stays(s3: S3Bench) -> None:
    s3.put(PLAIN)
    s3.write("calls/a\nb.mp3", SOUND)
    register = Register(s3.recorder, s3.seconds)
    [_, problem] = sorted(register.sync(), key=lambda one: isinstance(one, Problem))
    assert isinstance(problem, Problem)
    assert (problem.why, problem.native_id) == ("name", "calls/a\\u000ab.mp3")
    assert "plain letters" in problem.sentence
    for name in ("calls/a\nb.mp3", problem.native_id):
        delete(s3, name)
    assert s3.names() == {NAME, "calls/one.json", "calls/a\nb.mp3"}


def through(bench: S3Bench, gateway: Gateway, coming: Callable[[], None]) -> S3Bench:
    """The same bucket for a recorder that something comes before, as it first asks for anything to be deleted."""
    first = iter([coming])

    def come(method: str, target: str) -> None:
        if method == "DELETE":
            next(first, lambda: None)()

    gateway.manners = come
    return S3Bench(bench.storage, bench.bucket, bench.prefix, through=gateway.endpoint)


def test_p12_a_new_call_that_is_stored_at_the_last_moment_stays(bench: S3Bench, gateway: Gateway) -> None:
    """The versions that were compared go; its own is another."""
    delete(through(bench, gateway, lambda: bench.put(PLAIN, b"a new call")))
    assert [one["Size"] for one in bench.versions(NAME)] == [len(b"a new call")]


def test_p12_a_server_that_knows_no_conditions_is_asked_without(storage: Storage, gateway: Gateway) -> None:
    plain = S3Bench(storage, storage.bucket(), "")
    plain.put(PLAIN, SOUND)
    refused = iter([(501, "NotImplemented"), None, (501, "NotImplemented"), None])
    gateway.manners = lambda method, target: next(refused) if method == "DELETE" else None
    delete(S3Bench(storage, plain.bucket, "", through=gateway.endpoint))
    assert plain.names() == set()


@pytest.mark.parametrize(("before", "after"), [("Enabled", "Suspended"), ("", "Enabled")])
def test_p12_what_is_behind_a_marker_goes_however_the_bucket_keeps_versions(
    storage: Storage, before: str, after: str
) -> None:
    """Stored while versions were kept and deleted when that was suspended; or stored as a null version and deleted later."""
    bench = S3Bench(storage, storage.bucket(versions=bool(before)), "")
    bench.put(PLAIN, SOUND)
    register = Register(bench.recorder, bench.seconds)
    register.sync()
    bench.client.put_bucket_versioning(Bucket=bench.bucket, VersioningConfiguration={"Status": after})
    bench.take(NAME)
    assert register.sync() == [Gone(NAME, hidden=True)]
    assert asyncio.run(read(bench)) == SOUND
    delete(bench)
    assert bench.names() == set()


async def read(bench: S3Bench) -> bytes:
    audio = await bench.recorder.audio(NAME)
    return await audio.read(0, audio.size)


def test_p12_a_bucket_whose_versions_are_suspended_still_keeps_the_earlier_ones(storage: Storage) -> None:
    bench = S3Bench(storage, storage.bucket(versions=True), "")
    bench.client.put_bucket_versioning(Bucket=bench.bucket, VersioningConfiguration={"Status": "Suspended"})
    assert "It keeps earlier versions" in asyncio.run(bench.recorder.check())
