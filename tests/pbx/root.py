"""A real Asterisk in its own root: fetched once from the distribution, and used again."""

import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(os.environ.get("PBX_ROOT", "/opt/pbx"))
MIRROR = os.environ.get("PBX_MIRROR", "http://deb.debian.org/debian")
PACKAGES = ("asterisk", "sip-tester")
SUITE = "forky"
_NO_SERVICES = "#!/bin/sh\nexit 101\n"


class NotFetched(Exception):
    """The distribution can't be reached; the text says why."""


def ready() -> Path:
    """Return the root with Asterisk and SIPp, made now if missing; raises `NotFetched`."""
    if os.geteuid():
        raise NotFetched("this needs root: a chroot is entered.")
    if not (ROOT / "usr/sbin/asterisk").exists() or not (ROOT / "usr/bin/sipp").exists():
        _make()
    return ROOT


def _make() -> None:
    if not shutil.which("debootstrap"):
        _run("apt-get", "install", "-y", "-qq", "debootstrap")
    if not (ROOT / "usr/bin/apt-get").exists():
        _run("debootstrap", "--variant=minbase", SUITE, str(ROOT), MIRROR)
    services = ROOT / "usr/sbin/policy-rc.d"
    services.write_text(_NO_SERVICES)
    services.chmod(0o755)
    _run("chroot", str(ROOT), "apt-get", "install", "-y", "-qq", "--no-install-recommends", *PACKAGES)


def _run(*command: str) -> None:
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, env=quiet, timeout=900)
    except FileNotFoundError as why:
        raise NotFetched(f"{command[0]} is not there.") from why
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as why:
        said = str(getattr(why, "stderr", "") or why).strip().splitlines()[-1:]
        raise NotFetched(f"{' '.join(command)} failed: {' '.join(said)}") from why
