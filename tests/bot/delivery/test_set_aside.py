"""A row that nobody can do is set aside by itself: told, counted, and in nobody's recipient."""

from collections.abc import Callable, MutableMapping
from typing import Any

from prometheus_client import REGISTRY
from sqlalchemy import text

from storage.database.store import Store
from tests.handlers.builders import ask, audit
from tests.offices import Office, states


def _spoilt(sentence: str) -> Callable[[Store], None]:
    """Change rows by hand, behind the back of the program."""

    def work(store: Store) -> None:
        if store.session.get_bind().dialect.name == "sqlite":
            store.session.execute(text("PRAGMA defer_foreign_keys=ON"))
        store.session.execute(text(sentence))

    return work


TARAS = "WHERE person_id = (SELECT id FROM people WHERE email_key LIKE 'tara%')"
SHAPES = {
    "a word": '"R-1"', "nothing": "null", "a list": "[1]", "without its matter": '{"revision": 1}',
    "without words": '{"matter": {"a": 1}, "revision": 1}', "a number that is none": '{"matter": "R-1", "revision": "x"}',
}  # fmt: skip


async def test_a_row_of_a_wrong_shape_fails_alone(office: Office, logs: list[MutableMapping[str, Any]]) -> None:
    """A1: whatever stands in one row, the others go out, and it is never tried a second time."""
    company = office.company
    for number, shape in enumerate(SHAPES.values()):
        await ask(company, company.anna, crm=f"CS-{number}")
        await company.database.write(_spoilt(f"UPDATE outbox SET payload = '{shape}' {TARAS} AND state = 'queued'"))
        await office.all_delivered()
        assert (await states(company))[-1] == ("show", "failed", "unreadable", 1), shape
    assert len(office.titles("anna")) == len(SHAPES)
    assert office.titles("tara") == []
    told = [one for one in logs if one["event"] == "delivery.set_aside"]
    assert [one["code"] for one in told] == ["unreadable"] * len(SHAPES)
    failed = [one for one in await audit(company) if one[1] == "delivery.fail"]
    assert [one[4]["code"] for one in failed] == ["unreadable"] * len(SHAPES)


async def test_what_is_set_aside_is_counted(office: Office) -> None:
    """A1: the operator sees it, and by what kind of effect it was."""

    def counted() -> float:
        return REGISTRY.get_sample_value("steward_deliveries_total", {"kind": "show", "outcome": "fail"}) or 0.0

    before = counted()
    await ask(office.company, office.company.anna)
    await office.company.database.write(_spoilt(f"UPDATE outbox SET payload = '[1]' {TARAS}"))
    await office.all_delivered()
    assert counted() == before + 1
