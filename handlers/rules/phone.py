"""Telephone numbers as people write and see them: masked for the eye, reduced to digits for a search."""

import re
import unicodedata
from collections.abc import Iterable

import phonenumbers

_WRITTEN = re.compile(r"\+?[0-9 ()./-]*[0-9][0-9 ()./-]*")
_ABROAD = re.compile(r"^ *(\+|0011|00|011(?=[^0-9]))")  # 0011 in Australia, 011 in North America
_TRUNK_AFTER_COUNTRY = re.compile(r"^[^0-9]*([0-9]{1,3})[^0-9]+0")
DASHES = dict.fromkeys(map(ord, "‐‑‒–—−"), "-")


def mask_number(e164: str) -> str:
    """Return the last three digits, such as “•••• 678”, for those who need no more; says when it was withheld."""
    digits = re.sub(r"[^0-9]", "", e164)
    if not digits:
        return "number withheld"
    return f"•••• {digits[-3:]}" if len(digits) > 6 else "••••"


def written_number(e164: str) -> str:
    """Return a number as people write it from abroad, such as “+61 2 8197 9000”."""
    return phonenumbers.format_number(phonenumbers.parse(e164), phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def digits_to_find(query: str) -> str | None:
    """Return the digits to look for within an E.164 number, or None when this is no part of a number.

    Takes any usual writing. What is dialled but is no part of the number is dropped: the international prefix (00,
    0011, 011) and the trunk 0, also behind a country code ("+61 (0)412").
    """
    text = unicodedata.normalize("NFKC", query).translate(DASHES).strip()
    if not _WRITTEN.fullmatch(text):
        return None
    bare = _ABROAD.sub("", text)
    if bare != text or "(0)" in text:
        bare = _without_trunk(bare)
    digits = re.sub(r"[^0-9]", "", bare)
    return (digits if bare != text else digits.removeprefix("0")) or None


def meant_number(typed: str, numbers: Iterable[str]) -> str | None:
    """Return the one of these numbers (E.164) that was typed, in any usual form; None unless exactly one fits."""
    digits = digits_to_find(typed)
    found = [number for number in numbers if digits in _digit_spellings(number)]
    return found[0] if len(found) == 1 else None


def read_whole_number(typed: str, regions: Iterable[str]) -> str:
    """Return a whole number as E.164, in any usual writing; one without country code is taken to be of one of the
    regions (ISO 3166). Raises `ValueError` with a sentence for what is no number, and where the regions leave open
    which one it is.
    """
    text = unicodedata.normalize("NFKC", typed).translate(DASHES).strip()
    if not _WRITTEN.fullmatch(text):
        raise ValueError("This isn’t a telephone number. Write it with its country code, like +61 412 345 678.")
    if _ABROAD.match(text):
        return f"+{_require_length(digits_to_find(text) or '')}"
    found = {e164 for region in regions if (e164 := _number_in_region(text, region))}
    if len(found) != 1:
        raise ValueError("I can’t tell which country this number is in. Write it like +61 412 345 678.")
    return found.pop()


def _require_length(digits: str) -> str:
    if not 8 <= len(digits) <= 15:
        raise ValueError("A number has 8 to 15 digits with its country code, like +61 412 345 678.")
    return digits


def _number_in_region(text: str, region: str) -> str:
    """Return the number in E.164, as it is dialled in this region; empty if it isn't a number there."""
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return ""
    return (
        phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        if phonenumbers.is_valid_number(number)
        else ""
    )


def _digit_spellings(e164: str) -> tuple[str, str]:
    """Return a number's digits with its country code, and without."""
    within = phonenumbers.national_significant_number(phonenumbers.parse(e164))
    return e164.removeprefix("+"), within


def _without_trunk(number: str) -> str:
    """Drop the 0 that people write after a country code, if numbers of that country have one."""
    found = _TRUNK_AFTER_COUNTRY.match(number)
    return found[1] + number[found.end() :] if found and _has_trunk(int(found[1])) else number


def _has_trunk(country: int) -> bool:
    """Return True if numbers of this country code are dialled with a 0 before them within the country."""
    region = phonenumbers.region_code_for_country_code(country)
    return str(phonenumbers.ndd_prefix_for_region(region, strip_non_digits=True)) == "0"
