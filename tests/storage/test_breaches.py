"""P13: what is stored of confidential reports, until when, and what is left of one that was destroyed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from storage.breaches import STALE, TOLD, WAITING, Breaches, Trace, broken_at
from storage.database.store import Database, Store
from storage.noticed import NEWEST, Noticed
from storage.records import Record
from storage.tables.breaches import (
    Report,
    ReportAudio,
    ReportCause,
    ReportDraft,
    ReportDue,
    ReportEntry,
    ReportNotice,
    ReportPass,
    ReportSight,
    ReportTrace,
)

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
HOUR = timedelta(hours=1)
ONE, OTHER = "B-22222222", "B-33333333"


def a_report(name: str) -> Report:
    return Report(
        id=name, receipt=f"r{name}", own=f"o{name}", trace=f"t{name}", rule_wrap=b"wrap", sealed=b"words",
        day=date(2026, 11, 24), late=False,
    )  # fmt: skip


def a_notice(name: str, due_at: datetime = NOW, state: str = WAITING, report: str = ONE) -> ReportNotice:
    return ReportNotice(id=name, report_id=report, sealed=b"to", state=state, due_at=due_at)


def a_pass(
    name: str, ends_at: datetime = NOW, holder: str = "h", report: str = ONE, kind: str = "session"
) -> ReportPass:
    return ReportPass(hash=name, kind=kind, report_id=report, holder=holder, sealed=b"who", ends_at=ends_at)


def with_rows(*rows: Record) -> Callable[[Store], None]:
    return lambda store: store.session.add_all(rows)


async def test_p13_a_report_is_found_by_its_id_receipt_or_mark(database: Database) -> None:
    await database.write(with_rows(a_report(OTHER), a_report(ONE)))

    def look(store: Store) -> list[object]:
        rows = Breaches(store.session)
        found, none = rows.with_receipt(f"r{ONE}"), rows.with_receipt("r")
        assert found is not None
        return [
            found.id,
            none,
            rows.has_own([f"o{ONE}"]),
            rows.has_own(["o"]),
            [one.id for one in rows.all()],
            rows.get("B"),
        ]

    assert await database.read(look) == [ONE, None, True, False, [ONE, OTHER], None]


async def test_p13_codes_and_pages_of_one_person_end_and_nobody_elses(database: Database) -> None:
    theirs = [a_pass("p1"), a_pass("p2"), a_pass("p3", holder="x"), a_pass("p4", report=OTHER)]
    await database.write(with_rows(*theirs))
    await database.write(lambda store: Breaches(store.session).end_passes(ONE, ["h"]))
    left = await database.read(lambda store: sorted(one.hash for one in store.session.query(ReportPass)))
    assert left == ["p3", "p4"]


@pytest.mark.parametrize(
    ("ends", "gone"),
    [(-HOUR, True), (timedelta(0), True), (timedelta(seconds=1), False), (HOUR, False), (2 * HOUR, True)],
)
async def test_p13_drafts_and_passes_are_tidied_once_their_time_is_over_or_was_never(
    database: Database, ends: timedelta, gone: bool
) -> None:
    draft = ReportDraft(mark="d", sealed=b"words", ends_at=NOW + ends)
    await database.write(with_rows(draft, a_pass("p", NOW + ends)))
    assert await database.read(lambda store: Breaches(store.session).stale(NOW, HOUR)) is gone
    await database.write(lambda store: Breaches(store.session).tidy(NOW, HOUR))

    def left(store: Store) -> list[bool]:
        rows = Breaches(store.session)
        return [rows.draft("d") is None, rows.passed("p") is None]

    assert await database.read(left) == [gone, gone]


async def test_p13_messages_come_when_they_are_due_and_no_clock_that_stood_ahead_keeps_them(database: Database) -> None:
    await database.write(
        with_rows(
            a_notice("M-1"), a_notice("M-2", NOW + HOUR), a_notice("M-3", state=STALE), a_notice("M-4", state=TOLD),
            a_notice("M-5", NOW + 9 * HOUR), a_notice("M-6", report=OTHER),
        )
    )  # fmt: skip

    def look(store: Store) -> list[list[str]]:
        rows = Breaches(store.session)
        all_, two = rows.notices(NOW, HOUR, 20), rows.notices(NOW, HOUR, 2)
        return [[one.id for one in some] for some in (all_, two, rows.notices_of(OTHER))]

    found = await database.read(look)
    assert found == [["M-1", "M-3", "M-5", "M-6"], ["M-1", "M-3"], ["M-6"]]


async def test_p13_steps_come_at_their_time_by_kind_and_once(database: Database) -> None:
    def work(store: Store) -> list[list[tuple[str, str]]]:
        rows = Breaches(store.session)
        rows.step(ONE, "remind", NOW + HOUR)
        rows.step(OTHER, "destroy", NOW - HOUR)
        rows.step(ONE, "destroy", NOW)
        rows.step(ONE, "feedback", NOW)
        rows.step(ONE, "destroy", NOW - 2 * HOUR)
        found = [rows.due(NOW, ("remind", "destroy"))]
        found[0][0].done = True
        found.append(rows.due(NOW, ("remind", "destroy")))
        assert sorted(rows.steps(ONE)) == ["destroy", "feedback", "remind"]
        return [[(one.report_id, one.kind) for one in some] for some in found]

    assert await database.write(work) == [[(ONE, "destroy"), (OTHER, "destroy")], [(OTHER, "destroy")]]


async def test_p13_audio_is_kept_by_parts_and_a_copy_can_be_dropped(database: Database) -> None:
    def keep(store: Store) -> None:
        rows = Breaches(store.session)
        for name, part, data in (("A-1", 1, b"b"), ("A-1", 0, b"-"), ("A-1", 0, b"a"), ("A-2", 0, b"c")):
            rows.keep_audio(ONE, name, part, data)

    await database.write(keep)

    def look(store: Store) -> list[object]:
        rows = Breaches(store.session)
        return [rows.parts(ONE, "A-1"), rows.audio(ONE, "A-1", 0), rows.audio(ONE, "A-1", 2), rows.parts(ONE, "A-2")]

    assert await database.read(look) == [[0, 1], b"a", None, [0]]
    await database.write(lambda store: Breaches(store.session).forget_audio(ONE, "A-1"))
    assert await database.read(lambda store: Breaches(store.session).parts(ONE, "A-1")) == []


async def test_p13_a_destroyed_report_leaves_its_links_and_what_is_still_to_be_drawn(database: Database) -> None:
    await database.write(
        with_rows(
            a_report(ONE), a_report(OTHER), a_pass("p"), a_notice("M-1"), a_notice("M-2", state=STALE),
            a_notice("M-3", state=TOLD), ReportDue(report_id=ONE, kind="destroy", due_at=NOW),
            ReportSight(report_id=ONE, reader="r", trace="t", wrap=b"w", sealed=b"s"),
            ReportAudio(report_id=ONE, name="A-1", part=0, sealed=b"a"),
        )
    )  # fmt: skip

    def work(store: Store) -> None:
        rows = Breaches(store.session)
        rows.log("m1", b"sealed")
        one = rows.get(ONE)
        assert one is not None
        rows.destroy(one)

    await database.write(work)
    kinds = (Report, ReportPass, ReportDue, ReportSight, ReportAudio, ReportEntry)
    assert await database.read(lambda store: [store.session.query(kind).count() for kind in kinds]) == [
        1,
        0,
        0,
        0,
        0,
        1,
    ]
    assert await database.read(lambda store: [one.id for one in store.session.query(ReportNotice)]) == ["M-2"]
    assert await database.read(lambda store: broken_at(Breaches(store.session).links())) == 0


async def test_p13_what_the_journal_has_is_forgotten(database: Database) -> None:
    await database.write(
        with_rows(ReportTrace(trace="a", kind="sight_ended"), ReportTrace(trace="b", kind="key_destroyed"))
    )
    told = await database.read(lambda store: Breaches(store.session).traces())
    assert told == [("a", "sight_ended", 0), ("b", "key_destroyed", 0)]
    await database.write(lambda store: Breaches(store.session).journalled([told[0], Trace("c", "sight_ended", 0)]))
    assert await database.read(lambda store: Breaches(store.session).traces()) == told[1:]


async def test_p13_what_was_counted_on_meanwhile_is_told_again_and_stays_urgent(database: Database) -> None:
    def count(counter: int, *, narrowed: bool) -> Callable[[Store], None]:
        return lambda store: Breaches(store.session).count("mark", counter, narrowed=narrowed)

    await database.write(count(3, narrowed=True))
    told = await database.read(lambda store: Breaches(store.session).traces())
    await database.write(count(4, narrowed=False))
    await database.write(lambda store: Breaches(store.session).journalled(told))
    assert await database.read(lambda store: Breaches(store.session).traces()) == [("mark", "report_narrowed", 4)]


@pytest.mark.soak
async def test_p13_many_causes_are_looked_up_at_once(database: Database) -> None:
    marks = [f"m{number}" for number in range(1200)]
    await database.write(with_rows(*(ReportCause(mark=one) for one in marks[::2])))
    found = await database.read(lambda store: Breaches(store.session).causes(marks))
    assert found == set(marks[::2])


async def test_p13_an_empty_database_has_nothing_to_notice(database: Database) -> None:
    def look(store: Store) -> list[object]:
        noticed = Noticed(store.session)
        return [noticed.late(NOW, NOW), noticed.vanished(NOW), noticed.changed(NOW), noticed.refused(frozenset({"x"}))]

    assert await database.read(look) == [{}, [], [], []]
    assert NEWEST > 100


@pytest.mark.parametrize(
    ("seconds", "used", "gone"), [(0, False, True), (60, False, False), (121, False, True), (121, True, False)]
)
async def test_p13_a7_a_code_that_lies_ahead_of_its_minute_is_tidied(
    database: Database, seconds: int, used: bool, gone: bool
) -> None:
    """One that was used stays for as long as a second use is noted."""
    code = a_pass("c", NOW + timedelta(seconds=seconds), kind="code")
    code.used = used
    await database.write(with_rows(code))
    assert await database.read(lambda store: Breaches(store.session).stale(NOW, HOUR)) is gone
    await database.write(lambda store: Breaches(store.session).tidy(NOW, HOUR))
    assert await database.read(lambda store: Breaches(store.session).passed("c") is None) is gone
