"""The waveform of a call is kept for whoever hears it next, and says nothing in the log (P7)."""

from __future__ import annotations

import pytest

from handlers import recordings
from handlers.acting import WEB
from tests.handlers.builders import Company, audit


@pytest.mark.parametrize(("stamp", "kept"), [("1", [0.5, 1.0]), ("an older one", None)])
async def test_p7_a_waveform_is_kept_while_its_audio_is_there(
    company: Company, stamp: str, kept: list[float] | None
) -> None:
    before, call = await audit(company), company.calls[0]
    await company.door.enter(recordings.keep_wave(call, stamp, [0.5, 1.0]), WEB)
    assert await company.database.read(lambda store: store.recordings.drawn(call, "1")) == kept
    assert await audit(company) == before
