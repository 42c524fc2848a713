"""P1, P13: what people write in words of their own, misspelt as well, and what it is taken for (`tests/plain_words/sentences.txt`)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.policy import Policy
from handlers.rules.plain_words import OPENS, Leaning, Meant, understand
from handlers.rules.spelling import LONGEST, plain, spelled
from tests.each import each
from tests.plain_words.corpus import HARD, OWN, UNSEEN, Read, Sentence, main, read, sentences

pytestmark = pytest.mark.long


@each("said", list(sentences(OWN)))
def test_p1_each_sentence_leads_where_it_should(policy: Policy, said: Sentence) -> None:
    meant = understand(policy, said.words, said.leaning)
    assert (meant.kind, meant.sure or not said.sure) == (said.kind, True)


def test_p1_there_are_120_sentences_and_more_some_of_each_kind_and_some_that_are_misspelt() -> None:
    kinds = [one.kind for one in sentences(OWN)]
    assert len(kinds) >= 120
    assert min(kinds.count(kind) for kind in set(kinds)) >= 5


def test_p1_no_wrong_form_opens_with_confidence() -> None:
    assert [one.said.words for one in read(OWN) if one.opened_wrongly] == []


def test_p1_of_sentences_that_nobody_had_seen_most_are_understood_and_hardly_one_opens_a_wrong_form() -> None:
    """The figures are printed by `python -m tests.plain_words.corpus`; here is what they may not fall below."""
    found = read(UNSEEN)
    assert len(found) >= 180
    assert sum(one.right for one in found) / len(found) >= 0.75
    assert sum(one.opened_wrongly for one in found) / len(found) <= 0.02


def test_p13_of_sentences_that_were_written_to_be_misunderstood_hardly_one_opens_a_form() -> None:
    found = read(HARD)
    assert len(found) >= 60
    assert sum(one.opened_wrongly for one in found) / len(found) <= 0.02


@each(
    ("words", "kind"),
    [
        ("a customer asked me to delete her recording", "customer"), ("Mrs Hale asked me to send her recording", "customer"),
        ("Mr Ode told me to erase his call", "by_press"), ("delete the recording", "by_press"), ("erase call CS-10442", "by_press"),
        ("Tara asked me to get the call CS-10442 for a complaint", "recording"), ("I was asked to listen to the call with 0412 345 678", "recording"),
        ("I made a copy of the call", "question"), ("the police told us to keep the recording", "hold"), ("my manager told me to ask you who decides now", "route"),
    ],
)  # fmt: skip
def test_p1_what_a_customer_or_the_work_asks_for_is_no_report(policy: Policy, words: str, kind: str) -> None:
    assert understand(policy, words).kind == kind


@each(
    "words",
    [
        "report", "monthly report", "report on the month", "report for November", "report November", "report my absence", "report an outage", "report CS-10442",
        "complaint report CS-10442", "where is the report", "what does the report say about calls", "report 0412 345 678", "the report about Brightwater",
        "I reported sick yesterday", "I need the call of the man who reported a break-in, CS-10442",
    ],
)  # fmt: skip
@each("leaning", ["", "request", "policy"])
def test_p1_a_report_of_something_else_is_none_in_confidence(policy: Policy, words: str, leaning: Leaning) -> None:
    assert understand(policy, words, leaning).kind != "report"


def test_the_figures_are_printed_with_each_sentence_that_is_taken_for_something_else(
    capsys: pytest.CaptureFixture[str],
) -> None:
    main()
    told = capsys.readouterr().out
    assert "sentences: " in told
    assert " wrong forms opened" in told
    assert all(one.said.words in told for one in read(UNSEEN) if not one.right)


@each(
    ("said", "meant", "right", "opened"),
    [
        ("recording", Meant("recording"), True, False),
        ("recording", Meant("recording", sure=False), False, False),
        ("recording", Meant("customer"), False, True),
        ("recording", Meant("customer", sure=False), False, False),
    ],
)
def test_a_sentence_counts_as_it_is_said(said: str, meant: Meant, right: bool, opened: bool) -> None:
    one = Read(Sentence("…", "", said, sure=True), meant)
    assert (one.right, one.opened_wrongly) == (right, opened)


LEANINGS: tuple[Leaning, ...] = ("", "request", "policy")


@given(st.text(max_size=600), st.sampled_from(LEANINGS))
def test_p1_whatever_is_written_means_one_thing(policy: Policy, words: str, leaning: Leaning) -> None:
    meant = understand(policy, words, leaning)
    assert meant.sure or meant.kind in OPENS


@each("before", ["please ", "hello, ", "so ", "I think "])
@each(
    "said",
    ["somebody leaked a call", "this is misuse", "I want to report a colleague", "can I report it in confidence"],
)
def test_p13_the_words_for_a_breach_come_before_all_else(policy: Policy, before: str, said: str) -> None:
    for leaning in LEANINGS:
        assert understand(policy, f"{before}{said}", leaning).kind == "report"


def test_p6_what_a_caller_did_is_no_breach(policy: Policy) -> None:
    assert understand(policy, "I need the call of an abusive caller from Monday").kind == "recording"


def test_p7_an_id_is_its_matter(policy: Policy) -> None:
    assert understand(policy, "what about r-7f3k2qxm?") == Meant("state", matter="R-7F3K2QXM")


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
