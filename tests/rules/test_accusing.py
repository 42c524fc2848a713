"""P13: who writes that somebody did something tells of it, also in small letters and of him or her; P1: a plain wish stays one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from handlers.policy import Policy
from handlers.rules.accusing import somebody_did, somebody_erased
from handlers.rules.plain_words import Leaning, Meant, known, understand
from tests.each import each

_ERASED = [
    "Priya deleted a recording to hide her mistake", "priya deleted a recording to hide her mistake", "priya deleted the call of yesterday",
    "my manager deleted the call with 0412 345 678", "my manager deletes the calls in which he is rude", "my boss is deleting recordings of me",
    "Tom removed the call where he insulted a customer", "tom has just removed the call where he insulted a customer",
    "helena wiped the recordings before the audit", "I think helena wiped recordings before the audit", "hi, dean quietly wiped all calls of monday",
    "someone destroyed the audio of CS-10442", "someone in sales destroyed the audio of CS-10442", "somebody has deleted a call that I need",
    "she deleted the call of yesterday", "the call of yesterday was deleted by priya", "the call of yesterday was deleted by my manager",
    "why has tara deleted the call of yesterday", "keep CS-10442, bram erased the other call", "priya got rid of the call of yesterday",
    "my manager wants to erase the recordings of CS-10442", "please delete the call that Dean sold", "delete the call that dean sold",
]  # fmt: skip
_DID = [
    "I want to hear the call with 0412 345 678 because Helena sold the number to a friend",
    "I want to hear the call with 0412 345 678 because helena sold the number to a friend",
    "I want to hear the call with 0412 345 678 since helena has sold the number", "need call 0412345678 tom gave away customer data",
    "need the call of yesterday for helena sold the number", "give me the call of Tom with 0412345678, he gave away customer data",
    "give me the call of tom with 0412345678, he gave away customer data", "I need Anna's call with 0412 345 678, she sold his address",
    "need the call of yesterday with my colleague, he lied to me and others", "I need the call with 0412 345 678 because my manager lied about it",
    "need the call from yesterday because tom shouted at the customer", "please keep CS-10442, tom copied it for his wife",
]  # fmt: skip


@each("leaning", ["", "request", "policy"])
@each("words", [*_ERASED, *_DID])
def test_p13_what_somebody_did_is_a_report_and_neither_an_order_nor_a_wish(
    policy: Policy, words: str, leaning: Leaning
) -> None:
    assert understand(policy, words, leaning) == Meant("report")


@each(
    "words",
    [
        "need the call from yesterday because tom ignored the customer", "need the call from yesterday, tom is cheating customers",
        "please keep CS-10442 because tom ignores the rules", "need the call of yesterday because brightwater sent us the wrong address",
        "need the call of yesterday because john smith broke the rules",
    ],
)  # fmt: skip
def test_p13_where_somebody_perhaps_did_something_it_is_asked_back(policy: Policy, words: str) -> None:
    assert not understand(policy, words).sure


_WISHES = [
    "I need the call with 0412 345 678 because the customer sold her house", "I want to hear the call with 0412 345 678 because she moved house",
    "need the call CS-10442 because delivery failed", "need the call CS-10442 because delivery dates differ",
    "need the call CS-10442 because invoice numbers do not match", "I need the call of yesterday because the price was wrong",
    "I need the call with Mrs. Hale, she gave me a new address", "I need the call with 0412 345 678, he gave me his address",
    "need the call of yesterday with Mr Ode and tara, he sent the wrong form", "I need the call with 0412 345 678, he sent the wrong form",
    "I need the call with 0412 345 678 since he cancelled twice", "need the call CS-10442 because brightwater disputed the price",
    "need the call CS-10442 for items sold", "need the call CS-10442 for brightwater sold and returned", "could I hear the call of CS-10442, missed the postcode",
    "I want to hear CS-10442 because the caller threatened me", "I need the call CS-10442 as tara agreed", "I need the call CS-10442, thanks helena",
    "need call CS-10442 because billing sent wrong invoice", "hear the call of yesterday with brightwater where they told us the amount",
]  # fmt: skip


@each("words", _WISHES)
def test_p7_a_wish_whose_reason_is_what_customers_or_things_did_still_opens_its_form(
    policy: Policy, words: str
) -> None:
    assert understand(policy, words) == Meant("recording")


@each(
    ("words", "kind"),
    [
        ("approve Tom's listening request", "by_press"), ("approve Toms access", "by_press"), ("remind my manager to give me access", "by_press"),
        ("nudge my supervisor, I need to hear it", "by_press"), ("remind Tara that Helena approved it", "by_press"), ("delete the call with my colleague", "by_press"),
        ("delete the call", "by_press"), ("please delete the call with 0412 345 678", "by_press"), ("the system deleted the call of yesterday", "by_press"),
        ("restore deleted recordings", "question"), ("are recordings deleted by accident", "question"), ("are calls deleted by the system", "question"),
        ("a customer wants a copy again, she deleted the recording", "customer"), ("Mrs Hale deleted the voicemail and wants a copy of the call", "customer"),
        ("I'm on leave next week, tara covered it", "away"),
    ],
)  # fmt: skip
def test_p1_orders_questions_and_what_customers_did_are_no_report(policy: Policy, words: str, kind: str) -> None:
    assert understand(policy, words).kind == kind


def test_p13_what_somebody_erased_is_found_behind_many_words(policy: Policy) -> None:
    long = "please delete the call, the customer was friendly and told us a long story of the garden. " * 20
    assert understand(policy, long).kind == "by_press"
    assert understand(policy, f"{long} Then my manager erased the other call. {long}").kind == "report"


@given(st.text(max_size=500))
def test_p1_whatever_is_written_is_read(words: str) -> None:
    assert somebody_erased(words, known()) in (True, False)
    assert somebody_did(words, known()) in ("surely", "perhaps", "")
