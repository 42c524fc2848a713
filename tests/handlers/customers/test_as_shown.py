"""P8: what was shown above a form is what goes out; whatever changed since is looked at again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from handlers.customers import room
from handlers.customers.forms import LateForm, RefuseForm, ReleaseForm
from handlers.customers.intents import Release
from handlers.customers.releasing import LISTEN_ONLY
from handlers.rules.refusal import Refused
from tests.each import each
from tests.handlers.builders import Company, call, refusal, register
from tests.handlers.customers.acts import a_request, addressing, identify, viewed
from tests.handlers.customers.releasing import (
    as_shown,
    envelope,
    mails,
    preview,
    questioning,
    release,
    releasing,
)

pytestmark = pytest.mark.long


async def test_p8_a_press_is_for_the_calls_that_the_card_showed(company: Company) -> None:
    request = await a_request(company)
    mark = (await viewed(company, request)).shown_mark
    await register(
        company.door, call(1, stamp="2", operator_name="Anna Quill", operator_key="anna.quill@fernhill.example")
    )
    form = ReleaseForm.read({"voices": "nobody"})
    refused = await refusal(company, Release.of(f"{request}:{mark}", form), company.tara)
    assert refused.code == "not_as_shown"
    now = (await viewed(company, request)).shown_mark
    await company.door.enter(Release.of(f"{request}:{now}", form), company.tara)
    named = await company.database.read(lambda store: store.recordings.named_by(request))
    calls = await company.database.read(lambda store: store.customers.recordings(request))
    assert [one.version for one in named] == [one.version for one in calls]


async def _while_the_form_is_open(company: Company, request: str, change: Callable[[], Awaitable[object]]) -> None:
    """Whoever releases it has looked, and something else is written down before the button is pressed."""
    about = await as_shown(company, request)
    await preview(company, ReleaseForm.name, about)
    await change()
    refused = await refusal(company, Release.of(about, ReleaseForm.read({"voices": "nobody"})), company.tara)
    assert (refused.code, await mails(company, request)) == ("not_as_shown", [])
    with pytest.raises(Refused, match="open the form anew"):
        await preview(company, ReleaseForm.name, about)
    await release(company, request)


async def test_p8_an_address_that_was_swapped_after_the_preview_gets_no_mail(company: Company) -> None:
    request = await a_request(company)
    swap = addressing(request, "anna.private@elsewhere.example")
    await _while_the_form_is_open(company, request, lambda: company.door.enter(swap, company.anna))


async def test_p8_another_check_of_identity_is_looked_at_again(company: Company) -> None:
    request = await a_request(company)
    await _while_the_form_is_open(company, request, lambda: identify(company, request, company.anna))


@each("letter", ["refuse", "late"])
async def test_p8_a_refusal_and_a_word_of_delay_go_where_they_were_shown_to_go(company: Company, letter: str) -> None:
    request = await a_request(company)
    about, form = await as_shown(company, request), RefuseForm if letter == "refuse" else LateForm
    answers = {"refusal": "no_call"} if letter == "refuse" else {"words": "The recorder was away.", "day": "2026-12-08"}
    send = next(one.send for one in room.FORMS if one.kind is form)
    assert "To: mara.ellis@customer.example" in await preview(company, form.name, about)
    await company.door.enter(addressing(request, "anna.private@elsewhere.example"), company.anna)
    refused = await refusal(company, send(about, form.read(answers), ""), company.tara)
    assert (refused.code, await mails(company, request)) == ("not_as_shown", [])
    with pytest.raises(Refused):
        await preview(company, form.name, about)
    await company.door.enter(send(await as_shown(company, request), form.read(answers), ""), company.tara)
    assert len(await mails(company, request)) == 1


async def test_p8_without_a_look_nothing_is_released(company: Company) -> None:
    request = await a_request(company)
    assert (await refusal(company, releasing(request), company.tara)).code == "not_as_shown"


async def test_p8_a_question_and_its_answer_change_nothing_of_what_was_shown(company: Company) -> None:
    request = await a_request(company)
    about = await as_shown(company, request)
    await company.door.enter(questioning(request), company.cora)
    await company.door.enter(Release.of(about, ReleaseForm.read({"voices": "nobody"})), company.tara)


async def test_p8_before_anybody_chooses_listening_the_preview_has_its_words_as_well(company: Company) -> None:
    """What stands above the form is drawn once, and the choice comes after it."""
    request = await a_request(company)
    told = await preview(company, ReleaseForm.name, await as_shown(company, request))
    await release(company, request, voices="listen_only")
    [mail] = await mails(company, request)
    assert all(one in told for one in (await envelope(company, mail)).written.paragraphs)
    listens = await a_request(company, wants="listen", recordings=[str(company.calls[1])])
    assert LISTEN_ONLY not in await preview(company, ReleaseForm.name, await as_shown(company, listens))
