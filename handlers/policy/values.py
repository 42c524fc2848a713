"""The single values that policy.yaml is made of: each type checks itself and says how to fix it."""

import difflib
import re
import unicodedata
from collections.abc import Iterable
from datetime import date, time
from typing import Annotated, Literal, get_args
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

import phonenumbers
from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from handlers.rules.identity import Identity, email_key

Path = tuple[str | int, ...]
"""The way to a value in policy.yaml: keys, and places in lists from 0."""

ClauseId = Literal["P1", "P2", "P3", "P4", "P5", "P6", "P7", "P8", "P9", "P10", "P11", "P12", "P13", "P14"]
DepartmentKey = Literal["sales", "customer_success", "accounts_billing"]
RoleName = Literal["team_leader", "head_of_customer_success", "manager_human_resources", "breach_fallback"]
ReasonKey = Literal[
    "training", "performance", "abuse_protection", "complaint", "process_quality", "transcription_check", "crime",
    "legal_claim",
]  # fmt: skip
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


_NUMBER = re.compile(r"[-+]?[.,\d][\d._,]*(e[-+]?\d+)?|[-+]?\.?(inf|nan)", re.IGNORECASE)
MISSING = "This is missing. Write it here, as the policy.yaml that comes with the bot does."


class Flaws(ValueError):
    """Several faults in a part of the policy, each with its path from the part that raises it."""

    def __init__(self, found: Iterable[tuple[Path, str]]) -> None:
        self.found = tuple(found)
        super().__init__(" ".join(sentence for _, sentence in self.found))


def shown_value(value: object) -> str:
    """Return a value as an error repeats it: never more than a line's worth."""
    text = str(value)
    return text if len(text) <= 40 else f"{text[:40]}…"


def nearest_hint(word: str, known: Iterable[str]) -> str:
    """Return “ Did you mean …?” with a space before it, or empty if no known word is near."""
    near = difflib.get_close_matches(word, list(known), n=1)
    return f" Did you mean “{near[0]}”?" if near else ""


def no_such_key(key: str, known: Iterable[str]) -> str:
    """Return the sentence about an unknown key among these known ones."""
    advice = nearest_hint(key, known) or " Delete it, or look it up in the policy.yaml that comes with the bot."
    return f"There is no such key.{advice}"


def number_key(number: str) -> str:
    """Return a telephone number with its country code in E.164, like +61281979000; raises `ValueError` with what is
    wrong.
    """
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        parsed = phonenumbers.PhoneNumber()
    if not phonenumbers.is_valid_number(parsed):
        raise ValueError(
            f"“{shown_value(number)}” isn't a telephone number. Write it with its country code, like +61 2 8197 9000."
        )
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def _check_web_address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme == "http":
        raise ValueError(f"“{shown_value(text)}” must begin with https://. Write it like https://example.com/privacy.")
    if text and (parts.scheme != "https" or not parts.hostname or any(map(str.isspace, text))):
        raise ValueError(f"“{shown_value(text)}” isn't a web address. Write it like https://example.com/privacy.")
    return text


def _check_email(text: str) -> str:
    """Return an address unchanged, once it is known to be one: its normal form needs the company's `identity`."""
    email_key(text, Identity())
    return text


def _time_zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (ValueError, KeyError, OSError):
        advice = nearest_hint(name, available_timezones()) or " Write it like Australia/Sydney."
        raise ValueError(f"“{shown_value(name)}” isn't a time zone that I know.{advice}") from None


def _check_region(code: str) -> str:
    if code.upper() not in phonenumbers.SUPPORTED_REGIONS:
        raise ValueError(f"“{shown_value(code)}” isn't the two-letter code of a country. Write it like AU or GB.")
    return code.upper()


def _read_clock(value: object) -> time:
    found = re.fullmatch(r"([01]?[0-9]|2[0-3])[:.]([0-5][0-9])", str(value).strip())
    if found is None:
        raise ValueError(f"“{shown_value(value)}” isn't a time of day. Write it like 17:00.")
    return time(int(found[1]), int(found[2]))


def as_day(value: object) -> date:
    """Return the day that people wrote, year first; raises `ValueError` with a sentence that says how to write it."""
    try:
        return date.fromisoformat(str(value).strip())
    except ValueError:
        raise ValueError(f"“{shown_value(value)}” isn't a day. Write year, month and day, like 2026-12-24.") from None


def _check_pattern(text: str) -> str:
    """Return the pattern; raises `ValueError` if it can't be read, or would match an empty text."""
    try:
        blank = re.fullmatch(text, "") is not None
    except re.error as wrong:
        raise ValueError(f"“{shown_value(text)}” can't be read: {wrong.msg}. Write it like CS-[0-9]+.") from None
    if blank:
        raise ValueError(f"“{shown_value(text)}” matches an empty text. Write it like CS-[0-9]+.")
    return text


def _require_visible(text: str) -> str:
    if all(unicodedata.category(sign)[0] in "CZ" for sign in text):
        raise ValueError("Nothing visible is written here. Write a text.")
    return text


def _refuse_number(text: str) -> str:
    if _NUMBER.fullmatch(text):
        raise ValueError(f"“{shown_value(text)}” is a number. Write a text with words.")
    return text


Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1), AfterValidator(_require_visible)]
"""A text that may also be a number, such as the name of a calendar."""
Text = Annotated[Word, AfterValidator(_refuse_number)]
"""A text for people, so never just a number."""
Label = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=75),
    AfterValidator(_require_visible),
    AfterValidator(_refuse_number),
]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Web = Annotated[str, AfterValidator(_check_web_address)]
Address = Annotated[str, AfterValidator(_check_email)]
TimeZone = Annotated[str, AfterValidator(_time_zone)]
Pattern = Annotated[Label, AfterValidator(_check_pattern)]
Region = Annotated[str, AfterValidator(_check_region)]
Number = Annotated[str, AfterValidator(number_key)]
Clock = Annotated[time, BeforeValidator(_read_clock)]
Day = Annotated[date, BeforeValidator(as_day)]
Count = Annotated[int, Field(ge=1, le=1000)]


def all_of(keys: object) -> AfterValidator:
    """Return a check that a group has every key of a closed list (a Literal) and no other."""
    return _keyed_by(keys, whole=True)


def some_of(keys: object) -> AfterValidator:
    """Return a check that a group has no key but those of a closed list (a Literal)."""
    return _keyed_by(keys, whole=False)


def _keyed_by(keys: object, *, whole: bool) -> AfterValidator:
    """Return a check that a group has only keys of this closed list, and with `whole` all of them."""
    known: tuple[str, ...] = get_args(keys)

    def check(group: dict[str, object]) -> dict[str, object]:
        absent = [((key,), MISSING) for key in known if whole and key not in group]
        strange = [((key,), no_such_key(key, known)) for key in group if key not in known]
        if absent or strange:
            raise Flaws([*absent, *strange])
        return group

    return AfterValidator(check)
