"""P7, P11: what people wrote is sealed with the request's own key; where it can't be opened nothing else stands still for that."""

import pytest
from sqlalchemy import update

from handlers.access import deciding
from handlers.acting import CLOCK, Context
from handlers.sealing import Seal, Unopened
from tests.handlers.builders import Company, approved, ask, audit, stored, written
from tests.handlers.forgetting.words import erase
from tests.handlers.reading import looking, seen
from tests.tables import MATTERS


async def test_p11_the_longest_words_in_any_script_come_back_as_they_were(company: Company) -> None:
    told = "ä\u2028𝄞 \t\n" * 150
    request = await ask(company, company.anna, purpose=told)
    await company.door.enter(deciding.ask_requester(request, "多謝" * 300), company.tara)
    said = await written(company, request)
    assert (said.purpose, list(said.remarks.values())) == (told.strip(), ["多謝" * 300])


@pytest.mark.by_hand
async def test_p7_nobody_decides_by_words_that_can_not_be_read_and_nothing_overwrites_them(company: Company) -> None:
    request = await ask(company, company.anna)
    await company.database.write(lambda store: store.session.execute(update(MATTERS).values(sealed=b"x" * 60)) and None)
    before = await audit(company)
    with pytest.raises(Unopened):
        await seen(company, request, company.tara)
    for intent in (
        deciding.approve_request(request),
        deciding.deny_request(request, "No."),
        deciding.ask_requester(request, "Why?"),
    ):
        with pytest.raises(Unopened):
            await company.door.enter(intent, company.tara)
    assert ((await stored(company, request)).sealed, await audit(company)) == (b"x" * 60, before)
    assert (await stored(company, request)).state == "waiting"


async def test_p8_without_its_key_nothing_is_sealed_opened_or_marked(company: Company) -> None:
    request = await approved(company)
    await erase(company, request)

    def without(ctx: Context) -> bytes | None:
        seal = Seal(ctx)
        with pytest.raises(Unopened):
            seal.sealed(request, b"words", "known")
        with pytest.raises(Unopened):
            seal.mark(request, "address", "mara@customer.example")
        return seal.opened(request, b"whatever", "known")

    assert await looking(company, CLOCK, without) is None
