"""What the rooms bring together: handlers, forms, matters, and what sending or opening one wants (P7, P9)."""

import re
from typing import Any, get_args

import pytest

from handlers import (
    BUTTONS,
    COMMANDS,
    FORMS,
    MATTERS,
    SEARCHES,
    WANTED,
    acting,
    blank_form,
    form_introduction,
    is_private,
    merge_rooms,
)
from handlers.access import asking, deciding
from handlers.acting import Actor, Blank, Context, Intent, Result, handler
from handlers.cards import Page
from handlers.room import Room, Shows
from handlers.rules import Refused
from handlers.sealing import ALPHABET, new_id
from tests.each import each
from tests.handlers.builders import POLICY, Company, ask, form, ledger
from tests.handlers.reading import looking


def test_two_rooms_that_bring_the_same_name_are_refused_in_a_sentence_that_names_both() -> None:
    """One would silently take the other's place, and its button would do something else."""
    first, second = Room("access", commands=COMMANDS), Room("reviews", commands=COMMANDS)
    assert merge_rooms([(first, first.commands.items())]) == COMMANDS
    with pytest.raises(ValueError, match=r"^recording-request comes from both access and reviews$"):
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
    for who, why in ((company.tara, "Only the requester"), (company.bram, "I can’t find this request")):
        with pytest.raises(Refused, match=why):
            await read(who, "answer")
    assert await read(company.tara, "deny") == ""


@each("form", ["deny", "question", "pass_on", "answer"])
async def test_p7_a_form_that_comes_too_late_is_refused_before_anyone_types(company: Company, form: str) -> None:
    request = await ask(company, company.anna)
    await company.door.enter(deciding.ask_requester(request, "Which invoice?"), company.tara)
    await company.door.enter(deciding.deny_request(request, "No."), company.tara)
    who = company.anna if form == "answer" else company.tara
    with pytest.raises(Refused, match="already denied by"):
        await looking(company, who, lambda ctx: form_introduction(ctx, form, request))
    assert await looking(company, who, lambda ctx: blank_form(ctx, Blank(0, form, request))[0].intro) == ""


def _lend(ctx: Context, request: str, days: int = 3) -> Result[int]:
    return Result(days, subject=ctx.who.account)


def test_a_subject_that_is_no_parameter_is_refused_when_the_program_starts() -> None:
    with pytest.raises(ValueError, match=r"^test\.lend is about grant, and takes no such parameter$"):
        handler("test.lend", about="grant")(_lend)


EACH: list[acting.Effect] = [
    acting.Show(1, "R-1", 3), acting.Show(1, "R-1", 3, "20261124"), acting.Tell(2, "Hello.", "once"), acting.Whisper(2, "Hello.", "once", "teams"),
    acting.Home(3, "slack"), acting.Home(3, "teams", fresh=True),
    acting.Warn(2, "No one decides.", "A-1.0", "R-1"), acting.Warn(2, "Two accounts.", "A-2.0"), acting.Alert(1, "R-1", "A-1"),
    acting.Blank(1, "access", "S-1", "teams"), acting.Digest(1, ("R-1:access.remind:1:20261124", "R-2:access.lapse:1:20261124"), "digest:1"),
]  # fmt: skip


@each("effect", EACH)
def test_an_effect_comes_out_of_its_row_as_it_went_in(effect: acting.Effect) -> None:
    assert acting.decode_effect(acting.kind_of(effect), effect.person, acting.encode_effect(effect)) == effect
    assert {type(one) for one in EACH} == set(get_args(acting.Effect))


@each("payload", ["", None, [], {}, {"matter": 1, "revision": 1}])
def test_what_is_no_effect_is_unreadable(payload: Any) -> None:
    """A1: whatever a row contains."""
    with pytest.raises(acting.Unreadable):
        acting.decode_effect("show", 1, payload)


def test_an_id_that_is_read_aloud_has_eight_letters_that_no_one_takes_for_others() -> None:
    for prefix in ("R", "PR"):
        assert re.fullmatch(rf"{prefix}-[{ALPHABET}]{{8}}", new_id(prefix))
    assert not set("01OI") & set(ALPHABET)


async def _details(company: Company, matter: str, who: Actor) -> Page:
    details = BUTTONS["details"]
    assert isinstance(details, Shows)
    return await looking(company, who, lambda ctx: details.page(ctx, matter))


@each(("matter", "code"), [("", "no_copy"), ("R-NEVER222", "unknown"), ("X-1", "unknown")])
async def test_p7_a_stranger_cannot_tell_whether_it_is_there(company: Company, matter: str, code: str) -> None:
    request = await ask(company, company.anna)
    with pytest.raises(Refused) as refused:
        await _details(company, matter or request, company.bram)
    assert (str(refused.value), refused.value.code) == ("I can’t find this request.", code)


async def test_of_every_kind_an_id_that_nothing_has_reads_like_one_that_is_someone_elses(company: Company) -> None:
    for kind in MATTERS:
        with pytest.raises(Refused) as refused:
            await _details(company, f"{kind.prefix}22222222", company.bram)
        assert (str(refused.value), refused.value.code) == (kind.gone, "unknown")


async def _posted(company: Company, *wanted: Intent[None]) -> list[dict[str, str]]:
    """The forms that are left to the delivery, as the Head, who may open each, asks for them one after the other."""
    found: dict[str, dict[str, str]] = {}
    for one in wanted:
        await company.door.enter(one, company.helena)
        rows = await ledger(company)
        assert {row.kind for row in rows} <= {"blank"}
        found |= {row.id: row.payload for row in rows if row.id not in found}
    return list(found.values())


async def test_p7_every_form_that_begins_something_new_has_an_id_of_its_own(company: Company) -> None:
    new = [form for form, asked in FORMS.items() if asked.new and not asked.private]
    posted = await _posted(company, *(WANTED[form]("R-1") for form in new for _ in range(2)))
    assert len({one["about"] for one in posted} - {"R-1"}) == 2 * len(new)
