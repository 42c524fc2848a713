"""P6, P7: which call a wish is about and why, as far as its words say so."""

from __future__ import annotations

from datetime import UTC, datetime, time

from hypothesis import given
from hypothesis import strategies as st

from handlers.policy import Policy
from handlers.rules.hours import Hours
from handlers.rules.wish import wish
from tests.each import each

NOW = datetime(2026, 11, 26, 3, tzinfo=UTC)  # Thursday, 14:00 in Sydney
ZONE = "Australia/Sydney"


@each(
    ("words", "searches"),
    [
        ("the call with 0412 345 678 yesterday", ("412345678 2026-11-25", "412345678", "2026-11-25")),
        ("cs-10442 please", ("CS-10442",)),
        ("the call with Mrs Hale from Tuesday's round", ("Hale 2026-11-24", "Hale", "2026-11-24")),
        ("Call of Ana Quill", ("Ana Quill", "Ana", "Quill")),
        ("the call of the day before yesterday", ("2026-11-24",)),
        ("a call three days ago", ("2026-11-23",)),
        ("the one on the 3rd", ("2026-11-03",)),
        ("the call of this morning", ("2026-11-26",)),
        ("the call of yesteday", ("2026-11-25",)),
        ("a call from last week", ()),
        ("a call about the gate", ()),
        ("on the 99th", ()),
    ],
)
def test_p7_what_is_looked_for_the_most_exact_first(policy: Policy, words: str, searches: tuple[str, ...]) -> None:
    assert wish(policy, words, NOW, ZONE).searches == searches


@each(
    ("words", "hours"),
    [
        ("yesterday afternoon", (time(12), time(18))), ("in the morning", (time(0), time(12))), ("at 3", (time(14), time(16))),
        ("around 10:40", (time(9, 40), time(11, 40))), ("at 11 pm", (time(22), time(23, 59, 59))), ("at 0:30", (time(0), time(1, 30))),
        ("at 99", None), ("at 12 pm", (time(11), time(13))), ("some day", None), ("at 3 am", (time(2), time(4))),
    ],
)  # fmt: skip
def test_p7_hours_are_those_in_which_people_work(policy: Policy, words: str, hours: Hours | None) -> None:
    assert wish(policy, words, NOW, ZONE).hours == hours


@each(
    ("words", "reason"),
    [
        ("for a complaint", "complaint"), ("the customer complained", "complaint"), ("for coaching", "training"),
        ("the caller harassed us, abusive", "abuse_protection"), ("for court", "legal_claim"), ("the police asks", "crime"),
        ("whether it was transcribed correctly", "transcription_check"), ("a complaint, and for training", ""), ("just so", ""),
    ],
)  # fmt: skip
def test_p6_a_reason_is_filled_in_only_where_one_alone_is_spoken_of(policy: Policy, words: str, reason: str) -> None:
    assert wish(policy, words, NOW, ZONE).reason == reason


@each(
    ("words", "purpose"),
    [
        ("I need CS-10442 because the price was wrong.", "Because the price was wrong"),
        ("for a complaint", "For a complaint"), ("for training", ""), ("for 0412 345 678 and me", ""), ("I need it", ""),
    ],
)  # fmt: skip
def test_p7_what_it_is_for_stands_in_their_own_words_and_without_a_number(
    policy: Policy, words: str, purpose: str
) -> None:
    assert wish(policy, words, NOW, ZONE).purpose == purpose


def test_p7_without_a_pattern_nothing_is_taken_for_a_reference(policy: Policy) -> None:
    bare = policy.model_copy(update={"company": policy.company.model_copy(update={"crm_pattern": None})})
    assert wish(bare, "cs-10442 please", NOW, ZONE).searches == ()


@given(st.text(max_size=300))
def test_p7_whatever_is_written_can_be_looked_for(policy: Policy, words: str) -> None:
    assert len(wish(policy, words, NOW, ZONE).searches) <= 8
