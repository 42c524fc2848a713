"""A real S3 server from a wheel, in its own folder on this machine's loopback."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from pathlib import Path
from random import SystemRandom
from typing import Any

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

KEYS = {"AWS_ACCESS_KEY_ID": "STEWARDKEY", "AWS_SECRET_ACCESS_KEY": "a secret of this machine alone"}
READER = ("READERKEY", "of an account that may read and nothing else")
OURS = {
    **KEYS, "AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": "/nonexistent",
    "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent", "NO_PROXY": "127.0.0.1",
}  # fmt: skip
"""The environment of a program that uses this server."""
_SLOWEST = 30.0  # seconds
_NUMBERS = count()


@dataclass(frozen=True)
class Storage:
    """The server at an address; buckets get unique names."""

    endpoint: str

    @cached_property
    def client(self) -> Any:
        """A client for the other side: the storage's operator, and the call centre's software."""
        return self.client_for(KEYS["AWS_ACCESS_KEY_ID"], KEYS["AWS_SECRET_ACCESS_KEY"])

    def client_for(self, key: str, secret: str) -> Any:
        settings = Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"})
        session = botocore.session.get_session()
        return session.create_client(
            "s3", endpoint_url=self.endpoint, region_name="us-east-1", config=settings,
            aws_access_key_id=key, aws_secret_access_key=secret,
        )  # fmt: skip

    def bucket(self, *, locks: bool = False, versions: bool = False) -> str:
        """Create an empty bucket."""
        name = f"calls-{next(_NUMBERS)}"
        self.client.create_bucket(Bucket=name, **({"ObjectLockEnabledForBucket": True} if locks else {}))
        if versions:
            self.client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        return name


@contextmanager
def a_storage() -> Iterator[Storage]:
    """Yield the server, and remove it afterwards with everything in it."""
    folder = Path(tempfile.mkdtemp(prefix="steward-s3-"))
    port, *others = _free_ports(8)
    with (folder / "out").open("wb") as out:
        process = subprocess.Popen(_command(folder, port, others), stdout=out, stderr=out, env=_environment())
        try:
            storage = Storage(f"http://127.0.0.1:{port}")
            _wait(storage, process, folder / "out")
            yield storage
        finally:
            process.kill()
            process.wait()
            shutil.rmtree(folder, ignore_errors=True)
            # It makes these by itself, and leaves them.
            for one in (port, *others):
                for left in Path("/tmp").glob(f"seaweedfs-*-{one}.sock"):
                    left.unlink(missing_ok=True)


def _command(folder: Path, port: int, others: list[int]) -> list[str]:
    who = {"name": "steward", "actions": ["Admin", "Read", "Write", "List", "Tagging"]}
    who_else = {
        "name": "reader",
        "actions": ["Read", "List"],
        "credentials": [{"accessKey": READER[0], "secretKey": READER[1]}],
    }
    keys = [{"accessKey": KEYS["AWS_ACCESS_KEY_ID"], "secretKey": KEYS["AWS_SECRET_ACCESS_KEY"]}]
    (folder / "s3.json").write_text(json.dumps({"identities": [who | {"credentials": keys}, who_else]}))
    names = (
        "master.port", "master.port.grpc", "volume.port", "volume.port.grpc", "filer.port", "filer.port.grpc",
        "s3.port.grpc",
    )  # fmt: skip
    given = {
        "dir": folder, "ip": "127.0.0.1", "ip.bind": "127.0.0.1", "s3.port": port, "s3.config": folder / "s3.json",
        "s3.port.iceberg": 0, "s3.port.lance": 0, "s3.iam": "false", "s3.cacheCapacityMB": 0, "volume.max": 200,
        "volume.preStopSeconds": 0, "master.volumeSizeLimitMB": 64, "master.telemetry": "false",
        "master.electionTimeout": "1s", "s3.localSocket": folder / "s3.sock", "filer.localSocket": folder / "filer.sock",
    } | dict(zip(names, others, strict=True))  # fmt: skip
    weed = Path(sys.executable).with_name("weed")
    return [
        str(weed), "-logtostderr=true", "server", "-filer", "-s3",
        *(f"-{name}={value}" for name, value in given.items()),
    ]  # fmt: skip


def _environment() -> dict[str, str]:
    # One file for each bucket instead of seven, and little memory.
    ours = {"WEED_MASTER_VOLUME_GROWTH_COPY_1": "1", "WEED_S3_SSE_KEY": "kept nowhere", "GOMEMLIMIT": "150MiB"}
    return {**os.environ, **ours}


def _free_ports(number: int) -> list[int]:
    """Return free ports that outgoing connections don't use: one of the server's own could take it before it listens
    there.
    """
    found: list[int] = []
    for port in SystemRandom().sample(range(10_000, 32_000), 100 * number):
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            found.append(port)
        if len(found) == number:
            break
    return found


def _wait(storage: Storage, process: subprocess.Popen[bytes], out: Path) -> None:
    """Wait until something can be stored there."""
    until = time.monotonic() + _SLOWEST
    while time.monotonic() < until and process.poll() is None:
        with suppress(BotoCoreError, ClientError):
            bucket = storage.bucket()
            storage.client.put_object(Bucket=bucket, Key="first", Body=b"")
            return
        time.sleep(0.05)
    raise AssertionError(out.read_text(errors="replace")[-2000:])
