"""P1: what people write in their own words, and which page or form it opens. Nothing is done by words."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from handlers.policy import Policy
from handlers.rules.plain_words import Leaning, Meant, understand
from handlers.rules.spelling import LONGEST, plain, spelled
from tests.each import each

LEANINGS: tuple[Leaning, ...] = ("", "request", "policy")


@each(
    ("words", "kinds"),
    [
        ("I need the call with 0412 345 678 yesterday afternoon for a complaint", "recording"), ("could I hear the call CS-10442", "recording"),
        ("find the recording of Anna Quill on Tuesday", "recording"), ("call with Mrs Hale from Tuesday", "recording"),
        ("a customer wants a copy of her call", "customer"), ("Mr Hale asked, the caller wants his recording", "customer"), ("custmer wants to lisen to her call", "customer"),
        ("put a hold on the calls of CS-10442", "hold"), ("keep the calls of CS-10442, a lawyer wrote", "hold"), ("please do not delete the call", "hold"),
        ("I'm on leave next week", "away"), ("I am away until Friday", "away"),
        ("where is my request?", "state"), ("how are my requests doing", "state"), ("who listened to my calls?", "listeners"),
        ("the customer doesn't want to be recorded", "declines"), ("caller said no recording what do i press", "declines"), ("customer declined the recording", "declines"),
        ("approve it", "by_press"), ("approve R-7F3K2QXM please", "by_press"), ("delete the call", "by_press"), ("please remind Tara", "by_press"),
        ("Tom leaked a recording", "report"), ("report Tom", "report"), ("I want to report a breach", "report"), ("she listened without permission", "report"),
        ("how long are calls kept?", "question"), ("what are the eight reasons", "question"),
        ("tell me a joke", ""), ("", ""),
        ("keep the call and I want to hear the recording", "hold recording"), ("a customer wants a copy and I need to hear the call", "customer recording"),
        ("customer wants a copy and asks us to stop recording", "declines customer"), ("I'm away next week and where is my request?", "state away"),
        ("Tom leaked a recording and the customer wants a copy", "report"),
    ],
)  # fmt: skip
def test_p1_words_open_what_is_meant_and_two_wishes_are_both_offered(policy: Policy, words: str, kinds: str) -> None:
    assert understand(policy, words).kinds == tuple(kinds.split())


@each(
    ("words", "clause"),
    [
        ("can I email the customer the recording?", "P8"), ("may a customer have a copy of a call?", "P8"), ("how do I keep a call from being erased?", "P12"),
        ("how do I get access to a recording?", "P7"),
    ],
)  # fmt: skip
def test_p1_a_question_about_a_wish_is_answered_by_its_clause(policy: Policy, words: str, clause: str) -> None:
    for leaning in LEANINGS:
        assert understand(policy, words, leaning) == Meant(("question",), text=clause)


def test_p7_an_id_is_its_matter(policy: Policy) -> None:
    assert understand(policy, "what about r-7f3k2qxm?") == Meant(("state",), matter="R-7F3K2QXM")


def test_p7_a_few_words_behind_the_command_are_a_search(policy: Policy) -> None:
    assert understand(policy, "Quill Tuesday", "request").kinds == ("recording",)
    assert understand(policy, "something about the weather today", "request").kinds == ()


@given(st.text(max_size=600), st.sampled_from(LEANINGS))
def test_p1_any_words_can_be_read(policy: Policy, words: str, leaning: Leaning) -> None:
    meant = understand(policy, words, leaning)
    assert len(set(meant.kinds)) == len(meant.kinds) < 5


@each(
    ("typed", "meant"),
    [
        ("custmer", "customer"), ("recrding", "recording"), ("liten", "listen"), ("leads", "leads"), ("lake", "lake"), ("clal", "call"),
        ("callls", "calls"), ("yesterdya", "yesterday"), ("Anna", "anna"), ("8841", "8841"), ("ab", "ab"),
    ],
)  # fmt: skip
def test_a_slip_is_seen_and_another_word_stays_one(typed: str, meant: str) -> None:
    known = frozenset(("customer", "recording", "listen", "leaks", "leak", "call", "calls", "yesterday"))
    assert spelled(plain(typed), known) == meant


def test_where_two_words_may_be_meant_none_is() -> None:
    assert spelled("recording", frozenset(("recordings", "recordingg"))) == "recording"


def test_words_are_read_to_a_length() -> None:
    assert plain("Don’t  shout: NOW!") == "dont shout now"
    assert len(plain("x" * 5000)) == LONGEST
