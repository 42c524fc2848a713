"""`recording-steward check` where calls are in a bucket on a real S3 server."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.bot.recorders.benches import PLAIN
from tests.bot.recorders.s3_bench import S3Bench
from tests.s3_server import KEYS, Storage
from tests.stories.test_check import checked

pytestmark = pytest.mark.soak


async def test_a_bucket_is_tried_by_the_real_program(tmp_path: Path, storage: Storage) -> None:
    """The stranger in the end is let in by one permission, and the whole check fails."""
    bench = S3Bench(storage, storage.bucket(locks=True), "calls")
    bench.put(PLAIN)
    bench.write("calls/odd.mp3", b"sound alone")
    url = f"s3://{bench.bucket}/calls?endpoint={storage.endpoint}&region=us-east-1"
    code, printed = await checked(tmp_path, {"RECORDINGS_URL": url})
    assert code == 0, printed
    assert f"The bucket {bench.bucket} below calls/ holds 2 audio objects, 1 of them with metadata" in printed
    assert (
        "note  recording               calls/odd.mp3 has no metadata object beside it: add calls/odd.json." in printed
    )
    statement = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{bench.bucket}/*",
    }
    bench.client.put_bucket_policy(
        Bucket=bench.bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": statement})
    )
    code, printed = await checked(tmp_path, {"RECORDINGS_URL": url})
    assert code == 1
    assert (
        "FAIL  recorder                The bucket's policy lets everybody in. Switch Block Public Access on" in printed
    )
    assert not any(secret in printed for secret in KEYS.values())


async def test_p12_a_retention_that_outlives_each_moment_fails_the_check(tmp_path: Path, storage: Storage) -> None:
    bench = S3Bench(storage, storage.bucket(locks=True), "")
    bench.put(PLAIN)
    rule = {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 400}}
    lock = {"ObjectLockEnabled": "Enabled", "Rule": rule}
    bench.client.put_object_lock_configuration(Bucket=bench.bucket, ObjectLockConfiguration=lock)
    url = f"s3://{bench.bucket}?endpoint={storage.endpoint}&region=us-east-1"
    code, printed = await checked(tmp_path, {"RECORDINGS_URL": url})
    assert code == 1
    assert "kept for 400 days, and the policy's 12 months end before. Shorten the default retention there" in printed
