"""Numbers and CRM references that somebody told, held against the calls that were chosen: what differs is said, and refused nothing (P8)."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import phonenumbers

from .reference import compact, written_in


def other_numbers(told: str, regions: Iterable[str], callers: Collection[str]) -> tuple[str, ...]:
    """Whole telephone numbers (E.164) in these words that no caller has; one without country code may be of any of the regions."""
    found: dict[str, list[str]] = {}
    for region in dict.fromkeys(regions):
        for match in phonenumbers.PhoneNumberMatcher(told, region):
            written = phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)
            found.setdefault(match.raw_string, []).append(written)
    others = (readings[0] for readings in found.values() if not set(readings) & set(callers))
    return tuple(dict.fromkeys(others))


def other_references(told: str, pattern: str | None, references: Collection[str]) -> tuple[str, ...]:
    """CRM references in these words that none of the calls has; none where the policy does not say how one looks."""
    known = {compact(one) for one in references}
    return tuple(one for one in written_in(told, pattern) if compact(one) not in known)
