"""Reads the address of an Asterisk, and its secret out of the environment."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.ports import Absent
from bot.recorders.asterisk.ami import Account
from bot.recorders.tree import audio_names, inside, reading

SPOOL = "/var/spool/asterisk/monitor"
CDR = "/var/log/asterisk/cdr-custom/recording-steward.csv"
EXAMPLE = f"asterisk://steward@127.0.0.1:5038/?spool={SPOOL}&cdr={CDR}"
PORT = 5038


class AsteriskSecrets(BaseSettings):
    """What lets the bot in, under its name in the environment; it stands in no address and in no log."""

    model_config = SettingsConfigDict(
        env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True, hide_input_in_errors=True
    )

    asterisk_ami_secret: SecretStr | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """What an address says, with the secret."""

    account: Account
    spool: Spool
    cdr: str


def opened(url: str) -> Opened:
    """What an address such as `EXAMPLE` says; ValueError says what to mend, and never what the secret is."""
    parts = urlsplit(url)
    if parts.password is not None:
        raise ValueError("RECORDINGS_URL has a password in it. Take it out, and write it to ASTERISK_AMI_SECRET.")
    try:
        host, port = parts.hostname, parts.port or PORT
    except ValueError as why:
        raise ValueError(f"RECORDINGS_URL has no usable port. Write it like {EXAMPLE}.") from why
    if not (host and parts.username) or parts.path not in ("", "/") or parts.fragment:
        raise ValueError(f"RECORDINGS_URL names no account and machine, or too much. Write it like {EXAMPLE}.")
    spool, there, cdr = _places(parts.query)
    secret = AsteriskSecrets().asterisk_ami_secret
    if secret is None:
        raise ValueError("ASTERISK_AMI_SECRET is missing: it is the secret= of the account in Asterisk's manager.conf.")
    account = Account(host, port, unquote(parts.username), secret.get_secret_value())
    if any(sign in f"{account.user}{account.secret}" for sign in "\r\n\0"):
        raise ValueError("ASTERISK_AMI_SECRET or the name in RECORDINGS_URL has a line break in it. Take it out.")
    return Opened(account, Spool(spool, there), cdr)


def _places(query: str) -> tuple[str, str, str]:
    told = dict(parse_qsl(query, keep_blank_values=True))
    if odd := told.keys() - {"spool", "spool_in_asterisk", "cdr"}:
        raise ValueError(f"RECORDINGS_URL has {min(odd)!r} in it. Known are spool, spool_in_asterisk and cdr.")
    spool, cdr = told.get("spool", SPOOL), told.get("cdr", CDR)
    there = told.get("spool_in_asterisk", spool)
    if not all(Path(one).is_absolute() for one in (spool, cdr, there)):
        raise ValueError(f"RECORDINGS_URL needs whole paths that begin with a slash. Write it like {EXAMPLE}.")
    return str(Path(spool)), str(Path(there)), cdr


WATCHED = 2.3
"""Seconds. Asterisk writes 32,768 bytes at a time: of a .wav, 16,000 bytes a second, that is every 2.05 seconds."""
CLOCKED = "wav"
"""What a watch of that length can be relied on for; a .gsm is written every twenty seconds."""
UNHEARD = ("gsm", "ulaw", "ul", "pcm", "alaw", "al", "sln", "sln16", "raw", "wav16", "wav49", "g722", "opus")
"""Other endings that Asterisk records under; no browser plays them."""


@dataclass(frozen=True, slots=True)
class Spool:
    """`root` is the folder from here, `there` what Asterisk calls it."""

    root: str
    there: str

    def below(self, path: str) -> str:
        """A file's name below the folder, empty where it lies elsewhere; `path` may have no ending."""
        name = path.removeprefix(f"{self.there.rstrip('/')}/") if path.startswith("/") else path
        return name if inside(name) else ""

    def files(self, stem: str) -> tuple[str, ...]:
        """The files of a MixMonitor, of which Asterisk tells all but the ending."""
        name = self.below(stem)
        if not name:
            return ()
        candidates = (*audio_names(name), *(f"{name}.{one}" for one in UNHEARD))
        return tuple(one for one in candidates if self.size(one) is not None)

    def size(self, name: str) -> int | None:
        """Bytes of a file below the folder; None where there is none. Raises `Unavailable`."""
        try:
            with reading(self.root, name) as file:
                return os.fstat(file.fileno()).st_size
        except Absent:
            return None

    def sounds(self, name: str, start: int, end: int) -> bool:
        """Whether anything but exact silence was written there in between. Raises `Unavailable`."""
        try:
            with reading(self.root, name) as file:
                return any(os.pread(file.fileno(), end - start, start))
        except Absent:
            return False
