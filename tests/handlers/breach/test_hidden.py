"""P13: hidden means hidden: nothing outside the report tells that there is one, or who made it."""

import asyncio
from contextlib import suppress
from random import Random
from statistics import NormalDist
from time import perf_counter_ns
from typing import Any

import pytest
from sqlalchemy import event, select

from handlers.acting import WEB, Actor
from handlers.breach import filing, readers, steps
from handlers.breach.state import Reader
from handlers.breach.steps import gather_calls
from handlers.breach.vault import Vault
from handlers.matters.showing import note_press
from handlers.rules import Refused
from storage.database.store import Store
from storage.records import Record
from storage.tables.breaches import ReportPart
from tests.breaching import theirs
from tests.handlers.breach.reporting import Page, a_known, chosen, heard, messages, page, report, the_report, tick
from tests.handlers.builders import Company, ask, audit
from tests.handlers.reading import listed

OURS = "breach_"


def everything(store: Store, *, ours: bool = False) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, without those of reports, or of these alone."""
    tables = [one for name, one in Record.metadata.tables.items() if name.startswith(OURS) == ours]
    return {one.name: sorted(map(tuple, store.session.execute(select(one))), key=repr) for one in tables}


async def handled(company: Company, name: str, handler: Actor, words: str = "words") -> Page:
    """A handler goes through all that there is to do."""
    mine = await page(company, handler, name)
    await mine.read()
    await mine.do(steps.acknowledge_report)
    await mine.do(steps.ask_reporter, f"question {words}")
    await mine.do(steps.write_note, f"note {words}")
    await mine.do(steps.take_step, 1, done=True)
    await mine.do(gather_calls, "CS-10444")
    [call] = (await mine.read()).calls
    copy = await mine.do(steps.begin_copy, call.recording)
    await mine.do(steps.add_piece, copy, 0, f"audio {words}".encode())
    await mine.do(steps.finish_copy, copy, call.recording, 1, 11, "audio/wav")
    with suppress(Refused):  # if no one is left who may decide
        await mine.do(steps.ask_to_hear, copy)
    await mine.do(steps.accuse_person, chosen(company, "tara")[0], f"accused {words}")
    await mine.do(steps.write_outcome, f"reference {words}", f"outcome {words}")
    await mine.do(steps.close_report, f"closing {words}")
    return mine


@pytest.mark.long
@pytest.mark.soak
@pytest.mark.parametrize(
    ("accused", "handler"), [(["helena"], "ruth"), (["ruth"], "helena"), (["helena", "ruth"], "miles"), ([], "ruth")]
)
async def test_p13_no_row_outside_a_report_tells_of_it(company: Company, accused: list[str], handler: str) -> None:
    """All that others read is made of these rows: homes, searches, cards, the log, exports, figures, metrics, the
    clock.
    """
    before = await company.database.read(everything)
    filed = await report(company, company.anna, accused=accused, named="named", what="W")
    await messages(company)
    await handled(company, await the_report(company), company.people[handler])
    await company.door.enter(filing.follow_report(filed.receipt), WEB)
    await messages(company)
    await tick(company)
    assert await company.database.read(everything) == before


@pytest.mark.long
@pytest.mark.parametrize(
    ("accused", "handler"), [(["helena"], "ruth"), (["ruth"], "helena"), (["helena", "ruth"], "miles")]
)
async def test_p13_the_homes_of_the_accused_do_not_change(company: Company, accused: list[str], handler: str) -> None:
    before = {one: await listed(company, company.people[one]) for one in accused}
    await report(company, company.anna, accused=accused)
    await handled(company, await the_report(company), company.people[handler])
    assert {one: await listed(company, company.people[one]) for one in accused} == before
    assert set(await heard(company)) & set(accused) == set()


WORDS = "kn0wnbynobody"


@pytest.mark.long
async def test_p13_every_field_of_a_report_is_sealed_on_a_server_as_well(company: Company) -> None:
    await report(company, company.anna, what=WORDS, when=WORDS, which=WORDS, concerned=WORDS, named="named")
    await handled(company, await the_report(company), company.ruth, WORDS)
    rows = await company.database.read(lambda store: everything(store, ours=True))
    assert WORDS not in repr(rows)
    assert "helena" not in repr(rows).lower()
    assert "UANNA" not in repr(rows)


async def test_p13_a_reports_rows_share_no_commit_and_no_minute_with_anything_else(company: Company) -> None:
    company.clock.pass_(minutes=7, seconds=9)
    statements, commits, engine = list[str](), list[str](), company.database.sessions.engine

    def executed(*told: Any) -> None:
        statements.append(told[2])

    def committed(_: Any) -> None:
        commits.append(" ".join(statements))
        statements.clear()

    event.listen(engine, "before_cursor_execute", executed)
    event.listen(engine, "commit", committed)
    await asyncio.gather(ask(company, company.bram), report(company, company.anna), ask(company, company.cora))
    event.remove(engine, "before_cursor_execute", executed)
    event.remove(engine, "commit", committed)
    ours, others = ([one for one in commits if f"INSERT INTO {name}" in one] for name in (OURS, "audit"))
    assert (len(ours), len(others) > 0, {*ours} & {*others}) == (1, True, set())
    moments = await company.database.read(lambda store: [one.due_at for one in store.session.query(ReportPart)])
    quarters = {at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0) for at in moments if at}
    assert {at for at in moments if at} == quarters


@pytest.mark.long
@pytest.mark.soak
async def test_p13_a_known_and_a_wrong_id_take_the_same_time(company: Company) -> None:
    """2,000 each in turn: whether one took longer than the other is a coin's toss (Mann-Whitney, two-sided, 1 in 1,000)."""
    await report(company, company.anna, accused=["helena"])
    known, random = await the_report(company), Random(1)
    taken: list[tuple[int, bool]] = []
    for _ in range(2_000):
        for right in random.sample((True, False), 2):
            name = known if right else "B-22222222"
            began = perf_counter_ns()
            with pytest.raises(Refused):
                await company.door.enter(readers.make_code(name), company.helena)
            taken.append((perf_counter_ns() - began, right))
    number = len(taken) // 2
    ranks = sum(rank for rank, (_, right) in enumerate(sorted(taken), 1) if right)
    expected, spread = number * (2 * number + 1) / 2, (number * number * (2 * number + 1) / 12) ** 0.5
    print(f"z = {(ranks - expected) / spread:.2f}")
    assert abs(ranks - expected) / spread < NormalDist().inv_cdf(1 - 0.001 / 2)


