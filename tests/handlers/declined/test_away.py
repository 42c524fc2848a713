"""P5: what is out of reach stays so while its file is away, when it comes back, and under another name; and it goes."""

from datetime import timedelta
from typing import Any

import pytest

from handlers import recordings
from handlers.acting import CLOCK
from handlers.declined import deciding
from handlers.retention import erasing
from handlers.retention.erasing import Proof
from storage.records import Recording
from storage.tables.calls import Erasure
from tests.handlers.builders import Company, audit, call, register, words_for
from tests.handlers.declined.acts import afterwards, states
from tests.reconciled import findings

pytestmark = pytest.mark.long


async def _away(company: Company, *names: str) -> None:
    await company.door.enter(recordings.register_calls("file", (), names or ("call-1",)), CLOCK)


async def _erasure(company: Company, number: int) -> Erasure | None:
    return await company.database.read(lambda store: store.erasures.open(number))


async def _due(company: Company) -> list[str]:
    return await company.database.read(lambda store: store.erasures.due("file", company.clock.now, 10))


async def _late(company: Company) -> int:
    now = company.clock.now
    return await company.database.read(lambda store: sum(store.erasures.late(now - timedelta(hours=1), now).values()))


async def _vanished(company: Company) -> int:
    words = await words_for(company, company.helena)
    return len([one for one in words if "vanished from the recording system before" in one])


async def _named(company: Company, name: str) -> Recording:
    found = await company.database.read(lambda store: store.recordings.known("file", [name]))
    return found[name]


async def test_p5_a_call_that_was_away_for_a_look_is_out_of_reach_as_before(company: Company) -> None:
    matter, number = await afterwards(company), company.calls[0]
    await _away(company)
    assert await states(company, number) == ["gone"]
    await register(company.door, call(1))
    assert await states(company, number) == ["declined"]
    assert await company.database.read(lambda store: store.recordings.present([number], company.clock.now)) == []
    await company.door.enter(deciding.decide_to_erase(matter), company.helena)
    erasure = await _erasure(company, number)
    assert erasure is not None
    assert await _due(company) == [erasure.id]
    assert await findings(company.database) == []


async def test_p5_the_head_s_word_counts_also_while_the_file_is_away(company: Company) -> None:
    matter, number = await afterwards(company), company.calls[0]
    await _away(company)
    await company.door.enter(deciding.decide_to_erase(matter), company.helena)
    assert (await states(company, number), await _due(company)) == (["gone"], [])
    company.clock.pass_(days=2)
    assert await _late(company) == 0
    await register(company.door, call(1))
    erasure = await _erasure(company, number)
    assert erasure is not None
    assert (await states(company, number), await _due(company)) == (["closed"], [erasure.id])
    assert await findings(company.database) == []


async def test_p12_what_the_recorder_was_asked_to_erase_has_not_vanished(company: Company) -> None:
    """The look after the delete failed, and the register saw first that it is gone: its erasure stayed open for months."""
    matter, number = await afterwards(company), company.calls[0]
    await company.door.enter(deciding.decide_to_erase(matter), company.helena)
    erasure = await _erasure(company, number)
    assert erasure is not None
    assert await company.door.enter(erasing.send_delete(erasure.id, "a"), CLOCK)
    await _away(company)
    assert (await states(company, number), await _due(company)) == (["gone"], [erasure.id])
    assert await company.door.enter(erasing.send_delete(erasure.id, "a"), CLOCK)
    assert await _vanished(company) == 0
    await company.door.enter(
        erasing.certify_erased(erasure.id, Proof(company.clock.now, "deleted", "copies", "n", "a")), CLOCK
    )
    assert await findings(company.database) == []


async def test_p5_a_file_that_is_moved_is_the_same_call_and_goes(company: Company) -> None:
    matter, number = await afterwards(company), company.calls[0]
    await company.door.enter(recordings.identify_call(number, "1", "a" * 64), CLOCK)
    await _away(company)
    await register(company.door, call(1, native_id="2026/call-1", stamp="2"))
    moved = await _named(company, "2026/call-1")
    assert (moved.id, moved.state, moved.folder) == (number, "declined", "2026")
    told = (await audit(company))[-1][4]
    assert (told["moved"], "replaced" in told) == ([number], False)
    await company.door.enter(deciding.decide_to_erase(matter), company.helena)
    assert len(await _due(company)) == 1
    assert await findings(company.database) == []


async def test_p5_another_call_of_that_moment_is_none_of_it(company: Company) -> None:
    await afterwards(company)
    await _away(company)
    others: tuple[dict[str, Any], ...] = ({"size": 1}, {"operator_key": "anna@x"}, {"started": company.clock.now})
    for place, facts in enumerate(others):
        await register(company.door, call(1, native_id=f"other-{place}", **facts))
        assert (await _named(company, f"other-{place}")).state == "present"
