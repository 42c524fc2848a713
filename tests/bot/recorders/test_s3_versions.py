"""A real bucket with versions and Object Lock: what is deleted, what keeps it, and what `check` says of it (P12)."""

import asyncio
import json
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.ports import Absent, HeldBySystem, Problem, Sighting, Sought, Unavailable
from bot.retention.recording_sync import CallsInMemory
from tests.moments import moment
from tests.s3_server import Storage

from .benches import PLAIN, Register
from .erasing import SOUND, delete, hold, left, release, sought, stamp_of
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


class Empty(CallsInMemory):
    """A register that never had any call."""

    async def ever(self, names: Collection[str]) -> Collection[str]:
        return [one for one in names if one in self.stamps]


def told_hidden(bench: S3Bench, known: CallsInMemory, since: object = None) -> tuple[list[str], object]:
    async def look() -> list[Any]:
        return [one async for one in bench.recorder.changes(known, since)]

    *found, end = asyncio.run(look())
    return [one.native_id for one in found if isinstance(one, Problem) and one.why == "hidden"], end.cursor


def test_p12_what_was_deleted_before_anyone_registered_it_is_told_while_its_audio_is_there(bench: S3Bench) -> None:
    """Also with each look at the newest folders alone."""
    bench.put(replace(PLAIN, native_id="calls/two.mp3"), SOUND)
    bench.take(NAME)
    told, since = told_hidden(bench, Empty())
    assert told == [NAME]
    bench.seconds.now += 1.0
    assert told_hidden(bench, Empty(), since)[0] == [NAME]
    assert told_hidden(bench, Empty({NAME: "stamp"}))[0] == []
    delete(bench)
    assert told_hidden(bench, Empty())[0] == []


def test_an_upload_that_was_begun_is_told(bench: S3Bench) -> None:
    """Its parts may hold the audio, and no listing of objects shows them."""
    key = bench.place.key(NAME)
    begun = bench.client.create_multipart_upload(Bucket=bench.bucket, Key=key)
    delete(bench)
    assert kinds(bench) == ["upload that was begun"]
    bench.client.abort_multipart_upload(Bucket=bench.bucket, Key=key, UploadId=begun["UploadId"])
    assert kinds(bench) == []


def test_p12_what_was_written_over_is_heard_deleted_and_looked_for_by_its_own_version(bench: S3Bench) -> None:
    before = stamp_of(bench.recorder)
    bench.put(replace(PLAIN, crm="CS-99"), SOUND[::-1])
    past = f"{NAME}\n{before}\n7"
    audio = asyncio.run(bench.recorder.audio(past))
    assert (asyncio.run(audio.read(0, audio.size)), audio.stamp) == (SOUND, before)
    assert len(left(bench.recorder, sought(past))) == 2, "the audio and its metadata"
    assert len(left(bench.recorder, sought(past, b""))) == 2, "also where no one read it"
    delete(bench, past, before)
    assert left(bench.recorder, sought(past)) == ()
    with pytest.raises(Absent):
        asyncio.run(bench.recorder.audio(past))
    shown = asyncio.run(bench.recorder.audio(NAME))
    assert asyncio.run(shown.read(0, shown.size)) == SOUND[::-1]
    assert len(bench.versions()) == 2


@pytest.mark.parametrize("name", [NAME, "calls/one.json"])
def test_no_version_goes_while_one_is_under_a_legal_hold(bench: S3Bench, name: str) -> None:
    first = bench.versions(name)[0]["VersionId"]
    bench.put(PLAIN, SOUND[::-1])
    bench.lock(name, version=first)
    with pytest.raises(HeldBySystem, match=rf"{name} is under a legal hold in the bucket \(version {first}\)\."):
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
    with pytest.raises(HeldBySystem, match=f"{until:%Y-%m-%d %H:%M} UTC") as told:
        delete(bench)
    assert told.value.until == until
    assert len(left(bench.recorder)) == 2
    bench.made.bucket.now = lambda: until + timedelta(minutes=1)
    with pytest.raises(Unavailable, match="may not delete"):  # our clock is ahead of the storage's
        delete(bench)
    assert left(bench.recorder)


def test_a_hold_that_another_program_had_set_outlives_ours(bench: S3Bench) -> None:
    bench.lock(NAME)
    hold(bench, "case 1")
    release(bench, "case 1")
    with pytest.raises(HeldBySystem):
        delete(bench)
    bench.lock(NAME, on=False)
    bench.lock("calls/one.json", on=False)
    delete(bench)


