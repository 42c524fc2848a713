"""P1, P3: what a clause says, with the values in force."""

from __future__ import annotations

from handlers.policy import Policy, load_policy
from handlers.policy.values import ClauseId
from handlers.rules.explaining import explain_clause, find_clauses
from tests.each import each


@each(
    ("words", "clause"),
    [
        ("how long are calls kept", "P12"),
        ("How long do you keep recordings?", "P12"),
        ("deleted", "P12"),
        ("Who may listen to a call for a legal claim?", "P9"),
        ("what do I say on an outgoing call", "P3"),
        ("what if a customer asks me not to record", "P5"),
        ("copies for customers", "P8"),
        ("how do I get a customer their call", "P8"),
        ("how do I send a customer a recording", "P8"),
        ("what happens if nobody answers?", "P7"),
        ("misuse", "P13"),
        ("random", "P10"),
        ("which reasons are there", "P6"),
        ("P11", "P11"),
        ("reviewed every two years", "P14"),
        ("which teams: sales, billing", "P2"),
        ("8197", "P4"),
    ],
)
def test_p1_a_clause_is_found_by_what_it_speaks_of(policy: Policy, words: str, clause: ClauseId) -> None:
    assert find_clauses(policy, words)[0] == clause


def test_p7_another_value_is_found_at_once(shipped: str) -> None:
    assert find_clauses(load_policy(shipped), "99") == []
    longer = shipped.replace("  days: [1, 7, 30]\n  default_days: 7\n", "  days: [1, 7, 99]\n  default_days: 99\n", 1)
    assert find_clauses(load_policy(longer), "99") == ["P7"]


@each("number", range(1, 15))
def test_p1_every_clause_has_its_words_and_its_values_are_those_in_force(policy: Policy, number: int) -> None:
    clause: ClauseId = f"P{number}"  # type: ignore[assignment]
    found = explain_clause(policy, clause)
    assert (found.words, "{" in found.reading) == (policy.clauses[clause], False)
    assert all(label and words for label, words in found.values)


def test_p3_the_wording_for_outgoing_calls_is_told_ready_to_be_read_out(policy: Policy) -> None:
    assert explain_clause(policy, "P3").aloud == policy.notices.outgoing
    assert explain_clause(policy, "P4").aloud == ""
    assert ("Australia and New Zealand", "+61 2 8197 9000") in explain_clause(policy, "P4").values


def test_p7_addresses_stand_apart_from_what_everybody_may_read(policy: Policy) -> None:
    found = explain_clause(policy, "P7")
    assert found.people == (("Customer Success Specialist Team Leader", "tara.lindqvist@fernhill.example"),)
    assert "@" not in f"{found.words} {found.reading} {found.values} {found.aloud}"
