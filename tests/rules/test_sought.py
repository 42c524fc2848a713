"""P7: what somebody types is read as numbers, references, names, days and places, whatever the writing."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from hypothesis import given
from hypothesis import strategies as st

from handlers.policy import Policy
from handlers.rules.places import Place, places
from handlers.rules.sought import Search, codes, query
from tests.each import each

NOW = datetime(2026, 11, 26, 3, tzinfo=UTC)  # Thursday, 14:00 in Sydney
SYDNEY, AU, UK = "Australia/Sydney", "+61281979000", "+442036953777"
TUESDAY = (date(2026, 11, 24), date(2026, 11, 24))
LAST_WEEK = (date(2026, 11, 16), date(2026, 11, 22))
AT = (time(16, 10), time(16, 30, 59))
REFERENCE = (Search(("#cs10442.",)), Search(("#cs10442",)))


def read(policy: Policy, typed: str, *names: str) -> tuple[Search, ...]:
    """Every way to read it."""
    return query(policy, typed, NOW, SYDNEY, frozenset(names))


@each(
    "typed",
    [
        "+61412345678", "61412345678", "+61 412 345 678", "+61 (0)412 345 678", "0011 61 412 345 678", "0061 412 345 678",
        "+61-412-345-678", "٦١٤١٢٣٤٥٦٧٨", "\u200f+٦١ ٤١٢ ٣٤٥ ٦٧٨", "the number +61 412 345 678",
    ],
)  # fmt: skip
def test_a_number_with_its_country_in_every_usual_writing(policy: Policy, typed: str) -> None:
    assert read(policy, typed) == (Search(("61412345678",)),)


@each(
    "typed",
    [
        "0412345678", "412345678", "0412 345 678", "(0412) 345-678", "０４１２ ３４５ ６７８", "0412.345.678", "०४१२ ३४५ ६७८",
        "۰۴۱۲ ۳۴۵ ۶۷۸", "the call from 0412 345 678",
    ],
)  # fmt: skip
def test_a_number_without_it(policy: Policy, typed: str) -> None:
    assert read(policy, typed) == (Search(("412345678",)),)


@each(
    "typed", ["•••• 156", "••••156", "****156", "... 156", "…156", "xxx156", "ends in 156", "ending with 156", "×××156"]
)
def test_what_cards_show_of_a_number_is_its_end(policy: Policy, typed: str) -> None:
    assert read(policy, typed) == (Search(("156;",)),)


@each(
    "typed",
    ["CS10442", "cs10442", "CS-10442", "cs 10442", "Cs-10442", "ref CS10442", "reference: cs-10442", "CS-10442,"],
)
def test_a_reference_in_every_writing_is_meant_whole_before_others_that_begin_so(policy: Policy, typed: str) -> None:
    assert read(policy, typed) == REFERENCE


def test_behind_a_hash_stands_a_reference_or_its_end(policy: Policy) -> None:
    for typed in ("#10442", "# 10442"):
        assert read(policy, typed) == (Search(("#10442.",)), Search(("#10442",)), Search(("10442.",)))


def test_without_a_pattern_letters_and_digits_are_looked_for_apart(policy: Policy) -> None:
    open_one = policy.model_copy(update={"company": policy.company.model_copy(update={"crm_pattern": None})})
    assert read(open_one, "cs 10442") == (Search(("10442",), ("cs",)),)
    assert read(open_one, "cs-10442") == (Search((), ("cs", "10442")),)


@each(
    ("typed", "found"),
    [
        ("", Search()), ("  ", Search()), ("the calls", Search()), ("10442", Search(("10442",))), ("4", Search(("4",))), ("0/0", Search(("0",))),
        ("345 678", Search(("345678",))), ("Anna  Quill", Search((), ("anna", "quill"))), ("Quill, Anna", Search((), ("quill", "anna"))),
        ("“Quill”", Search((), ("quill",))), ("O'Brien", Search((), ("obrien",))), ("José", Search((), ("jose",))),
        ("STRASSE ﬁ", Search((), ("strasse", "fi"))), ("100%", Search(("100",))), ("abc12", Search((), ("abc12",))),
        ("tues", Search(days=TUESDAY)), ("24.11.", Search(days=TUESDAY)), ("last week", Search(days=LAST_WEEK)),
        ("Anna tuesday", Search((), ("anna",), TUESDAY)), ("24/11 345 678", Search(("345678",), (), TUESDAY)),
        ("outgoing", Search(direction="outgoing")), ("inbound", Search(direction="incoming")), ("calls incoming outgoing", Search()),
        ("London", Search(place=Place(frozenset({UK})))), ("new zealand", Search(place=Place(frozenset({AU})))),
        ("Australia and New Zealand", Search(place=Place(frozenset({AU})))), ("Sydney or London", Search(place=Place(frozenset({AU, UK})))),
        ("02 8197 9000", Search(place=Place(frozenset({AU})))), ("+44 20 3695 3777", Search(place=Place(frozenset({UK})))),
        ("billing", Search(place=Place(departments=frozenset({"accounts_billing"})))),
        ("customer success", Search(place=Place(departments=frozenset({"customer_success"})))),
        ("sales outgoing london last week quill", Search((), ("quill",), LAST_WEEK, "outgoing", Place(frozenset({UK}), frozenset({"sales"})))),
    ],
)  # fmt: skip
def test_what_is_typed_is_read(policy: Policy, typed: str, found: Search) -> None:
    assert read(policy, typed) == (found,)


@each(
    ("typed", "found"),
    [
        ("Tue 24 Nov, 16:20 Sydney · Anna Quill", Search((), ("anna", "quill"), TUESDAY, place=Place(frozenset({AU})), hours=AT)),
        ("16:20", Search(hours=AT)), ("tuesday morning", Search(days=TUESDAY, hours=(time(0), time(12)))), ("morning", Search((), ("morning",))),
        ("novemeber", Search(days=(date(2026, 11, 1), date(2026, 11, 26)))), ("withheld", Search(withheld=True)),
        ("number withheld yesterday", Search(days=(date(2026, 11, 25),) * 2, withheld=True)), ("no number", Search(withheld=True)),
        ("Anna's call", Search((), ("anna",))), ("anna.quill@fernhill.example", Search((), ("anna", "quill"))), ("Mr Quill", Search((), ("quill",))),
        ("quill quill", Search((), ("quill",))), ("case 10442", Search(("10442",))), ("24 nov 26", Search(days=TUESDAY)),
        ("31 november", Search(("31",), ("november",))),
    ],
)  # fmt: skip
def test_what_people_type_beside_is_read(policy: Policy, typed: str, found: Search) -> None:
    assert read(policy, typed) == (found,)


def test_each_of_several_references_is_meant(policy: Policy) -> None:
    assert read(policy, "CS-10442, CS-10439")[:2] == (Search(("#cs10442.",)), Search(("#cs10439.",)))


@each("typed", ["_", "%", "'; --", "\0", "\ud83d", "\\", "🙂", "\u200b"])
def test_what_nobody_can_look_for_is_no_search_for_any_call(policy: Policy, typed: str) -> None:
    assert read(policy, typed) == ()


@each(
    ("typed", "first", "then"),
    [
        ("May", Search((), ("may",)), Search(days=(date(2026, 5, 1), date(2026, 5, 31)))),
        ("sun 24/11", Search((), ("sun",), TUESDAY), Search(days=TUESDAY, words=("sun",))),
        ("London outgoing", Search((), ("london",), None, "outgoing"), Search(direction="outgoing", place=Place(frozenset({UK})))),
        ("will 345", Search(("345",), ("will",)), Search(("345",))),
    ],
)  # fmt: skip
def test_a_word_that_is_somebodys_name_is_a_name_first(policy: Policy, typed: str, first: Search, then: Search) -> None:
    assert tuple(dict.fromkeys((first, then))) == read(policy, typed, "may", "sun", "london", "will", "anna")


def test_a_name_that_is_a_small_word_does_not_stand_for_every_call(policy: Policy) -> None:
    assert read(policy, "will", "will") == (Search((), ("will",)),)
    assert read(policy, "will") == read(policy, "the") == ()
    assert read(policy, "the recent calls") == (Search(),)


def test_today_is_the_day_of_the_reader(policy: Policy) -> None:
    late = datetime(2026, 11, 24, 20, tzinfo=UTC)
    assert query(policy, "today", late, SYDNEY)[0].days == (date(2026, 11, 25),) * 2
    assert query(policy, "today", late, "Europe/London")[0].days == (date(2026, 11, 24),) * 2


def test_only_the_beginning_of_a_long_text_is_read(policy: Policy) -> None:
    [found] = read(policy, " ".join(f"ab{chr(97 + one % 26)}{chr(97 + one // 26)}" for one in range(200)))
    assert len(found.words) == 20


@given(typed=st.text(max_size=300))
def test_anything_can_be_typed(policy: Policy, typed: str) -> None:
    for found in read(policy, typed, "may", "will"):
        assert all(word == word.strip() and word for word in found.words)
        assert all(part.strip("#;.") for part in found.parts)


def test_countries_that_people_leave_out(policy: Policy) -> None:
    assert codes(policy) == ("44", "61")


def test_several_lines_of_one_city_are_all_meant(policy: Policy) -> None:
    second = policy.lines[UK].model_copy(update={"label": "Sales"})
    both = policy.model_copy(update={"lines": {**policy.lines, "+442079460000": second}})
    assert places(both)["london"] == Place(frozenset({UK, "+442079460000"}))
    assert places(both)["sales"] == Place(frozenset({"+442079460000"}), frozenset({"sales"}))
