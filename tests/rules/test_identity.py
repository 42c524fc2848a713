"""One person stays one person however an address is written; numbers are masked, and found by any part."""

from __future__ import annotations

import phonenumbers
import pytest
from pydantic import ValidationError

from handlers.rules.identity import STANDINGS, Identity, domain_key, email_key, may_act
from handlers.rules.phone import digits_to_find, mask_number, meant_number
from handlers.rules.refusal import Refused
from tests.each import each

RULES = Identity(
    same_domains={"googlemail.com": "gmail.com", "straße.example": "strasse.example"},
    ignores_dots=frozenset({"googlemail.com"}),
    ignores_plus_tags=frozenset({"fernhill.example", "gmail.com"}),
)


@each(
    ("written", "key"),
    [
        ("tara@fernhill.example", "tara@fernhill.example"),
        (" Tara@FernHill.Example ", "tara@fernhill.example"),
        ("TARA+calls@fernhill.example", "tara@fernhill.example"),
        ("ｔａｒａ＠fernhill．example", "tara@fernhill.example"),
        ("tara@fernhill。example", "tara@fernhill.example"),
        ("ta.ra@fernhill.example", "ta.ra@fernhill.example"),
        ("a.n.na+x+y@googlemail.com", "anna@gmail.com"),
        ("anna@gmail.com", "anna@gmail.com"),
        ("a.nna+x@other.example", "a.nna+x@other.example"),
        ("jörg@Bücher.example", "jörg@xn--bcher-kva.example"),
        ("x@STRASSE.example", "x@strasse.example"),
        ("x@straße.example", "x@strasse.example"),
        ("o'neil@fernhill.example", "o'neil@fernhill.example"),
        ("\N{KELVIN SIGN}im@fernhill.example", "kim@fernhill.example"),
        ("jo\N{COMBINING DIAERESIS}rg@fernhill.example", "jörg@fernhill.example"),
        ("\N{LATIN SMALL LETTER J WITH CARON}an@fernhill.example", "ǰan@fernhill.example"),
        ("J\N{COMBINING CARON}AN@fernhill.example", "ǰan@fernhill.example"),
        ("νικος.π@fernhill.example", "νικοσ.π@fernhill.example"),
        ("ΝΙΚΟΣ.Π@fernhill.example", "νικοσ.π@fernhill.example"),
        ("νικος@fernhill.example", "νικοσ@fernhill.example"),
        ("ΝΙΚΟΣ@fernhill.example", "νικοσ@fernhill.example"),
        ("\N{CYRILLIC SMALL LETTER ROUNDED VE}ера@fernhill.example", "вера@fernhill.example"),
        ("STRAU\N{LATIN CAPITAL LETTER SHARP S}@fernhill.example", "strauß@fernhill.example"),
        ("x@ΝΙΚΟΣ.example", "x@xn--uxachku.example"),
        ("x@BU\N{COMBINING DIAERESIS}CHER.example", "x@xn--bcher-kva.example"),
        ("x@xn--BCHER-KVA.example", "x@xn--bcher-kva.example"),
    ],
)
def test_one_normal_form(written: str, key: str) -> None:
    assert email_key(written, RULES) == key


@each(
    ("one", "other"),
    [
        ("t\N{CYRILLIC SMALL LETTER A}ra@fernhill.example", "tara@fernhill.example"),
        ("strauß@fernhill.example", "strauss@fernhill.example"),
        ("ta.ra@fernhill.example", "tara@fernhill.example"),
        ("tara+x@other.example", "tara@other.example"),
        ("x@faß.example", "x@fass.example"),
    ],
)
def test_what_mail_servers_tell_apart_are_other_people(one: str, other: str) -> None:
    """To make them one would give one the other's rights; an alphabet's look-alike above all."""
    assert email_key(one, RULES) != email_key(other, RULES)


@each(
    "written",
    [
        *("", "tara", "@", "tara@", "@fernhill.example", "a@b@fernhill.example", "tara@localhost", "tara@.example"),
        *("tara@fernhill.example.", "tara@-x.example", "tara@[127.0.0.1]", '"tara"@fernhill.example'),
        *("Tara <tara@fernhill.example>", "ta ra@fernhill.example", "tara @fernhill.example", "tara@ fernhill.example"),
        *(".tara@fernhill.example", "ta..ra@fernhill.example", "+x@fernhill.example", "tara.+x@fernhill.example"),
        *("ta\N{ZERO WIDTH SPACE}ra@fernhill.example", "tara\n@fernhill.example", "tara@fern_hill.example"),
        *(
            "tara@fern\N{NOT EQUAL TO}hill.example",
            "tara@\N{PARENTHESIZED DIGIT ONE}fernhill.example",
            "tara@fern!hill.example",
        ),
        *(
            "x" * 65 + "@fernhill.example",
            "x" * 64 + "@" + ("y" * 60 + ".") * 3 + "example",
            "x@" + "y." * 130 + "example",
            "x@" + "é" * 120 + "." + "é" * 120,
        ),
    ],
)
def test_what_is_no_address_is_refused_with_a_remedy(written: str) -> None:
    with pytest.raises(ValueError, match=r"isn't an e-mail address\. Write it like name@example\.com\.") as refusal:
        email_key(written, RULES)
    assert len(str(refusal.value)) < 160


