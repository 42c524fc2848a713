"""What people type: numbers, references, names and days, wishes, and questions that open a page (P1, P6, P7)."""

from datetime import UTC, date, datetime, time

from handlers.policy import Policy
from handlers.rules.searching import Search, read_query
from handlers.rules.spelling import operators_called
from handlers.rules.wishes import Meant, searches_in, understand_words
from tests.each import each

NOW = datetime(2026, 11, 26, 3, tzinfo=UTC)  # Thursday, 14:00 in Sydney
SYDNEY, AU, UK = "Australia/Sydney", "+61281979000", "+442036953777"
TUESDAY = (date(2026, 11, 24), date(2026, 11, 24))
LAST_WEEK = (date(2026, 11, 16), date(2026, 11, 22))
AT = (time(16, 10), time(16, 30, 59))
REFERENCE = (Search(("#cs10442.",)), Search(("#cs10442",)))


def read(policy: Policy, typed: str, *names: str) -> tuple[Search, ...]:
    """Every way to read it."""
    return read_query(policy, typed, NOW, SYDNEY, frozenset(names))


@each(
    "typed",
    [
        "+61412345678", "61412345678", "+61 412 345 678", "+61 (0)412 345 678", "0011 61 412 345 678", "0061 412 345 678",
        "+61-412-345-678", "٦١٤١٢٣٤٥٦٧٨", "\u200f+٦١ ٤١٢ ٣٤٥ ٦٧٨", "the number +61 412 345 678",
    ],
)  # fmt: skip
def test_a_number_with_its_country_in_every_usual_writing(policy: Policy, typed: str) -> None:
    assert read(policy, typed) == (Search(("61412345678",)),)


@each("typed", ["•••• 156", "••••156", "****156", "... 156", "…156"])
def test_what_cards_show_of_a_number_is_its_end(policy: Policy, typed: str) -> None:
    assert read(policy, typed) == (Search(("156;",)),)


@each(
    "typed",
    ["CS10442", "cs10442", "CS-10442", "cs 10442", "Cs-10442", "ref CS10442", "reference: cs-10442", "CS-10442,"],
)
def test_a_reference_in_every_writing_is_meant_whole_before_others_that_begin_so(policy: Policy, typed: str) -> None:
    assert read(policy, typed) == REFERENCE


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
        ("London", Search(lines=frozenset({UK}))), ("new zealand", Search(lines=frozenset({AU}))),
        ("Australia and New Zealand", Search(lines=frozenset({AU}))), ("Sydney or London", Search(lines=frozenset({AU, UK}))),
        ("02 8197 9000", Search(lines=frozenset({AU}))), ("+44 20 3695 3777", Search(lines=frozenset({UK}))),
        ("outgoing london last week quill", Search((), ("quill",), LAST_WEEK, "outgoing", frozenset({UK}))),
    ],
)  # fmt: skip
def test_what_is_typed_is_read(policy: Policy, typed: str, found: Search) -> None:
    assert read(policy, typed) == (found,)


@each(
    ("typed", "found"),
    [
        ("Tue 24 Nov, 16:20 Sydney · Anna Quill", Search((), ("anna", "quill"), TUESDAY, lines=frozenset({AU}), hours=AT)),
        ("16:20", Search(hours=AT)), ("tuesday morning", Search(days=TUESDAY, hours=(time(), time(11, 59, 59)))), ("Anna's call", Search((), ("anna",))),
        ("anna.quill@fernhill.example", Search((), ("anna", "quill"))), ("Mr Quill", Search((), ("quill",))),
        ("quill quill", Search((), ("quill",))), ("case 10442", Search(("10442",))), ("31 november", Search(("31",), ("november",))),
    ],
)  # fmt: skip
def test_what_people_type_beside_is_read(policy: Policy, typed: str, found: Search) -> None:
    assert read(policy, typed) == (found,)


@each(
    ("typed", "first", "then"),
    [
        ("May", Search((), ("may",)), Search(days=(date(2026, 5, 1), date(2026, 5, 31)))),
        ("sun 24/11", Search((), ("sun",), TUESDAY), Search(days=TUESDAY)),
        ("London outgoing", Search((), ("london",), None, "outgoing"), Search(direction="outgoing", lines=frozenset({UK}))),
        ("will 345", Search(("345",), ("will",)), Search(("345",))),
    ],
)  # fmt: skip
def test_an_operators_name_is_a_name_first(policy: Policy, typed: str, first: Search, then: Search) -> None:
    assert tuple(dict.fromkeys((first, then))) == read(policy, typed, "may", "sun", "london", "will", "anna")


ZONE = "Australia/Sydney"


