"""P8: what a matter's key sealed is read while the key is there, and by nothing once it is gone."""

from __future__ import annotations

import pytest

from handlers.acting import CLOCK, Act
from handlers.sealing import Seal, Unopened
from tests.handlers.builders import Company, approved
from tests.handlers.forgetting.words import erase
from tests.handlers.reading import looking


async def test_p8_without_its_key_nothing_is_sealed_opened_or_marked(company: Company) -> None:
    request = await approved(company)
    await erase(company, request)

    def without(act: Act) -> bytes | None:
        seal = Seal(act)
        with pytest.raises(Unopened):
            seal.sealed(request, b"words", "known")
        with pytest.raises(Unopened):
            seal.mark(request, "address", "mara@customer.example")
        return seal.opened(request, b"whatever", "known")

    assert await looking(company, CLOCK, without) is None
