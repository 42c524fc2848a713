"""P13: what is asked before the door tells a receipt, a code and a session of ours from any other, by a read."""

from __future__ import annotations

from datetime import timedelta

import pytest

from handlers.acting import WEB, Act
from handlers.breach.readers import pass_stands
from handlers.breach.reporting import receipt_stands
from storage.breaches import Breaches
from storage.database.store import Store
from storage.tables.breaches import Report, ReportPass
from tests.handlers.builders import KEYS, Company
from tests.handlers.reading import looking
from tests.moments import NOW


@pytest.mark.by_hand
async def test_p13_a_receipt_a_code_and_a_session_of_ours_stand_and_no_other(company: Company) -> None:
    def keep(store: Store) -> None:
        rows = Breaches(store.session)
        rows.add(
            Report(
                id="B-22222222", receipt=KEYS.mark_of_pass("receipt", "ours"), own="o", rule_wrap=b"", sealed=b""
            )
        )  # fmt: skip
        ends_at = NOW + timedelta(minutes=1)
        rows.add(
            ReportPass(
                hash=KEYS.mark_of_pass("report", "code"),
                kind="code",
                report_id="B-22222222",
                sealed=b"",
                ends_at=ends_at,
            )
        )

    await company.database.write(keep)

    def ask(act: Act) -> list[bool]:
        told = ("ours", "code", "", "\ud800", KEYS.mark_of_pass("receipt", "ours"))
        return [receipt_stands(act, one) for one in told] + [pass_stands(act, one) for one in told]

    assert await looking(company, WEB, ask) == [True, False, False, False, False, False, True, False, False, False]
