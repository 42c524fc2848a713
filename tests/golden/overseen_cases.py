"""What the Head and reviewers get by the week and the month: the digest with everything in it, and a draw."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from handlers.cards import Card
from handlers.digest import cards as digest_cards
from handlers.digest.state import DigestCase, News, Waiting
from handlers.random_review import cards as draw_cards
from handlers.random_review.state import DrawCase
from storage.records import Party
from storage.tables.calls import Keep, UnregisteredFile
from storage.tables.reviews import CallReview, Digest, Draw
from tests.drawn import a_frozen
from tests.golden.requests import ANNA, HELENA, NOW, POLICY, TARA, a_call, a_person

PEOPLE = {number: a_person(number, name) for number, name in ((ANNA, "Anna Quill"), (TARA, "Tara Lindqvist"), (HELENA, "Helena Marsh"))}  # fmt: skip
CALLS = [a_call(1, "+61281979000"), a_call(2, "+442036953777")]
WAITS = Waiting(
    "R-2027-0001", "Request R-2027-0001", NOW - timedelta(days=3), ("Tara Lindqvist",), late=True, stuck=False
)
NEWS = News(
    {"+61281979000": 12, "+442036953777": 3}, CALLS, {"unavailable": 2}, [WAITS],
    [(Keep(recording_id=1, matter_id="H-1", why="hold", since=NOW, ends_at=NOW), CALLS[0])], CALLS[1:],
    [UnregisteredFile(system="file", native_id="a", stamp="", why="empty", size=0, modified=NOW, first_seen=NOW)], ["Bram Tolliver has no account that I can find."],
)  # fmt: skip


def _digest(faults: int) -> DigestCase:
    row = Digest(
        id="WK-7F3K2QXM",
        week="2026-11-23",
        asked_at=NOW,
        state="waiting",
        verified_at=NOW,
        verified_to=4210,
        faults=faults,
    )
    return DigestCase(row, [Party(matter_id=row.id, person_id=HELENA, part="approver", role="head_of_customer_success", since=NOW)], PEOPLE, POLICY, NOW)  # fmt: skip


def _draw(state: str, **facts: Any) -> DrawCase:
    row = Draw(id="RD-7F3K2QXM", month="2026-10", frozen={}, list_hash="", asked_at=NOW, state=state, review_until=NOW + timedelta(days=20), **facts)  # fmt: skip
    reviews = [
        CallReview(id=f"RV-{one}", draw_id=row.id, key=f"{one}", department="sales", recording_id=one, place=one, reviewer=TARA, state="waiting", asked_at=NOW)
        for one in (1, 2, 3)
    ]  # fmt: skip
    asked = Party(matter_id=row.id, person_id=HELENA, part="approver", role="head_of_customer_success", since=NOW)
    calls = {one: a_call(one, "+61281979000") for one in (1, 2, 3)}
    return DrawCase(
        row, [asked], PEOPLE, POLICY, NOW, frozen=a_frozen(), reviews=reviews if state == "drawn" else [], calls=calls
    )


CARDS: Mapping[str, Card] = {
    "digest": digest_cards.digest_card(_digest(0), NEWS, HELENA),
    "digest-broken": digest_cards.digest_card(_digest(2), NEWS, HELENA),
    "draw-reviewer": draw_cards.draw_card(_draw("drawn", signature="s"), TARA),
    "draw-late": draw_cards.draw_card(_draw("waiting", trouble="silent"), HELENA, head=True),
}
