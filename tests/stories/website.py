"""The sample company's two pages at any moment: OpenSSL reads the machine's clock, so the dates of their certificate aren't looked at."""

from __future__ import annotations

from pathlib import Path

from bot.rehearsal.website import SampleWebsite

NO_CHECK_TIME = 0x200000  # OpenSSL's X509_V_FLAG_NO_CHECK_TIME, which Python's ssl doesn't name


class UndatedWebsite(SampleWebsite):
    """The same two pages; their certificate is trusted whatever the machine's clock shows."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._trusted.verify_flags |= NO_CHECK_TIME
