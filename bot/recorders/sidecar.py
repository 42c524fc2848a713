"""Reads the metadata file beside a recording and says in a sentence what is wrong with it."""

import json
from collections.abc import Collection
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple, cast

import phonenumbers

from bot.ports import Changed, Direction, Sighting
from bot.recorders.tree import UNSAFE, sidecar_of
from handlers.rules.identity import Identity, email_key

DEPARTMENTS = frozenset({"customer_success", "sales", "accounts_billing"})
"""The departments whose calls the policy covers (P2)."""
MOST_BYTES = 65_536
WITHHELD = frozenset({"", "anonymous", "private", "restricted", "unavailable", "unknown", "withheld"})

_LONGEST_CALL = 86_400
_EXAMPLES = {
    "line": '"+61 2 8197 9000"',
    "direction": '"incoming" or "outgoing"',
    "caller": '"+61 491 570 156", or "" if it was withheld',
    "operator": '{"name": "Anna Quill", "email": "anna.quill@fernhill.example"}',
    "operator.name": '"Anna Quill"',
    "operator.email": '"anna.quill@fernhill.example"',
    "started": '"2026-11-23T10:15:00+11:00"',
    "duration": "184.2, in seconds",
    "crm": '"CS-10442", or "" if there is none',
}


class MetadataError(ValueError):
    """The metadata can't be used; the text is a sentence for the person who keeps the folder."""


class AudioFile(NamedTuple):
    """The audio that a metadata file belongs to; `size` in bytes, `modified` (aware) when it was last written."""

    native_id: str
    media_type: str
    size: int
    stamp: str
    modified: datetime | None = None


def read_sighting(file: AudioFile, content: bytes, departments: Collection[str] = DEPARTMENTS) -> Sighting:
    """Return the recording as the `content` of its metadata file describes it; raises `MetadataError`.

    The sentence quotes no value, since a value may be a person's number or name.
    """
    try:
        return Reader(parse_metadata(content), departments).sighting(file)
    except MetadataError as flaw:
        raise MetadataError(f"{sidecar_of(file.native_id)}: {flaw}") from flaw


def parse_metadata(content: bytes) -> dict[str, object]:
    """Return the one JSON object that a metadata file holds; raises `MetadataError`."""
    if len(content) > MOST_BYTES:
        raise MetadataError(f"it is longer than {MOST_BYTES:,} bytes. Keep only the call's details in it.")
    try:
        found = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as why:
        raise MetadataError("it isn't UTF-8 text. Write it again in UTF-8.") from why
    except (ValueError, RecursionError) as why:
        raise MetadataError("it isn't valid JSON, and may be only half written. Write it again in full.") from why
    if not isinstance(found, dict):
        raise MetadataError("it must hold one JSON object, in curly brackets.")
    return cast("dict[str, object]", found)


