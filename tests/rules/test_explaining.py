"""P1, P3: what a clause says, with the values in force."""

from handlers.policy import Policy
from handlers.policy.values import ClauseId
from handlers.rules.explaining import explain_clause, find_clauses
from tests.each import each


@each(
    ("words", "clause"),
    [
        ("how long are calls kept", "P12"), ("Who may listen to a call for a legal claim?", "P9"),
        ("what do I say on an outgoing call", "P3"), ("what if a customer asks me not to record", "P5"),
        ("copies for customers", "P8"), ("what happens if nobody answers?", "P7"), ("misuse", "P13"),
        ("which reasons are there", "P6"), ("reviewed every two years", "P14"),
    ],
)  # fmt: skip
def test_p1_a_clause_is_found_by_what_it_speaks_of(policy: Policy, words: str, clause: ClauseId) -> None:
    assert find_clauses(policy, words)[0] == clause


@each("number", range(1, 15))
def test_p1_every_clause_has_its_words_and_its_values_are_those_in_force(policy: Policy, number: int) -> None:
    clause: ClauseId = f"P{number}"  # type: ignore[assignment]
    found = explain_clause(policy, clause)
    assert (found.words, "{" in found.reading) == (policy.clauses[clause], False)
    assert all(label and words for label, words in found.values)


def test_p7_addresses_stand_apart_from_what_everyone_may_read(policy: Policy) -> None:
    found = explain_clause(policy, "P7")
    assert found.people == (("Customer Success Specialist Team Leader", "tara.lindqvist@fernhill.example"),)
    assert "@" not in f"{found.words} {found.reading} {found.values} {found.aloud}"
