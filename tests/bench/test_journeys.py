"""`make bench` measures what people feel to its last step, whatever cards say by then."""

from pathlib import Path

import pytest

from tests.bench.acks import Acks, a_client
from tests.bench.journeys import STEPS, take_journeys
from tests.bench.town import a_server, a_sink, lay_calls


@pytest.mark.soak
@pytest.mark.machine_clock
def test_the_journey_of_one_person_is_timed_to_its_end(tmp_path: Path) -> None:
    lay_calls(tmp_path / "calls")
    with a_sink() as sink, a_client() as client, a_server("ours", tmp_path, sink) as server:
        assert list(take_journeys(Acks(tmp_path, sink, client), server, 1)) == list(STEPS)
