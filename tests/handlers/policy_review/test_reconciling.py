"""P14, C1: what is stored of reviews and of texts in force fits the log, and whoever changes it by hand is found."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from handlers.policy_review.intents import Confirm
from tests.handlers.builders import Company
from tests.handlers.policy_review.acts import complete, declare, opened, start
from tests.reconciled import findings

pytestmark = pytest.mark.soak


async def _changed(company: Company, *statements: str) -> str:
    for statement in statements:
        await company.database.write(lambda store, said=statement: store.session.execute(text(said)))  # type: ignore[misc]
    return " | ".join(await findings(company.database))


async def _eventful(company: Company) -> tuple[str, str]:
    await start(company)
    change, small = await declare(company, company.tara), await declare(company, company.helena, "no")
    await company.door.enter(Confirm(small), company.ruth)
    await complete(company, change, company.ruth)
    assert await findings(company.database) == []
    return change, small


@pytest.mark.by_hand
@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE policy_texts SET text = 'years: 9'", "policy text 1: “digest” is stored as"),
        ("UPDATE policy_texts SET digest = 'x'", "policy text 1: “digest” is stored as"),
        ("DELETE FROM policy_texts", "says that policy text 1 was in force, but that is no longer stored"),
        (
            "INSERT INTO policy_texts (number, digest, text, since) VALUES (9, 'x', 'y', '2026-01-01')",
            "policy text 9 is stored, but the log knows nothing of it",
        ),
        ("UPDATE policy_reviews SET next_on = '2090-01-01'", "“next” is stored as 2090-01-01"),
        ("UPDATE policy_reviews SET outcome_words = 'other'", "words, or their salt, were changed"),
        ("UPDATE policy_reviews SET change = 'other'", "words, or their salt, were changed"),
        ("UPDATE policy_reviews SET stage = 'review'", "“stage” is stored as review"),
        ("UPDATE policy_reviews SET seconded_by = declared_by", "“seconded by” is stored as"),
        ("UPDATE policy_reviews SET seconded_at = NULL", "“seconded at” is stored as nothing"),
        ("UPDATE matters SET state = 'waiting' WHERE kind = 'policy_review'", "“state” is stored as open"),
        ("UPDATE parties SET part = 'copy'", "is stored as copy, but the log says approver"),
        ("DELETE FROM parties", "was asked, but is no longer stored"),
        ("UPDATE policy_reviews SET outcome_words = 'x' WHERE outcome = ''", "words of an outcome are stored"),
    ],
)
async def test_p14_whoever_changes_a_text_or_a_review_by_hand_is_found(
    company: Company, statement: str, told: str
) -> None:
    await _eventful(company)
    assert told in await _changed(company, statement)


@pytest.mark.by_hand
async def test_p14_a_review_that_was_taken_out_is_found(company: Company) -> None:
    change, _ = await _eventful(company)
    found = await _changed(
        company, f"DELETE FROM parties WHERE matter_id = '{change}'", f"DELETE FROM policy_reviews WHERE id = '{change}'",
        f"DELETE FROM matters WHERE id = '{change}'",
    )  # fmt: skip
    assert f"review {change} stands in the log, but is no longer stored" in found


@pytest.mark.by_hand
async def test_p14_half_a_review_is_found(company_in_a_file: Company) -> None:
    company = company_in_a_file
    change, _ = await _eventful(company)
    found = await _changed(company, "PRAGMA foreign_keys = OFF", f"DELETE FROM policy_reviews WHERE id = '{change}'")
    assert f"a row of matters belongs to {change}, which is not stored" in found


@pytest.mark.by_hand
async def test_p14_a_review_that_the_log_does_not_know_is_found(company: Company) -> None:
    made = (
        "INSERT INTO matters (id, kind, state, revision, line, asked_at) VALUES ('PR-1', 'policy_review', 'waiting', 1, '', '2026-11-24')",
        (
            "INSERT INTO policy_reviews (id, key, why, stage, due_on, salt, change, changed_on, held_on, took_part, outcome, "
            "outcome_words, next_on, covered_by) VALUES ('PR-1', 'k', 'due', 'review', '2028-07-01', 's', '', '', '', '', '', '', '', '')"
        ),
    )
    await company.database.write(lambda store: [store.session.execute(text(one)) for one in made])
    assert "review PR-1 is stored, but the log knows nothing of it" in await _changed(company)


@pytest.mark.by_hand
async def test_p14_what_can_not_be_read_is_named_and_the_rest_compared(company_in_a_file: Company) -> None:
    company = company_in_a_file
    await _eventful(company)
    found = await _changed(company, "UPDATE matters SET asked_at = 'never' WHERE kind = 'policy_review'")
    assert "can't be read" in found
    assert "can't be read" in await _changed(company, "ALTER TABLE policy_reviews RENAME TO gone")


@pytest.mark.by_hand
async def test_p14_an_entry_that_says_too_little_holds_nothing_up(company_in_a_file: Company) -> None:
    company = company_in_a_file
    change, _ = await _eventful(company)
    told = await _changed(company, f"UPDATE audit SET detail = '{{}}' WHERE subject = '{change}'")
    assert f"review {change}: what is stored, or what the log says of it, can't be read" in told


@pytest.mark.by_hand
async def test_p14_a_change_that_nobody_declared_is_found(company: Company) -> None:
    """In a review that came by the calendar, of which nobody said that anything changes."""
    review = await opened(company)
    told = await _changed(company, f"UPDATE policy_reviews SET change = 'x' WHERE id = '{review}'")
    assert f"review {review}: a change is stored, but nobody declared one" in told
