"""`python -m tests.newest_python`: rules, policy, storage and handlers on Python 3.14, in its own root with the
versions of uv.lock.
"""

import os
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

VERSION, SUITE = "3.14", "forky"
TESTS = ("tests/rules", "tests/policy", "tests/storage", "tests/handlers")
MIRROR = os.environ.get("PYTHON_MIRROR", "http://deb.debian.org/debian")
ROOT = Path(os.environ.get("PYTHON_ROOT", f"/opt/python-{VERSION}"))
HERE = Path(__file__).parents[1]
UV = Path(sys.executable).with_name("uv")
ENTER = """
mount --make-rprivate /
mount -t proc proc "$0/proc"
mount --rbind /dev "$0/dev"
mount -t tmpfs tmpfs "$0/tmp"
exec chroot "$0" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 PYTHONDONTWRITEBYTECODE=1 \\
  PYTHONPATH=/opt/checkout:/opt/packages sh -euc 'cd /opt/checkout; exec "$@"' sh "$@"
"""


def main(words: list[str]) -> int:
    """Return pytest's exit code there, with more `words` for it; print a sentence and return 2 if there can be no such
    root.
    """
    if os.geteuid():
        print(f"This needs root: Python {VERSION} lives in a chroot.", file=sys.stderr)
        return 2
    try:
        _make()
        _fill()
    except (OSError, subprocess.SubprocessError) as error:
        print(f"*** NOT TRIED: no Python {VERSION} can be had here: {error} ***", file=sys.stderr)
        return 2
    _lay()
    pytest = (f"python{VERSION}", "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "2", "--dist", "worksteal")
    return subprocess.run(
        ["unshare", "--mount", "sh", "-euc", ENTER, ROOT, *pytest, *(words or TESTS)], check=False
    ).returncode


def _make() -> None:
    """Make the distribution's smallest root with it, once."""
    if (ROOT / f"usr/bin/python{VERSION}").exists():
        return
    if not shutil.which("debootstrap"):
        _run("apt-get", "install", "-y", "-qq", "debootstrap")
    _run("debootstrap", "--variant=minbase", f"--include=python{VERSION},ca-certificates", SUITE, str(ROOT), MIRROR)


def _fill() -> None:
    """Fetch what uv.lock names as wheels for that Python, whenever the lock has changed."""
    packages, lock = ROOT / "opt/packages", sha256((HERE / "uv.lock").read_bytes()).hexdigest()
    mark = packages / "of-lock"
    if mark.exists() and mark.read_text(encoding="utf-8") == lock:
        return
    shutil.rmtree(packages, ignore_errors=True)
    into = (UV, "pip", "install", "-q", "--python-version", VERSION, "--only-binary", ":all:", "--target", packages)
    with TemporaryDirectory() as folder:
        named = Path(folder) / "requirements.txt"
        _run(UV, "export", "-q", "--frozen", "--no-hashes", "--no-emit-project", "--extra", "figures", "-o", named)
        _run(UV, "build", "-q", "--wheel", "-o", folder)
        _run(*into, "-r", named)
        _run(
            *into, "--no-deps", *Path(folder).glob("*.whl")
        )  # for its name and version alone: the checkout comes first
    mark.write_text(lock, encoding="utf-8")


def _lay() -> None:
    """Copy the checkout as it is here."""
    checkout = ROOT / "opt/checkout"
    shutil.rmtree(checkout, ignore_errors=True)
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=HERE, capture_output=True, text=True, check=True
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (HERE / name).is_file():
            (checkout / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(HERE / name, checkout / name, follow_symlinks=False)


def _run(*words: str | Path) -> None:
    subprocess.run(words, cwd=HERE, check=True, timeout=900, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
