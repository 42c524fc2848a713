"""One person stays one person, however an address is written; and only members may act."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from handlers.policy import Policy
from handlers.rules.identity import STANDINGS, Identity, domain_key, email_key, may_act
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


@settings(deadline=None)
@given(st.text(max_size=80) | st.emails() | st.tuples(st.text(max_size=30), st.text(max_size=30)).map("@".join))
def test_the_normal_form_is_its_own_normal_form(written: str) -> None:
    try:
        key = email_key(written, RULES)
    except ValueError:
        return
    assert email_key(key, RULES) == key


@settings(deadline=None)
@given(
    st.from_regex(r"[a-z]{1,8}(\.[a-z]{1,8})?", fullmatch=True),
    st.sampled_from(["gmail.com", "googlemail.com", "fernhill.example", "other.example"]),
    st.sampled_from([str.upper, str.title, str.swapcase, lambda text: f" {text} "]),
)
def test_case_and_blanks_never_make_a_second_person(local: str, domain: str, change: object) -> None:
    assert callable(change)
    assert email_key(change(f"{local}@{domain}"), RULES) == email_key(f"{local}@{domain}", RULES)


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


def test_the_shipped_policy_knows_one_person_by_one_key(policy: Policy) -> None:
    assert policy.key("Tara.Lindqvist+audit@FERNHILL.example") == policy.role("team_leader").holder


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
