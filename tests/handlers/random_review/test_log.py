"""P11, C1: the log says of draws ids and hashes only, and whoever changes by hand what is stored of them is found."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from handlers import HANDLERS
from handlers.acting import CLOCK, DELIVERY
from handlers.listening import Exchange, Heard, Listen, Served
from handlers.random_review import intents
from handlers.random_review.forms import OutgoingForm, ReviewForm
from handlers.recordings import Register
from storage.database.store import Store
from storage.tables.draws import CallReview
from tests.handlers.builders import Company, call, ledger, register
from tests.handlers.passing_time import pass_until
from tests.handlers.random_review.acts import a_month, drawn, reviews_of, the_draw
from tests.reconciled import findings

pytestmark = pytest.mark.soak

CANARY = "Canary-7f3a"


async def _eventful(company: Company) -> None:
    """Two months: every word has the canary in it, and every step of the room was taken."""
    await a_month(company)
    draw = await drawn(company)
    first, second, third, *_ = await reviews_of(company, draw)
    whose = {one.person_id: one for one in (company.quinn, company.miles)}
    opened = await company.door.enter(
        Exchange(await company.door.enter(Listen(first.id), whose[first.reviewer])), CLOCK
    )
    await company.door.enter(Served(opened.grant, opened.secret, first.recording_id, 0, 10), CLOCK)
    await company.door.enter(Heard(opened.grant, opened.secret, first.recording_id, 0, 10), CLOCK)
    await company.door.enter(intents.Begin("call_review", first.id), whose[first.reviewer])
    await company.door.enter(
        intents.Review(first.id, _form(first, await _direction(company, first))), whose[first.reviewer]
    )
    await company.door.enter(intents.EndRestoredReview(second.id), CLOCK)
    company.door.policy = company.door.policy.model_copy(update={"announcements_down": ()})
    await company.door.enter(intents.Recheck(draw), CLOCK)
    await _declined(company, third)
    await company.door.enter(intents.Replace(draw), CLOCK)
    await company.door.enter(intents.RecheckReview(second.id), CLOCK)
    card = next(one for one in await ledger(company, company.quinn) if one.payload.get("matter") == draw)
    await company.door.enter(intents.Reroute(draw, company.quinn.person_id or 0, "user_disabled", card.id), DELIVERY)
    await company.door.enter(
        intents.RerouteReview(first.id, company.quinn.person_id or 0, "user_disabled", card.id), DELIVERY
    )
    await company.door.enter(intents.FindFile(draw), company.miles)
    await _without_the_beacon(company)


async def _without_the_beacon(company: Company) -> None:
    started = datetime(2026, 12, 10, 3, tzinfo=UTC)
    calls = (call(1, native_id=f"d-{one}", started=started + timedelta(hours=one)) for one in range(9))
    await pass_until(company, started + timedelta(days=7))
    await register(company.door, *calls)
    await pass_until(company, datetime(2027, 1, 4, 0, tzinfo=UTC))
    draw = (await the_draw(company, "2026-12")).id
    await company.door.enter(intents.NoteTrouble(draw, "forged"), CLOCK)
    await pass_until(company, datetime(2027, 1, 6, 0, tzinfo=UTC))
    await company.door.enter(intents.DrawWithNumber(draw), company.helena)
    await pass_until(company, company.clock.now + timedelta(days=20))


async def test_p11_the_log_says_ids_and_hashes_only_of_draws(company: Company) -> None:
    await _eventful(company)
    rows = await company.database.read(lambda store: list(store.audit.rows()))
    for one in rows:
        told = json.dumps(one, ensure_ascii=False).casefold()
        for secret in (CANARY.casefold(), "fernhill", "quinn", "tolliver", "+61"):
            assert secret not in told, one
    ours = {one["action"] for one in rows if one["action"].startswith("random_review.")}
    quiet = {
        f"random_review.{one}"
        for one in (
            "recheck",
            "begin",
            "file",
            "schedule",
            "round",
            "reroute_review",
            "recheck_review",
        )
    }
    assert ours | quiet == {kind.action for kind in HANDLERS if kind.action.startswith("random_review.")}


@pytest.mark.by_hand
@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE draws SET month = '2026-09' WHERE month = '2026-11'", "“month” is stored as 2026-09"),
        ("UPDATE draws SET list_hash = 'x'", "“list hash” is stored as x"),
        ("UPDATE draws SET frozen = replace(frozen, '2026-11-30', '2026-11-29')", "“frozen” is stored as"),
        ("UPDATE draws SET frozen = '{}'", "can't be read"),
        ("UPDATE draws SET number = '00' WHERE number <> ''", "“number” is stored as 00"),
        ("UPDATE draws SET signature = 'ab' WHERE signature <> ''", "“signature” is stored as ab"),
        ("UPDATE draws SET trouble = 'silent'", "“trouble” is stored as silent"),
        ("UPDATE draws SET review_until = '2027-09-01 00:00:00.000000'", "“review until” is stored as"),
        ("UPDATE matters SET state = 'waiting' WHERE kind = 'draw'", "“state” is stored as waiting"),
        ("UPDATE call_reviews SET entered_by = 1", "“entered by” is stored as person 1"),
        ("UPDATE call_reviews SET told = 'yes'", "“told” is stored as yes"),
        ("UPDATE call_reviews SET cause = 'gone' WHERE cause = ''", "“cause” is stored as gone"),
        ("UPDATE call_reviews SET salt = 'other' WHERE sealed IS NOT NULL", "words, or their salt, were changed"),
        ("UPDATE call_reviews SET recording_id = 1", "“call” is stored as 1"),
        ("UPDATE call_reviews SET reviewer = 1", "“reviewer” is stored as person 1"),
        ("UPDATE matters SET state = 'reviewed' WHERE kind = 'call_review'", "“state” is stored as reviewed"),
        ("UPDATE grants SET person_id = 1", "“holder” is stored as person 1"),
        ("UPDATE grants SET ends_at = '2028-01-01 00:00:00.000000'", "“ends” is stored as"),
        ("DELETE FROM listenings", "was heard under access"),
        ("UPDATE requested_recordings SET version = 2", "“version” is stored as 2"),
        ("UPDATE requested_recordings SET changed_at = '2028-01-01 00:00:00.000000'", "“changed” is stored as"),
        ("UPDATE requested_recordings SET recording_id = 1", "“named call” is stored as 1"),
        ("UPDATE parties SET role = 'director'", "was asked is stored as “director”"),
        ("DELETE FROM requested_recordings", "“named” is stored as False"),
        ("DELETE FROM parties", "was asked, but is no longer stored"),
        (
            "DELETE FROM matter_keys WHERE matter_id IN (SELECT id FROM call_reviews)",
            "the key of its words is gone, and the log knows",
        ),
    ],
)
async def test_c1_what_is_changed_by_hand_is_found(company: Company, statement: str, told: str) -> None:
    await _eventful(company)
    assert await findings(company.database) == []
    if not company.database.is_sqlite:
        statement = statement.replace(
            "replace(frozen, '2026-11-30', '2026-11-29')", "replace(frozen::text, '2026-11-30', '2026-11-29')::json"
        )
    await company.database.write(lambda store: store.session.execute(text(statement)))
    assert told in " | ".join(await findings(company.database))


@pytest.mark.by_hand
async def test_c1_a_draw_that_is_taken_away_is_found(company: Company) -> None:
    await a_month(company)
    draw = await drawn(company)
    tables = (
        "outbox", "grants", "requested_recordings", "parties", "matter_keys", "reminders", "call_reviews", "draws",
        "matters WHERE kind IN ('draw', 'call_review')",
    )  # fmt: skip

    def take_away(store: Store) -> None:
        for one in tables:
            store.session.execute(text(f"DELETE FROM {one}"))

    await company.database.write(take_away)
    assert f"draw {draw} stands in the log, but is no longer stored" in await findings(company.database)


def _form(review: CallReview, direction: str) -> ReviewForm:
    words = {"good": f"Good {CANARY}", "training": f"None {CANARY}"}
    return OutgoingForm.read({**words, "told": "no"}) if direction == "outgoing" else ReviewForm.read(words)


async def _direction(company: Company, review: CallReview) -> str:
    found = await company.database.read(lambda store: store.draws.calls([review]))
    return found[review.recording_id].direction


async def _declined(company: Company, review: CallReview) -> None:
    """Its customer declined, as the recording system's own change would show it: the call is gone."""
    call = (await company.database.read(lambda store: store.draws.calls([review])))[review.recording_id]
    await company.door.enter(Register(call.system, (), [call.native_id]), CLOCK)


@pytest.mark.by_hand
@pytest.mark.parametrize(
    ("statements", "told"),
    [
        (("DELETE FROM audit WHERE action = 'random_review.freeze'",), "is stored, but the log knows nothing of it"),
        (("DELETE FROM audit WHERE action = 'random_review.give'",), "access"),
        (("DELETE FROM audit WHERE action = 'random_review.draw'",), "review"),
        (("DELETE FROM audit WHERE action = 'random_review.review'",), "what was written of review"),
        (("UPDATE audit SET detail = replace(detail, 'list_hash', 'other')",), "can't be read"),
    ],
)
async def test_c1_what_the_log_knows_nothing_of_is_found(
    company: Company, statements: tuple[str, ...], told: str
) -> None:
    await _eventful(company)
    for one in statements:
        said = (
            one
            if company.database.is_sqlite
            else one.replace("replace(detail", "replace(detail::text").replace(")", ")::json", 1)
            if "replace(" in one
            else one
        )
        await company.database.write(lambda store, said=said: store.session.execute(text(said)))  # type: ignore[misc]
    assert told in " | ".join(await findings(company.database))
