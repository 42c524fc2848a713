"""P11, C1: the log says of draws ids and hashes only, and whoever changes by hand what is stored of them is found."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import text

from handlers import HANDLERS
from handlers.acting import CLOCK, DELIVERY
from handlers.checkpoints import Restored
from handlers.listening import Exchange, Heard, Listen, Served
from handlers.random_review import intents
from handlers.random_review.forms import AgainForm, LineForm, OutgoingForm, ReviewForm
from handlers.reconciling import Gap
from handlers.recordings import Register
from storage.database.store import Store
from storage.tables.draws import CallReview
from storage.tables.log import AuditEntry
from tests.handlers.builders import Company, ledger
from tests.handlers.passing_time import fall, pass_until
from tests.handlers.random_review.acts import a_month, drawn, reviews_of, the_draw
from tests.reconciled import findings, results

pytestmark = pytest.mark.soak

CANARY = "Canary-7f3a"


async def _eventful(company: Company) -> None:
    """A month that was drawn twice: every word of it has the canary in it, and every step of the room was taken."""
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
    await company.door.enter(intents.Fill(draw), CLOCK)
    await company.door.enter(intents.RecheckReview(second.id), CLOCK)
    card = next(one for one in await ledger(company, company.quinn) if one.payload.get("matter") == draw)
    await company.door.enter(intents.Reroute(draw, company.quinn.person_id or 0, "user_disabled", card.id), DELIVERY)
    await company.door.enter(
        intents.RerouteReview(first.id, company.quinn.person_id or 0, "user_disabled", card.id), DELIVERY
    )
    await company.door.enter(intents.Notice(draw, "D1", f"9.9{CANARY}"), company.quinn)
    await company.door.enter(intents.NoticeReview(first.id, "D1", f"9.9{CANARY}"), company.quinn)
    await company.door.enter(intents.Files(draw), company.quinn)
    await company.door.enter(intents.Again(draw, AgainForm(why=f"Short {CANARY}"), "slack:V1"), company.helena)
    again = await the_draw(company, 2)
    await company.door.enter(intents.Contribute(again.id, LineForm(line=f"A line {CANARY}")), company.miles)
    await company.door.enter(Restored(1, 99, "9" * 64, 9), CLOCK)
    await company.door.enter(intents.EndRestoredDraw(again.id), CLOCK)
    await fall(company)
    anew = await the_draw(company, 3)
    await company.door.enter(intents.Contribute(anew.id, LineForm(line=f"Anew {CANARY}")), company.miles)
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
            "notice",
            "notice_review",
            "begin",
            "files",
            "schedule",
            "reroute_review",
            "recheck_review",
        )
    }
    assert ours | quiet == {kind.action for kind in HANDLERS if kind.action.startswith("random_review.")}


@pytest.mark.by_hand
@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE draws SET month = '2026-10' WHERE ordinal = 1", "“month” is stored as 2026-10"),
        ("UPDATE draws SET number_hash = 'x' WHERE ordinal = 1", "“number hash” is stored as x"),
        ("UPDATE draws SET number = '00' WHERE ordinal = 1", "the number is not the one whose hash was announced"),
        ("UPDATE draws SET minimum = 9", "“minimum” is stored as 9"),
        ("UPDATE draws SET why = 'other' WHERE why <> ''", "words, or their salt, were changed"),
        ("UPDATE draws SET why = 'other' WHERE ordinal = 1", "what is to be said of draw"),
        ("UPDATE draws SET why = 'other' WHERE ordinal = 3", "words, or their salt, were changed"),
        ("UPDATE draws SET asked_by = 1 WHERE asked_by IS NOT NULL", "“asked by” is stored as person 1"),
        ("UPDATE draws SET review_until = '2027-01-01 00:00:00.000000'", "“review until” is stored as"),
        ("UPDATE matters SET state = 'nothing' WHERE kind = 'draw'", "“state” is stored as nothing"),
        ("UPDATE draw_lists SET calls = '[1]' WHERE department = 'sales'", "“calls” is stored as"),
        ("UPDATE draw_lists SET left_out = '{\"gone\": 1}'", "“left out” is stored as"),
        ("UPDATE draw_lists SET wanted = 1 WHERE department = 'sales'", "“wanted” is stored as 1"),
        (
            "UPDATE draw_lists SET seed = 'x' WHERE department = 'sales'",
            "the seed does not follow from list, number and lines",
        ),
        ("DELETE FROM draw_lists WHERE department = 'sales'", "was frozen, but that is no longer stored"),
        ("UPDATE draw_lines SET line = 'other'", "words, or their salt, were changed"),
        ("DELETE FROM draw_lines", "typed a line for"),
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
            "DELETE FROM matter_keys WHERE matter_id LIKE 'RD-%'",
            "the key of its words is gone, and the log knows nothing of it",
        ),
        (
            "DELETE FROM matter_keys WHERE matter_id IN (SELECT id FROM call_reviews)",
            "the key of its words is gone, and the log knows",
        ),
    ],
)
async def test_c1_what_is_changed_by_hand_is_found(company: Company, statement: str, told: str) -> None:
    await _eventful(company)
    assert await findings(company.database) == []
    await company.database.write(lambda store: store.session.execute(text(statement)))
    assert told in " | ".join(await findings(company.database))


async def test_c1_a_draw_of_an_earlier_version_raises_no_alarm(company: Company) -> None:
    await a_month(company)
    await drawn(company)

    def as_before(store: Store) -> None:
        for entry in store.session.query(AuditEntry):
            entry.detail = {name: told for name, told in entry.detail.items() if name not in ("versions", "roles")}

    await company.database.write(as_before)
    found = await company.database.read(results)
    assert {one.what for one in found if isinstance(one, Gap)} == {
        "as which version calls are named",
        "as what somebody was asked",
    }
    assert await findings(company.database) == []


@pytest.mark.by_hand
async def test_c1_a_draw_that_is_taken_away_is_found(company: Company) -> None:
    await a_month(company)
    draw = await drawn(company)
    tables = (
        "outbox", "grants", "requested_recordings", "parties", "matter_keys", "reminders", "call_reviews", "draw_lists", "draw_lines", "draws",
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
        (("DELETE FROM audit WHERE action = 'random_review.open'",), "is stored, but the log knows nothing of it"),
        (("DELETE FROM audit WHERE action = 'random_review.contribute'",), "line of person"),
        (("DELETE FROM audit WHERE action = 'random_review.give'",), "access"),
        (("DELETE FROM audit WHERE action = 'random_review.draw'",), "review"),
        (("DELETE FROM audit WHERE action = 'random_review.review'",), "what was written of review"),
        (("UPDATE audit SET detail = replace(detail, 'number_hash', 'other')",), "can't be read"),
        (("UPDATE audit SET detail = replace(detail, 'sales', 'sold')",), "list sales"),
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
