"""The table of contents: what the rooms bring, which form a name means, and what sending it wants (P7, P9)."""

import pytest

from handlers import COMMANDS, FORMS, SEARCHES, WANTED, blank_form, form_introduction, is_private, merge_rooms
from handlers.access import asking, deciding
from handlers.acting import Actor
from handlers.cards import Page
from handlers.effects import Blank
from handlers.room import Room
from handlers.rules.refusal import Refused
from tests.each import each
from tests.handlers.builders import POLICY, Company, ask, form
from tests.handlers.reading import looking


def test_two_rooms_that_bring_the_same_name_are_refused_in_a_sentence_that_names_both() -> None:
    """One would silently take the other's place, and its button would do something else."""
    first, second = Room("access", commands=COMMANDS), Room("reviews", commands=COMMANDS)
    assert merge_rooms([(first, first.commands.items())]) == COMMANDS
    with pytest.raises(ValueError, match=r"^recording-request is brought by access and by reviews$"):
        merge_rooms((room, room.commands.items()) for room in (first, second))


async def test_p7_the_same_request_in_another_form_is_told_of_the_first(company: Company) -> None:
    first = await company.door.enter(asking.file_request(form(company.calls), "slack:V-1"), company.anna)
    again = await company.door.enter(asking.file_request(form(company.calls), "slack:V-2"), company.anna)
    after = FORMS["access"].after
    assert after is not None
    told = after(again)
    assert after(first) == "Sent to Tara Lindqvist ✓"
    assert isinstance(told, Page)
    assert (told.title, first.request in str(told)) == ("Already asked", True)


def test_p13_a_private_form_is_never_kept_and_whatever_it_looks_up_is_private_too() -> None:
    private = {name: asked for name, asked in FORMS.items() if asked.private}
    assert not set(private) & set(WANTED)
    looked_up = {
        getattr(field, "source", "") for asked in private.values() for field in asked.kind.sheet(POLICY).fields
    }
    assert looked_up - {""} == {name for name, one in SEARCHES.items() if one.private}
    assert {name for name in FORMS if is_private(name)} == set(private)
    assert not is_private("old")


async def test_p7_the_question_is_above_the_field_for_its_answer_for_the_requester_alone(company: Company) -> None:
    request = await ask(company, company.anna)
    await company.door.enter(deciding.ask_requester(request, "Which invoice?"), company.tara)

    async def read(who: Actor, name: str) -> str:
        return await looking(company, who, lambda ctx: form_introduction(ctx, name, request))

    assert await read(company.anna, "answer") == "Tara Lindqvist asks:\nWhich invoice?"
    for who, why in ((company.tara, "Only the person who asked"), (company.bram, "I can't find this request")):
        with pytest.raises(Refused, match=why):
            await read(who, "answer")
    assert await read(company.tara, "deny") == ""


@each("form", ["deny", "question", "pass_on", "answer"])
async def test_p7_a_form_that_comes_too_late_is_refused_before_anybody_types(company: Company, form: str) -> None:
    request = await ask(company, company.anna)
    await company.door.enter(deciding.ask_requester(request, "Which invoice?"), company.tara)
    await company.door.enter(deciding.deny_request(request, "No."), company.tara)
    who = company.anna if form == "answer" else company.tara
    with pytest.raises(Refused, match="already denied by"):
        await looking(company, who, lambda ctx: form_introduction(ctx, form, request))
    assert await looking(company, who, lambda ctx: blank_form(ctx, Blank(0, form, request))[0].intro) == ""