@pytest.mark.long
async def test_p13_a_press_on_a_confidential_card_leaves_nothing_in_the_log(company: Company) -> None:
    before = await audit(company)
    await company.door.enter(note_press("B-4CPY4KWE"), company.helena)
    assert await audit(company) == before


def _padded(vault: Vault) -> None:
    """A short and a long report, each with readers of any length and a short and a long piece of a call."""
    for what in ("It was him.", "It was the one who sits by the window, " * 50):
        one, _ = vault.file(a_known(what=what))
        vault.give_sight(one, [Reader(person=number, role="", deputy=False) for number in (1, 40, 1_000_000)])
        for piece, data in enumerate((b"RIFF", b"RIFF" * 90_000)):
            vault.keep_audio(one, "A1", piece, data)
            assert vault.audio(one, "A1", piece) == data


@pytest.mark.by_hand
async def test_p13_what_is_sealed_is_as_long_whether_it_says_little_or_much(company: Company) -> None:
    await company.database.write(lambda store: _padded(Vault(company.door.context(store, company.ruth))))
    rows = await theirs(company.database)
    found = {table: {len(row["sealed"]) for row in rows[table]} for table in ("breach_reports", "breach_parts")}
    assert {table: len(lengths) for table, lengths in found.items()} == {"breach_reports": 1, "breach_parts": 1}
    assert len({(len(row["wrap"]), len(row["sealed"])) for row in rows["breach_sights"]}) == 1