@each(
    ("words", "searches"),
    [
        ("the call with 0412 345 678 yesterday", {"0412 345 678 2026-11-25": True, "0412 345 678": False, "2026-11-25": False}),
        ("cs-10442 please", {"CS-10442": True}),
        ("the call with Mrs Hale from Tuesday's round", {"Hale 2026-11-24": True, "Hale": False, "2026-11-24": True}),
        ("the call of the day before yesterday", {"2026-11-24": True}),
        ("a call from last week", {"2026-11-16 to 2026-11-22": True}),
        ("a call about the gate", {}),
        ("CS-10443 from (0412) 345–678 this morning", {
            "(0412) 345-678 2026-11-26 morning": True, "(0412) 345-678 2026-11-26": False, "(0412) 345-678": False,
            "CS-10443 2026-11-26 morning": False, "CS-10443 2026-11-26": False, "CS-10443": False, "2026-11-26 morning": False, "2026-11-26": False,
        }),
        ("the one of •••• 156 at 4pm", {"•••• 156 at 4pm": True, "•••• 156": False, "at 4pm": False}),
    ],
)  # fmt: skip
def test_p7_what_is_looked_for_the_most_exact_first(policy: Policy, words: str, searches: dict[str, bool]) -> None:
    assert list(searches_in(policy, words, NOW, ZONE).items()) == list(searches.items())


OPERATORS = [
    ("anna.quill@f.example", "Anna Quill"), ("hannah.quinn@f.example", "Hannah Quinn"), ("jose.alvarez@f.example", "José Álvarez"),
    ("j.mueller@f.example", "Jürgen Müller"), ("li.wu@f.example", "Li Wu"), ("s.obrien@f.example", "Siobhan O’Brien"),
    ("quill@f.example", "Quillan Anson"), ("carla@f.example", "Carla Bark"), ("", "Anna No one"),
]  # fmt: skip


@each(
    ("words", "exactly", "alike"),
    [
        ("anna quill", ["anna.quill"], []), ("an qu", ["anna.quill", "quill"], []), ("ana quill", [], ["anna.quill"]),
        ("anna quil", ["anna.quill"], []), ("karla", [], ["carla"]), ("quilll", [], ["anna.quill", "quill"]),
        ("hanna", ["hannah.quinn"], ["anna.quill"]), ("alvares", [], ["jose.alvarez"]), ("mueller", ["j.mueller"], []),
        ("obrien", ["s.obrien"], []), ("wu", ["li.wu"], []), ("tolliver", [], []),
    ],
)  # fmt: skip
def test_who_is_meant(words: str, exactly: list[str], alike: list[str]) -> None:
    found = operators_called(words.split(), OPERATORS)
    assert found.exactly == {f"{one}@f.example" for one in exactly}
    assert sorted(found.alike) == sorted(f"{one}@f.example" for one in alike)


@each(
    ("words", "kind"),
    [
        ("I need the call with 0412 345 678 yesterday afternoon for a complaint", "recording"), ("could I hear the call CS-10442", "recording"),
        ("find the recording of Anna Quill on Tuesday", "recording"), ("call with Mrs Hale from Tuesday", "recording"), ("call yesterday between 9am and 11am", "recording"),
        ("the call with 0412 345 678 yesterday for a complaint", "recording"), ("please look for 0412 345 678", "recording"),
        ("a customer wants a copy of her call", "recording"), ("Mr Hale asked, the caller wants his recording", "recording"),
        ("where is my request?", "state"), ("how are my requests doing", "state"), ("who listened to my calls?", "listeners"),
        ("I think Bram listened to my call", "listeners"),
        ("the customer doesn't want to be recorded", "declines"), ("caller said no recording what do i press", "declines"), ("customer declined the recording", "declines"),
        ("Tom leaked a recording", "report"), ("report Tom", "report"), ("I want to report a breach", "report"), ("someone misused R-7F3K2QXM", "report"), ("she listened without permission", "report"),
        ("Tom leaked a recording and the customer wants a copy", "report"), ("customer wants a copy and asks us to stop recording", "declines"),
        ("how long are calls kept?", "question"), ("what are the eight reasons", "question"), ("how do I get access to a recording?", "question"),
        ("I'm on leave next week", ""), ("tell me a joke", ""), ("", ""),
    ],
)  # fmt: skip
def test_p1_words_open_what_is_meant(policy: Policy, words: str, kind: str) -> None:
    assert understand_words(policy, words).kind == kind


def test_p7_an_id_is_its_matter(policy: Policy) -> None:
    assert understand_words(policy, "what about r-7f3k2qxm?") == Meant("state", "R-7F3K2QXM")


def test_p7_a_few_words_behind_the_command_are_a_search(policy: Policy) -> None:
    assert understand_words(policy, "Quill Tuesday", "request").kind == "recording"
    assert understand_words(policy, "something about the weather today", "request").kind == ""
