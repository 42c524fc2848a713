"""One person stays one person however an address is written; numbers are masked, and found by any part."""

import pytest

from handlers.rules.identity import Identity, email_key, looks_like
from handlers.rules.phone import digits_to_find, meant_number
from tests.each import each

RULES = Identity(
    same_domains={"googlemail.com": "gmail.com", "straße.example": "strasse.example"},
    ignores_dots=frozenset({"googlemail.com"}),
    ignores_plus_tags=frozenset({"fernhill.example", "gmail.com"}),
)


@each(
    ("written", "key"),
    [
        (" Tara@FernHill.Example ", "tara@fernhill.example"),
        ("TARA+calls@fernhill.example", "tara@fernhill.example"),
        ("ｔａｒａ＠fernhill．example", "tara@fernhill.example"),
        ("a.n.na+x+y@googlemail.com", "anna@gmail.com"),
        ("a.nna+x@other.example", "a.nna+x@other.example"),
        ("jörg@Bücher.example", "jörg@xn--bcher-kva.example"),
        ("x@straße.example", "x@strasse.example"),
        ("\N{KELVIN SIGN}im@fernhill.example", "kim@fernhill.example"),
        ("\N{LATIN SMALL LETTER J WITH CARON}an@fernhill.example", "ǰan@fernhill.example"),
        ("νικος.π@fernhill.example", "νικοσ.π@fernhill.example"),
        ("ΝΙΚΟΣ@fernhill.example", "νικοσ@fernhill.example"),
        ("STRAU\N{LATIN CAPITAL LETTER SHARP S}@fernhill.example", "strauß@fernhill.example"),
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
            "a@fern!hill.example",
        ),
        *(
            "x" * 65 + "@fernhill.example",
            "x" * 64 + "@" + ("y" * 60 + ".") * 3 + "example",
            "x@" + "y." * 130 + "example",
        ),
    ],
)
def test_what_is_no_address_is_refused_with_a_remedy(written: str) -> None:
    with pytest.raises(ValueError, match=r"isn't an e-mail address\. Write it like name@example\.com\.") as refusal:
        email_key(written, RULES)
    assert len(str(refusal.value)) < 160


@each(
    ("typed", "digits"),
    [
        ("0412 345", "412345"), ("+61 (0)412", "61412"), ("+44(0)20 3695", "44203695"), ("(02) 8197-9000", "281979000"),
        ("０４１２ ３４５", "412345"), ("0061 0412", "61412"), ("0011 61 412", "61412"), ("011 44 20", "4420"),
        ("+39 06 698", "3906698"), ("1-212", "1212"),
    ],
)  # fmt: skip
def test_digits_of_a_part_in_any_usual_writing(typed: str, digits: str) -> None:
    assert digits_to_find(typed) == digits


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


@each(
    ("domain", "same"),
    [("fernhi11.example", True), ("fernhlll.example", True), ("femhill.example", True), ("oak.example", False)],
)
def test_p8_a_domain_that_looks_like_the_companys_is_told_apart_from_another(domain: str, same: bool) -> None:
    assert looks_like(domain, "fernhill.example") is same
