"""How a file that could not be registered is told to people: by its number, and never by its name, which may be somebody's (P4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from handlers.cards import When
from handlers.words import size_words
from storage.tables.erasures import UnregisteredFile

WHY: Mapping[str, str] = {
    "no_metadata": "no metadata file lies beside it",
    "metadata": "its metadata file can’t be used",
    "unreadable": "it or its metadata file can’t be read by the bot’s account",
    "empty": "it is empty",
    "ahead": "its metadata say that the call has yet to begin",
    "not_ordinary": "it, or its metadata file, is a link or stands elsewhere too",
    "shared": "another audio file has the same metadata file",
    "name": "its name has characters that can’t be kept",
    "folder": "it is a folder that can’t be looked into",
}
"""Why it could not be registered."""


def file_line(file: UnregisteredFile, zone: str, now: datetime) -> tuple[str | When, ...]:
    """One line for a card."""
    parts: list[str | When] = [f"🗂️ File {file.id}: {WHY.get(file.why, file.why)} · {size_words(file.size)}"]
    parts += [" · last written ", When(file.modified, zone, now)] if file.modified is not None else []
    return (*parts, " · first seen ", When(file.first_seen, zone, now))