class Reader:
    """Reads the fields of one metadata file; each method raises `MetadataError`."""

    def __init__(self, fields: dict[str, object], departments: Collection[str] = DEPARTMENTS) -> None:
        self._fields = fields
        self._departments = departments

    def sighting(self, file: AudioFile) -> Sighting:
        """Return the recording that the fields describe, with the facts of its audio `file`."""
        line, region = self.line()
        return Sighting(
            native_id=file.native_id,
            line=line,
            direction=self.direction(),
            caller=self.caller(region),
            operator_name=self._text_of("operator.name", most=200),
            operator_email=self.email(),
            department=self._read_department(),
            started=self.started(),
            duration=self._read_duration(),
            crm=self._text_of("crm", most=100, empty=True),
            media_type=file.media_type,
            size=file.size,
            stamp=file.stamp,
            modified=file.modified,
        )

    def _wrong_field(self, field: str, flaw: str) -> MetadataError:
        """Return the error for a field: `flaw` is wrong with it, and an example of a right one."""
        example = _one_of_words(self._departments) if field == "department" else _EXAMPLES[field]
        return MetadataError(f'"{field}" {flaw} Write it like this: {example}.')

    def _value_of(self, field: str) -> object:
        """Return a field's value; a dot in `field` leads into an object."""
        value: object = self._fields
        path = ""
        for step in field.split("."):
            if not isinstance(value, dict):
                raise self._wrong_field(path, "must be an object in curly brackets.")
            path = f"{path}.{step}".lstrip(".")
            if step not in value:
                raise self._wrong_field(path, "is missing.")
            value = value[step]
        return value

    def _text_of(self, field: str, *, most: int = 64, empty: bool = False) -> str:
        """Return a text field, without blanks around it; it may be blank only if `empty` is set."""
        value = self._value_of(field)
        if not isinstance(value, str):
            raise self._wrong_field(field, "must be text in quotes.")
        if UNSAFE.search(value):
            raise self._wrong_field(field, "has control characters or broken Unicode in it.")
        if len(value) > most:
            raise self._wrong_field(field, f"is longer than {most} characters.")
        if not (empty or value.strip()):
            raise self._wrong_field(field, "is empty.")
        return value.strip()

    def line(self) -> tuple[str, str]:
        """Return the line's number (E.164) and its country."""
        line, region = _parse_number(self._text_of("line"), None)
        if not line:
            raise self._wrong_field("line", "isn't a telephone number with its country code.")
        return line, region

    def caller(self, region: str) -> str:
        """Return the other party's number (E.164); empty if it was withheld."""
        written = self._text_of("caller", empty=True)
        if written.lower() in WITHHELD:
            return ""
        caller, _ = _parse_number(written, region)
        if not caller:
            raise self._wrong_field("caller", "isn't a telephone number.")
        return caller

    def direction(self) -> Direction:
        """Return whether the call came in or went out."""
        written = self._text_of("direction")
        if written not in ("incoming", "outgoing"):
            raise self._wrong_field("direction", "must be incoming or outgoing.")
        return cast("Direction", written)

    def email(self) -> str:
        """Return the operator's e-mail address."""
        written = self._text_of("operator.email", most=254)
        try:
            email_key(written, Identity())
        except ValueError as why:
            raise self._wrong_field("operator.email", "isn't an e-mail address.") from why
        return written

    def _read_department(self) -> str:
        written = self._text_of("department")
        if written not in self._departments:
            raise self._wrong_field("department", "isn't a department that the policy covers.")
        return written

    def started(self) -> datetime:
        """Return when the call began (aware)."""
        written = self._text_of("started")
        try:
            started = datetime.fromisoformat(written)
        except ValueError as why:
            raise self._wrong_field("started", "isn't a date and time in ISO 8601.") from why
        if started.tzinfo is None:
            raise self._wrong_field("started", "has no offset from UTC, so I can't tell the exact time.")
        if not 2000 <= started.year < 2100:
            raise self._wrong_field("started", "isn't in this century.")
        return started

    def _read_duration(self) -> float:
        value = self._value_of("duration")
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self._wrong_field("duration", "must be a number without quotes.")
        if not 0 < value <= _LONGEST_CALL:
            raise self._wrong_field("duration", "must be seconds: more than 0, at most one day.")
        return float(value)


def _one_of_words(words: Collection[str]) -> str:
    *others, last = (f'"{word}"' for word in sorted(words))
    return f"{', '.join(others)} or {last}" if others else last


@lru_cache(maxsize=1024)
def _parse_number(written: str, region: str | None) -> tuple[str, str]:
    """Return the number (E.164) and its country; two empty strings if it can't be a phone number."""
    try:
        number = phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException:
        return "", ""
    if not phonenumbers.is_possible_number(number):
        return "", ""
    region = phonenumbers.region_code_for_country_code(number.country_code or 0)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), region


def stamp_part(*facts: object) -> str:
    """Return one file's part of a stamp, made of the facts that tell it from another."""
    return blake2b(repr(facts).encode(), digest_size=10).hexdigest()


def join_stamp(audio: str, sidecar: str, *more: str) -> str:
    """Return the stamp of audio and metadata (empty without); `more` covers anything else that describes them."""
    return ".".join((audio, sidecar, *more))


def split_stamp(stamp: str) -> tuple[str, str]:
    """Return the stamp's part for the audio, and the one for the metadata."""
    audio, sidecar, *_ = (*stamp.split("."), "")
    return audio, sidecar


def stamp_change(stamp: str) -> str:
    """Return the stamp's third part; for files it says when the disk last saw them change."""
    return (*stamp.split("."), "", "", "")[2]


def require_same_files(native_id: str, stamp: str, audio: str = "", sidecar: str = "") -> None:
    """Raise `Changed` if the audio or metadata there now differ from those of the stamp; empty means not there."""
    if any(now not in ("", was) for now, was in zip((audio, sidecar), split_stamp(stamp), strict=True)):
        raise Changed(native_id)