def test_a_hold_outlives_a_restart_and_counts_on(bench: S3Bench, storage: Storage) -> None:
    hold(bench, "case 1")
    after = S3Bench(storage, bench.bucket, bench.prefix)
    hold(after, "case 2")
    release(after, "case 1")
    with pytest.raises(HeldBySystem):
        delete(after)
    release(S3Bench(storage, bench.bucket, bench.prefix), "case 2")
    delete(after)
    assert left(after.recorder) == ()


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


def checked(bench: S3Bench) -> str:
    return asyncio.run(bench.recorder.check())


def refused(bench: S3Bench) -> str:
    with pytest.raises(Unavailable) as told:
        checked(bench)
    return str(told.value)


def with_calls(storage: Storage, bucket: str, through: str = "") -> S3Bench:
    bench = S3Bench(storage, bucket, "", through=through)
    for number in range(3):
        bench.put(replace(PLAIN, native_id=f"calls/{number}.mp3"))
    return bench


def policy_for_everybody(bench: S3Bench, action: str, resource: str) -> None:
    statement = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": [action],
        "Resource": [f"arn:aws:s3:::{bench.bucket}{resource}"],
    }
    bench.client.put_bucket_policy(
        Bucket=bench.bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    )


def test_it_says_what_it_holds_and_keeps(storage: Storage) -> None:
    bench = with_calls(storage, storage.bucket(locks=True))
    bench.write("calls/3.mp3", b"sound alone")
    told = checked(bench)
    assert told == (
        f"The bucket {bench.bucket} holds 4 audio objects, 3 of them with metadata. "
        "It keeps earlier versions, and has Object Lock, so the bucket itself enforces holds."
    )


def test_a_bucket_without_object_lock_is_said_to_keep_nothing_by_itself(storage: Storage) -> None:
    told = checked(with_calls(storage, storage.bucket()))
    assert "keeps no earlier versions, and has no Object Lock" in told
    told = checked(with_calls(storage, storage.bucket(versions=True)))
    assert "keeps earlier versions, and has no Object Lock" in told


def test_a_default_retention_is_said_by_the_check_and_on_each_certificate(storage: Storage) -> None:
    bench = with_calls(storage, storage.bucket(locks=True))
    rule = {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 400}}
    lock = {"ObjectLockEnabled": "Enabled", "Rule": rule}
    bench.client.put_object_lock_configuration(Bucket=bench.bucket, ObjectLockConfiguration=lock)
    words = "400 days (default retention, compliance)"
    assert words in checked(bench)
    assert words in bench.recorder.capabilities().how


@pytest.mark.parametrize(
    ("action", "resource", "says"),
    [("s3:ListBucket", "", "Anyone can list"), ("s3:GetObject", "/*", "Anyone can hear recordings")],
)
def test_a_public_bucket_is_found_out_by_trying(storage: Storage, action: str, resource: str, says: str) -> None:
    bench = with_calls(storage, storage.bucket())
    policy_for_everybody(bench, action, resource)
    told = refused(bench)
    assert says in told
    assert "Block Public Access" in told


def test_a_bucket_with_an_access_list_for_everyone_who_has_an_account_is_refused(storage: Storage) -> None:
    bench = with_calls(storage, storage.bucket())
    bench.client.put_bucket_acl(Bucket=bench.bucket, ACL="authenticated-read")
    assert "access control list lets everyone in" in refused(bench)


@pytest.mark.parametrize("question", ["policyStatus", "acl"])
def test_where_a_bucket_may_not_be_asked_whom_it_lets_in_trying_is_enough(
    storage: Storage, gateway: Gateway, question: str
) -> None:
    bench = with_calls(storage, storage.bucket(), gateway.endpoint)
    gateway.manners = lambda _, target: (403, "AccessDenied") if question in target else None
    assert "holds 3 audio objects" in checked(bench)


def test_an_endpoint_in_the_clear_is_refused(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    """P4: no one on the way can listen."""
    bench = S3Bench(storage, "calls-none", "")
    bench.made.bucket.place = replace(bench.place, endpoint=None)
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://storage.example")
    assert "The endpoint isn't https://" in refused(bench)
