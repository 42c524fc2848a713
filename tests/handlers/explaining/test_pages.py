"""P1, P3: the policy as people read it: every clause, with how it is read and what counts now, and nothing made up."""

from handlers import PUBLIC
from handlers.cards import Facts, Heading, Line, Page, Row, Said
from handlers.explaining import clause_page, policy_overview, public_page
from handlers.rules.explaining import CLAUSES
from tests.each import each
from tests.handlers.builders import POLICY


def headings(page: Page) -> list[str]:
    return [part.text.partition(" · ")[0] for part in page.parts if isinstance(part, Heading)]


def rows(page: Page) -> list[tuple[str, str]]:
    """Which clauses are listed, and what their buttons lead to."""
    listed = [part for part in page.parts if isinstance(part, Row)]
    return [(str(one.words).partition(" · ")[0], one.button.value if one.button else "") for one in listed]


@each("value", ["", "P15", "P1 ", "R-1"])
def test_a_button_that_names_no_clause_leads_to_all_of_them(value: str) -> None:
    assert clause_page(POLICY, value, True) == policy_overview(POLICY, "", True)


def test_p1_of_what_no_clause_speaks_of_nothing_is_made_up() -> None:
    page, web = policy_overview(POLICY, "quantum", True), public_page(POLICY, "quantum")
    said = "No clause mentions “quantum”. Try other words, or read them all."
    assert (page.parts[0], len(rows(page))) == (Line(said), 14)
    assert (web.parts[0], len(headings(web))) == (Line(said), 14)


def test_p3_the_wording_for_outgoing_calls_is_ready_to_be_read_out() -> None:
    for page in (
        clause_page(POLICY, "P3", False),
        public_page(POLICY, ""),
        policy_overview(POLICY, "outgoing call", True),
    ):
        said = [part for part in page.parts if isinstance(part, Said)]
        assert said == [Said("Read this out at the start of an outgoing call", POLICY.notices.outgoing)]


@each("name", ["P7", "P9", "P13"])
def test_p7_who_decides_is_told_to_staff_only(name: str) -> None:
    assert "@fernhill.example" in str(clause_page(POLICY, name, True))
    assert "@fernhill.example" not in str(clause_page(POLICY, name, False))
    assert "@fernhill.example" not in str(policy_overview(POLICY, "who decides", False))


def test_p1_the_page_for_everyone_names_no_one() -> None:
    page = PUBLIC["/policy"](POLICY, "")
    assert headings(page) == [*CLAUSES]
    assert "@" not in str(page)
    assert any(isinstance(part, Facts) for part in page.parts)
