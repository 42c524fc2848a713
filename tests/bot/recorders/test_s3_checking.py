"""What `recording-steward check` says of a bucket, and which one it refuses, with how to mend it."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import pytest

from bot.ports import Unavailable
from tests.s3_server import Storage

from .benches import PLAIN
from .s3_bench import S3Bench
from .s3_gateway import Gateway

pytestmark = pytest.mark.soak


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
        f"The bucket {bench.bucket} holds 4 audio objects, 3 of them with metadata. It is encrypted (AES256). "
        "It keeps earlier versions, and has Object Lock, so that a hold is kept by the bucket itself."
    )


def test_a_bucket_without_object_lock_is_said_to_keep_nothing_by_itself(storage: Storage) -> None:
    told = checked(with_calls(storage, storage.bucket()))
    assert "keeps no earlier versions, and has no Object Lock: whoever may delete there" in told
    told = checked(with_calls(storage, storage.bucket(versions=True)))
    assert "keeps earlier versions, and has no Object Lock" in told


def test_a_default_retention_is_said_by_the_check_and_on_each_certificate(storage: Storage) -> None:
    bench = with_calls(storage, storage.bucket(locks=True))
    rule = {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 400}}
    lock = {"ObjectLockEnabled": "Enabled", "Rule": rule}
    bench.client.put_object_lock_configuration(Bucket=bench.bucket, ObjectLockConfiguration=lock)
    words = "kept for 400 days (default retention, compliance): nobody can erase it before"
    assert words in checked(bench)
    assert words in bench.recorder.capabilities().how


@pytest.mark.parametrize(
    ("action", "resource", "says"), [("s3:ListBucket", "", "everybody in"), ("s3:GetObject", "/*", "everybody in")]
)
def test_a_bucket_with_a_policy_for_everybody_is_refused(
    storage: Storage, action: str, resource: str, says: str
) -> None:
    bench = with_calls(storage, storage.bucket())
    policy_for_everybody(bench, action, resource)
    told = refused(bench)
    assert says in told
    assert "Block Public Access" in told


@pytest.mark.parametrize(
    ("action", "resource", "says"),
    [("s3:ListBucket", "", "Anybody can list"), ("s3:GetObject", "/*", "Anybody can hear recordings")],
)
def test_a_public_bucket_is_found_out_by_trying_whatever_it_says_of_itself(
    storage: Storage, gateway: Gateway, action: str, resource: str, says: str
) -> None:
    bench = with_calls(storage, storage.bucket(), gateway.endpoint)
    policy_for_everybody(bench, action, resource)
    gateway.manners = lambda _, target: (501, "NotImplemented") if "policyStatus" in target or "acl" in target else None
    assert says in refused(bench)


def test_a_bucket_with_an_access_list_for_everybody_is_refused(storage: Storage) -> None:
    bench = with_calls(storage, storage.bucket())
    bench.client.put_bucket_acl(Bucket=bench.bucket, ACL="public-read")
    assert "access control list lets everybody in" in refused(bench)


def test_an_unencrypted_bucket_is_refused(storage: Storage) -> None:
    assert "not encrypted. Switch its default encryption on" in refused(
        with_calls(storage, storage.bucket(encrypted=False))
    )


def test_where_a_server_can_not_tell_of_encryption_it_is_said_and_not_claimed(
    storage: Storage, gateway: Gateway
) -> None:
    bench = with_calls(storage, storage.bucket(), gateway.endpoint)
    gateway.manners = lambda _, target: (501, "NotImplemented") if "?encryption" in target else None
    told = checked(bench)
    assert "Whether it is encrypted the server can't say" in told
    assert "It is encrypted" not in told


def test_an_endpoint_in_the_clear_is_refused(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    """P4: nobody on the way listens."""
    bench = S3Bench(storage, "calls-none", "")
    bench.made.bucket.place = replace(bench.place, endpoint=None)
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://storage.example")
    assert "The endpoint has no https://" in refused(bench)
