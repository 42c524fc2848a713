"""Metadata files, sound and hostile: each flaw is a sentence with the file, the field and the remedy."""

import json
from typing import Any

import pytest

from bot.ports import Sighting
from bot.recorders.sidecar import MOST_BYTES, AudioFile, MetadataError, read_sighting
from tests.each import each

from .benches import PLAIN, as_sidecar

FILE = AudioFile("calls/one.mp3", "audio/mpeg", 10, "a stamp")
Metadata = dict[str, object]


def read(found: object) -> Sighting:
    return read_sighting(FILE, json.dumps(found).encode())


def flaw(content: bytes) -> str:
    with pytest.raises(MetadataError) as caught:
        read_sighting(FILE, content)
    return str(caught.value)


def with_field(field: str, value: object = None, *, gone: bool = False) -> Metadata:
    """Sound metadata but for one field."""
    found: Any = as_sidecar(PLAIN)
    *outer, last = field.split(".")
    place = found[outer[0]] if outer else found
    place[last] = value
    if gone:
        del place[last]
    return found  # type: ignore[no-any-return]


FIELDS = ("line", "direction", "caller", "department", "started", "duration", "crm", "operator.name", "operator.email")


@each(
    ("line", "caller", "e164"),
    [
        ("+61 2 8197 9000", "0491 570 156", "+61491570156"),
        ("+61 2 8197 9000", "(02) 5550 1234", "+61255501234"),
        ("+61 2 8197 9000", "+44 20 7946 0123", "+442079460123"),
        ("+61 2 8197 9000", "0011 44 20 7946 0123", "+442079460123"),
        ("+44 20 3695 3777", "020 7946 0123", "+442079460123"),
        ("+44 20 3695 3777", "07700 900123", "+447700900123"),
        ("+44 20 3695 3777", "+44 (0)20 7946 0123", "+442079460123"),
        ("+44 20 3695 3777", "00 61 491 570 156", "+61491570156"),
        ("+44 20 3695 3777", "tel:+33-1-99-00-12-34", "+33199001234"),
    ],
)
def test_a_caller_is_read_as_one_writes_in_the_lines_country(line: str, caller: str, e164: str) -> None:
    assert read(as_sidecar(PLAIN) | {"line": line, "caller": caller}).caller == e164


@each("caller", ["", " ", "anonymous", "Anonymous", "WITHHELD", "unknown", "private"])
def test_a_withheld_number_is_none(caller: str) -> None:
    assert read(with_field("caller", caller)).caller == ""


@each(
    ("field", "value", "says"),
    [
        ("line", "", '"line" is empty. Write it like this: "+61 2 8197 9000".'),
        ("line", "02 8197 9000", '"line" isn\'t a telephone number with its country code.'),
        ("line", 61281979000, '"line" must be text in quotes.'),
        ("direction", "inbound", '"direction" must be incoming or outgoing. Write it like this: "incoming" or'),
        ("caller", "12", '"caller" isn\'t a telephone number.'),
        ("caller", "sip:anna", '"caller" isn\'t a telephone number.'),
        ("caller", None, '"caller" must be text in quotes.'),
        ("operator", "Anna Quill", '"operator" must be an object in curly brackets.'),
        ("operator", [], '"operator" must be an object in curly brackets.'),
        ("operator.name", "  ", '"operator.name" is empty.'),
        ("operator.name", "A" * 201, '"operator.name" is longer than 200 characters.'),
        ("operator.name", "Anna\u0000", '"operator.name" has control characters or broken Unicode in it.'),
        ("operator.name", "Anna \ud83d", '"operator.name" has control characters or broken Unicode in it.'),
        ("operator.email", "anna.quill", '"operator.email" isn\'t an e-mail address.'),
        ("operator.email", "anna@fernhill.example, ruth@fernhill.example", '"operator.email" isn\'t an e-mail'),
        (
            "department",
            "marketing",
            '"department" isn\'t a department that the policy covers. Write it like this: "accounts_',
        ),
        ("started", "2026-11-23T10:15:00", '"started" has no offset from UTC, so I can\'t tell the exact time.'),
        ("started", "2026-11-23", '"started" has no offset from UTC'),
        *(
            ("started", one, '"started" isn\'t a date and time in ISO 8601.')
            for one in ("23/11/2026 10:15", "2026-02-30T10:15:00+11:00")
        ),
        *(
            ("started", one, '"started" isn\'t in this century.')
            for one in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00")
        ),
        ("started", 1795389300, '"started" must be text in quotes.'),
        *(("duration", one, '"duration" must be a number without quotes.') for one in ("184.2", True)),
        *(
            ("duration", one, '"duration" must be seconds: more than 0, at most one day.')
            for one in (0, -3, 184_200, 10**400, float("inf"), float("nan"))
        ),
        ("crm", "C" * 101, '"crm" is longer than 100 characters.'),
        ("crm", 10442, '"crm" must be text in quotes.'),
    ],
)
def test_a_wrong_value_is_a_sentence(field: str, value: object, says: str) -> None:
    said = flaw(json.dumps(with_field(field, value)).encode())
    assert said.startswith(f"calls/one.json: {says}")
    assert said.endswith(".")


@each("field", [*FIELDS, "operator"])
def test_a_missing_field_is_named_with_an_example(field: str) -> None:
    said = flaw(json.dumps(with_field(field, gone=True)).encode())
    assert said.startswith(f'calls/one.json: "{field}" is missing. Write it like this: ')


@each(
    ("content", "says"),
    [
        (b"", "isn't valid JSON, and may be only half written."),
        (b"{", "isn't valid JSON"),
        (b"[" * 60_000, "isn't valid JSON"),
        (b'{"duration": ' + b"9" * 5_000 + b"}", "isn't valid JSON"),
        (b"\xff\xfe{\x00}\x00", "isn't UTF-8 text."),
        (b"[]", "must hold one JSON object, in curly brackets."),
        (b"null", "must hold one JSON object"),
        (b" " * (MOST_BYTES + 1), "is longer than 65,536 bytes."),
    ],
)
def test_what_is_no_object_is_a_sentence(content: bytes, says: str) -> None:
    assert flaw(content).startswith(f"calls/one.json: it {says}")


def test_a_file_cut_anywhere_is_never_half_believed() -> None:
    whole = json.dumps(as_sidecar(PLAIN)).encode()
    for end in range(len(whole)):
        assert flaw(whole[:end])


def test_no_value_is_quoted_since_it_may_be_a_customers() -> None:
    for field, secret in (("caller", "0x9Zsecret"), ("operator.email", "Zsecret"), ("department", "Zsecret")):
        assert "secret" not in flaw(json.dumps(with_field(field, secret)).encode())
