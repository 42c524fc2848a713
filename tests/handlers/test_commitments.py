"""C1: the audit log holds commitments to words: a changed word is found, and no word can be read or guessed."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from handlers import commitments
from handlers.access.intents import Answer, Deny, Question
from storage.commitments import commitment, new_salt
from storage.records import Remark
from tests.each import each
from tests.handlers.builders import CLAIM, Company, ask, audit, stored, written

WORDS = ["The customer complains.", "Claim 12", "Police ref 9", "nobody", "Which one?", "That one.", "Closed in May."]


async def _talk(company: Company) -> str:
    request = await ask(company, company.anna, **CLAIM)
    await company.door.enter(Question(request, "Which one?"), company.helena)
    await company.door.enter(Answer(request, "That one."), company.anna)
    await company.door.enter(Deny(request, "Closed in May."), company.helena)
    return request


async def test_no_word_of_anybody_stands_in_the_log(company: Company) -> None:
    await _talk(company)
    log = json.dumps(await audit(company))
    assert [word for word in (*WORDS, "CS-10442") if word in log] == []


@each("name", ["crm", "purpose", "legal_matter", "basis", "audience"])
async def test_another_word_in_the_form_is_another_commitment(company: Company, name: str) -> None:
    request = await stored(company, await _talk(company))
    said = await written(company, request.id)
    logged = (await audit(company, request.id))[0][4]["words"]
    assert logged == commitments.asked(request, said)
    where = request if name == "crm" else said
    setattr(where, name, getattr(where, name) + ".")
    assert logged != commitments.asked(request, said)


@each("name", ["decided_as", "decision", "salt"])
async def test_another_word_in_the_decision_is_another_commitment(company: Company, name: str) -> None:
    request = await stored(company, await _talk(company))
    said = await written(company, request.id)
    logged = (await audit(company, request.id))[-1][4]["words"]
    assert logged == commitments.decided(request, said)
    where = request if name == "decided_as" else said
    setattr(where, name, getattr(where, name) + ".")
    assert logged != commitments.decided(request, said)


async def test_another_word_in_a_question_or_an_answer_is_another_commitment(company: Company) -> None:
    request = await stored(company, await _talk(company))
    said = await written(company, request.id)
    remarks = await company.database.read(lambda store: store.session.query(Remark).order_by(Remark.id).all())
    logged = [one[4]["words"] for one in (await audit(company, request.id))[1:3]]
    assert logged == [commitments.remarked(said, one) for one in remarks]
    said.remarks = {name: f"{words}." for name, words in said.remarks.items()}
    assert not {*logged} & {commitments.remarked(said, one) for one in remarks}


async def test_the_same_words_twice_look_like_nothing_of_the_kind(company: Company) -> None:
    """Who reads the log can neither try out words nor see that two people wrote the same."""
    first, second = [await ask(company, who) for who in (company.anna, company.bram)]
    told = [(await audit(company, one))[0][4]["words"] for one in (first, second)]
    assert told[0] != told[1]


@given(st.lists(st.text()), st.lists(st.text()))
def test_a_commitment_is_to_these_words_in_this_order_as_a_database_keeps_them(
    one: list[str], other: list[str]
) -> None:
    salt = new_salt()
    kept = [[word.replace("\0", "\N{REPLACEMENT CHARACTER}") for word in words] for words in (one, other)]
    assert (commitment(salt, *one) == commitment(salt, *other)) == (kept[0] == kept[1])
    assert commitment(salt, *one) != commitment(new_salt(), *one)


async def test_words_that_no_database_takes_as_they_are_fit_their_commitment(company: Company) -> None:
    request = await stored(company, await ask(company, company.anna, purpose="a\0b \ud83d c"))
    assert (await audit(company, request.id))[0][4]["words"] == commitments.asked(
        request, await written(company, request.id)
    )