def test_no_letter_has_two_normal_forms_by_its_case() -> None:
    """Alone, and with an accent that only its small form can be composed with."""
    for letter in (one for one in map(chr, range(0x110000)) if one.lower() != one.upper()):
        for written in (letter, f"{letter}\N{COMBINING CARON}", f"{letter}\N{COMBINING GREEK PERISPOMENI}"):
            key = _key_or_nothing(written)
            assert not key or _key_or_nothing(key.partition("@")[0]) == key, written
            small = letter.lower()
            assert len(small) != 1 or _key_or_nothing(written.lower()) == key, written


def _key_or_nothing(local: str) -> str:
    try:
        return email_key(f"{local}@other.example", RULES)
    except ValueError:
        return ""


def test_a_domain_that_is_none_is_refused_with_a_remedy() -> None:
    with pytest.raises(ValueError, match=r"isn't a mail domain\. Write it like example\.com\."):
        domain_key("fernhill")


@each("names", [{"a.example": "b.example", "b.example": "c.example"}, {"a.example": "a.example"}])
def test_other_names_of_a_domain_go_one_step(names: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="has another name itself"):
        Identity(same_domains=names)


def test_a_member_may_act() -> None:
    may_act("member")


@each("standing", ["guest", "foreign", "deactivated", "bot", "ambiguous", "absent"])
def test_nobody_else_may_act(standing: str) -> None:
    with pytest.raises(Refused, match="Please") as refusal:
        may_act(standing)
    assert refusal.value.code == standing
    assert standing in STANDINGS


def test_a_standing_that_nobody_knows_may_not_act() -> None:
    with pytest.raises(Refused, match="I can't tell who you are") as refusal:
        may_act("owner")
    assert refusal.value.code == "unknown"
    assert {"unknown", "nobody"} < STANDINGS


@each(
    ("number", "seen"),
    [
        ("+61412345678", "•••• 678"),
        ("+442036953777", "•••• 777"),
        ("", "number withheld"),
        ("+123456", "••••"),
        ("+1234567", "•••• 567"),
    ],
)
def test_only_the_last_three_digits_are_seen(number: str, seen: str) -> None:
    assert mask_number(number) == seen


@each(
    ("typed", "digits"),
    [
        ("0412 345", "412345"),
        ("+61 (0)412", "61412"),
        ("61 (0)412", "61412"),
        ("+61 0412 345", "61412345"),
        ("+44(0)20 3695", "44203695"),
        ("61412", "61412"),
        ("020 3695", "203695"),
        ("(02) 8197-9000", "281979000"),
        ("02.8197.9000", "281979000"),
        ("02 8197–9000", "281979000"),
        ("０４１２ ３４５", "412345"),
        ("345 678", "345678"),
        ("  678 ", "678"),
        ("0061 412", "61412"),
        ("0061 0412", "61412"),
        ("0011 61 412", "61412"),
        ("011 44 20", "4420"),
        ("0114 496", "114496"),
        ("+39 06 698", "3906698"),
        ("+999 (0)12", "999012"),
        ("1-212", "1212"),
    ],
)
def test_digits_of_a_part_in_any_usual_writing(typed: str, digits: str) -> None:
    assert digits_to_find(typed) == digits


FORMATS = (
    phonenumbers.PhoneNumberFormat.E164,
    phonenumbers.PhoneNumberFormat.INTERNATIONAL,
    phonenumbers.PhoneNumberFormat.NATIONAL,
)
REGIONS = ("AU", "NZ", "GB", "IE", "FR", "DE", "IT", "ES", "NL", "US", "CA")


@each("region", REGIONS)
@each("kind", [phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE])
@each("written", FORMATS)
def test_a_whole_number_of_the_served_regions_is_found_however_it_is_written(
    region: str, kind: int, written: int
) -> None:
    """P4: Australia, New Zealand, UK, Europe, North America; examples from the numbering plans."""
    number = phonenumbers.example_number_for_type(region, kind)
    assert number is not None
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    digits = digits_to_find(phonenumbers.format_number(number, written))
    assert digits is not None and digits in e164


LINES = ("+61281979000", "+442036953777")


@each(
    ("typed", "line"),
    [
        ("+61 2 8197 9000", LINES[0]), ("+61281979000", LINES[0]), ("61281979000", LINES[0]), ("(02) 8197-9000", LINES[0]),
        ("+61 (0)2 8197 9000", LINES[0]), ("0061 2 8197 9000", LINES[0]), (" +61\N{NO-BREAK SPACE}2 8197 9000 ", LINES[0]),
        ("+44 20 3695 3777", LINES[1]), ("020 3695 3777", LINES[1]), ("", None), ("9000", None), ("+61 2 8197 9001", None),
        ("all", None), ("+44 20 3695 37777", None),
    ],
)  # fmt: skip
def test_p4_a_line_is_known_in_any_usual_writing_and_only_whole(typed: str, line: str | None) -> None:
    assert meant_number(typed, LINES) == line


def test_p4_a_number_that_two_countries_have_wants_its_country_code() -> None:
    lines = ("+61281979000", "+64281979000")
    assert meant_number("02 8197 9000", lines) is None
    assert meant_number("+64 2 8197 9000", lines) == lines[1]
