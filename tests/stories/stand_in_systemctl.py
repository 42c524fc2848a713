"""What systemd does with the bot's units, for a machine without systemd: their account, environment, folder and
ExecStart.
"""

import os
import pwd
import re
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

UNITS = Path("/etc/systemd/system")
PID, LOG = Path("/run/recording-steward.pid"), Path("/run/recording-steward.log")
A_STOP = 15.0  # seconds, as TimeoutStopSec says


def main(words: list[str]) -> None:
    """Handle `start`, `stop`, `restart`, `enable --now` and `daemon-reload`; anything else is a fault of the page that
    says it.
    """
    match words:
        case ["daemon-reload"]:
            return
        case ["enable", "--now", "recording-steward"] | ["start", "recording-steward"]:
            _start()
        case ["stop", "recording-steward"]:
            _stop()
        case ["restart", "recording-steward"]:
            _stop()
            _start()
        case ["enable", "--now", "recording-steward-backup.timer"]:
            if not (UNITS / "recording-steward-backup.timer").exists():
                sys.exit("there is no such timer")
        case ["start", "recording-steward-backup"]:
            _once("recording-steward-backup")
        case _:
            sys.exit(f"systemctl {' '.join(words)}: not known here")


def _start() -> None:
    unit, settings = _read("recording-steward")
    with LOG.open("ab") as log:
        process = subprocess.Popen(_words(unit["ExecStart"]), stdout=log, stderr=log, **settings)
    PID.write_text(str(process.pid), encoding="utf-8")


def _once(name: str) -> None:
    """Run a unit of the type oneshot: its program, and what comes after it."""
    unit, settings = _read(name)
    for line in (unit["ExecStart"], unit["ExecStartPost"]):
        subprocess.run(_words(line), check=True, **settings)


def _words(line: str) -> list[str]:
    """Read a command as systemd does: a special character written twice is the character itself."""
    return [one.replace("%%", "%").replace("$$", "$") for one in shlex.split(line)]


def _read(name: str) -> tuple[dict[str, str], dict[str, Any]]:
    """Return a unit's settings, and what they mean for a process."""
    told = re.findall(r"^(\w+)=(.*)$", (UNITS / f"{name}.service").read_text(encoding="utf-8"), re.MULTILINE)
    unit = dict(told)
    account = pwd.getpwnam(unit["User"])
    environment = dict(one.split("=", 1) for name, one in told if name == "Environment")
    lines = Path(unit["EnvironmentFile"]).read_text(encoding="utf-8").splitlines()
    environment |= dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    environment |= {"PATH": os.environ["PATH"], "HOME": account.pw_dir, "USER": account.pw_name}
    return unit, {
        "cwd": unit["WorkingDirectory"], "env": environment, "stdin": subprocess.DEVNULL, "user": account.pw_uid,
        "group": account.pw_gid, "extra_groups": [], "umask": int(unit["UMask"], 8), "start_new_session": True,
    }  # fmt: skip


def _stop() -> None:
    process = int(PID.read_text(encoding="utf-8"))
    os.kill(process, signal.SIGTERM)
    deadline = time.monotonic() + A_STOP
    while Path(f"/proc/{process}/exe").exists():
        if time.monotonic() > deadline:
            sys.exit("it did not stop in time")
        time.sleep(0.05)
    PID.unlink()


if __name__ == "__main__":
    main(sys.argv[1:])
