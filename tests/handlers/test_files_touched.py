"""How many files one Approve runs through: few enough to walk with a newcomer."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import pytest

from handlers.access import deciding
from tests.handlers.builders import Company, ask
from tests.handlers.reading import seen

ROOT = Path(__file__).parents[2]
OURS = tuple(f"{ROOT / floor}/" for floor in ("bot", "handlers", "storage"))
MOST = 47


@contextmanager
def entered() -> Iterator[set[str]]:
    """Every file of the product in which a function is called meanwhile, in any thread."""
    found: set[str] = set()

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(OURS):
            found.add(frame.f_code.co_filename)

    threading.setprofile_all_threads(note)  # type: ignore[attr-defined]  # the database works in threads of its own
    try:
        yield found
    finally:
        threading.setprofile_all_threads(None)  # type: ignore[attr-defined]


@pytest.mark.skipif(sys.version_info < (3, 12), reason="threads that are there already are told since Python 3.12")
async def test_a_decision_and_both_cards_run_through_few_files(company: Company) -> None:
    request = await ask(company, company.anna)
    with entered() as files:
        await company.door.enter(deciding.approve_request(request), company.tara)
        for reader in (company.tara, company.anna):
            await seen(company, request, reader)
    print(len(files))
    print("\n".join(sorted(files)))
    assert len(files) <= MOST, "\n".join(sorted(files))
