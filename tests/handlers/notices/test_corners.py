"""P3: what seldom happens with a notice, and what must hold all the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from handlers import intro, matter_of
from handlers.acting import CLOCK, Visitor
from handlers.notices import intents
from handlers.notices.answering import supplied
from handlers.notices.cards import card
from handlers.notices.forms import FORMS, OutageForm, PhoneForm, variant
from handlers.notices.glance import astray
from handlers.notices.looking import due
from handlers.notices.outages import _entered
from handlers.notices.reminding import row
from handlers.notices.view import load
from handlers.notices.words import reasons
from handlers.policy.values import RoleName
from handlers.room import Given
from handlers.rules.notice_pages import _place, decoded, links
from handlers.rules.refusal import Refused
from handlers.rules.routing import route
from handlers.unregistered import NotRegistered
from storage.database.store import Store
from storage.records import Party
from tests.handlers.builders import POLICY, Company, away, person, without_deputies
from tests.handlers.notices.acts import begun, checks, confirmed, looked, open_now, withdraw
from tests.handlers.passing_time import digests, pass_until
from tests.handlers.reading import home_of, lines, looking
from tests.moments import NOW
from tests.reconciled import findings

ALL: tuple[RoleName, ...] = ("head_of_customer_success", "manager_human_resources", "breach_fallback")


async def _intro(company: Company, about: str, who: Visitor) -> str:
    return await looking(company, who, lambda act: intro(act, "notice_confirm", about))


async def test_p3_each_form_says_what_is_to_be_heard_or_seen(company: Company) -> None:
    each = await begun(company)
    notices = POLICY.notices
    assert notices.announcement in await _intro(company, f"{each['phone']}:phone", company.helena)
    assert notices.outgoing in await _intro(company, f"{each['outgoing']}:outgoing", company.helena)
    assert "I have not looked yet." in await _intro(company, f"{each['website']}:website", company.helena)
    await looked(company, "unseen", "website:slow")
    assert "When I looked:" in await _intro(company, f"{each['website']}:website", company.helena)
    day = await looking(company, company.helena, lambda act: supplied(act, {}))
    assert day == {"on_day": "2026-11-25"}
    assert variant(Given(POLICY, NOW, f"{each['website']}:website")) is FORMS["website"]
    assert variant(Given(POLICY, NOW, "N-1")) is PhoneForm


async def test_p3_the_pages_are_looked_at_again_in_their_time(company: Company) -> None:
    async def is_due() -> bool:
        return await company.database.read(lambda store: due(company.door.act(store, CLOCK)))

    assert await is_due()
    await looked(company, "unseen", "website:slow")
    assert not await is_due()
    company.clock.pass_(hours=1)
    assert await is_due()
    await looked(company, "yes")
    company.clock.pass_(hours=23)
    assert not await is_due()
    company.clock.pass_(hours=2)
    assert await is_due()
    await looked(company, "yes")
    company.clock.pass_(hours=-3)  # a clock that was set back
    assert await is_due()


async def test_p3_what_was_read_for_another_policy_counts_for_nothing(company: Company) -> None:
    await company.door.enter(intents.Looked("yes", (), "another"), CLOCK)
    assert await company.database.read(lambda store: store.notices.looked()) is None


async def test_p3_each_step_is_done_once(company: Company) -> None:
    each = await begun(company)
    before = len(await checks(company))
    await company.door.enter(intents.Open("phone"), CLOCK)
    await company.door.enter(intents.Open("nothing"), CLOCK)
    assert len(await checks(company)) == before
    await confirmed(company, each["phone"], company.helena)
    await company.door.enter(intents.Remind(each["phone"]), CLOCK)
    helena = company.helena.person_id or 0
    view = await looking(company, company.helena, lambda act: load(act, each["phone"]))
    assert row(view, helena) is None
    with pytest.raises(Refused):
        await looking(company, company.helena, lambda act: load(act, "N-22222222"))


async def test_p3_a_notice_is_one_of_the_matters(company: Company) -> None:
    each = await begun(company)
    view = await looking(company, company.helena, lambda act: load(act, each["phone"]))
    assert (view.circumstances.clause, view.clause) == ("P3", "P3")
    assert [one.role for one in route(view.circumstances).approvers] == ["head_of_customer_success"]
    assert each["phone"] in await company.database.read(lambda store: list(matter_of("N-1").waiting(store)))
    company.clock.pass_(days=1)
    await pass_until(company, company.clock.now + timedelta(hours=20))
    told = "\n".join(line for message in await digests(company, company.helena) for line in message)
    assert "nobody has confirmed it since" in told
    home = "\n".join(lines(await home_of(company, company.helena)))
    assert "to be confirmed" in home


@pytest.mark.parametrize("policy", [away(without_deputies(POLICY, *ALL), *ALL)])
async def test_p3_with_nobody_left_the_card_says_so(company: Company) -> None:
    company.door.policy = away(without_deputies(POLICY, *ALL), *ALL, now=NOW + timedelta(days=1))
    await begun(company)
    check = await open_now(company, "phone")
    if check is not None and check.state == "stuck":
        card = await looking(
            company,
            company.helena,
            lambda act: matter_of(check.id).shown(act, check.id, company.helena.person_id or 0, whole=True),
        )
        assert card is None or "can be asked now" in "\n".join(lines(card.card))


async def test_p4_files_that_can_not_be_registered_stand_at_a_glance(company: Company) -> None:
    def put(store: Store) -> None:
        store.session.execute(
            text(
                "INSERT INTO recordings (system, native_id, stamp, line, direction, caller, operator_name, operator_key, department, started,"
                " local_day, seconds, crm, media_type, size, state, found_by, identity, version, operators_before, folder)"
                " SELECT system, 'other', stamp, '+61200000000', direction, caller, operator_name, operator_key, department, started,"
                " local_day, seconds, crm, media_type, size, 'out_of_scope', '', '', 1, '', folder FROM recordings WHERE id = 1"
            )
        )

    await company.database.write(put)
    odd = {"native_id": "odd.wav", "why": "no_metadata", "stamp": "1", "size": 3, "modified": NOW}
    await company.door.enter(NotRegistered("file", (odd,)), CLOCK)
    rows = await looking(company, company.helena, lambda act: list(astray(act)))
    assert any("1 file that could not be registered" in str(one.words) for one in rows)
    assert any("1 call on +61200000000, which is no line of the policy" in str(one.words) for one in rows)


@pytest.mark.soak
@pytest.mark.by_hand
@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("DELETE FROM audit WHERE action = 'notices.open'", "is stored, but the log knows nothing of it"),
        ("UPDATE audit SET detail = '{}' WHERE action = 'notices.answer'", "can't be read"),
        ("DELETE FROM audit WHERE action = 'notices.answer'", "answer"),
    ],
)
async def test_c1_what_the_log_knows_nothing_of_is_found(company: Company, statement: str, told: str) -> None:
    each = await begun(company)
    await confirmed(company, each["phone"], company.helena)
    assert await findings(company.database) == []
    await company.database.write(lambda store: store.session.execute(text(statement)) and None)
    assert told in " | ".join(await findings(company.database))


def test_p3_a_page_in_an_alphabet_that_nobody_knows_is_read_as_far_as_it_goes() -> None:
    assert "caf" in decoded(b"caf\xe9", "no-such-alphabet")
    assert (
        links('<a href="https://[broken">x</a>', "https://a.example/", frozenset({"https://a.example/n"})).answer
        != "yes"
    )
    assert reasons(["website:no_such_reason", "nowhere:moved"]) == ""


@pytest.mark.parametrize("state", ["stuck", "waiting"])
async def test_p3_the_card_says_where_nobody_can_be_asked_and_why_it_came(company: Company, state: str) -> None:
    each = await begun(company)
    view = await looking(company, company.helena, lambda act: load(act, each["phone"]))
    view.check.state = state
    others = replace(
        view, policy=away(POLICY, "head_of_customer_success", now=NOW + timedelta(days=1)), parties=[*view.parties]
    )
    told = "\n".join(lines(card(others, company.helena.person_id or 0)))
    assert ("Nobody whom the policy names can be asked now." in told) is (state == "stuck")
    anna = Party(matter_id=view.check.id, person_id=0, part="approver", role="operations", since=NOW, unreachable="")
    people = {**view.people, 0: await person(company, company.anna)}
    told = "\n".join(lines(card(replace(view, people=people, parties=[*view.parties, anna]), 0)))
    assert ("It came to you as one of those who may confirm it." in told) is (state == "waiting")


async def test_p3_what_was_taken_back_stands_at_home_no_more_and_is_not_entered_again(company: Company) -> None:
    form = OutageForm.read({"line": "all", "first": "2026-11-22", "last": "2026-11-23", "why": "It was silent."})
    first = await company.door.enter(intents.Enter(form, "slack:V-1"), company.helena)
    await withdraw(company, company.helena, first.outage)
    assert first.outage not in "\n".join(lines(await home_of(company, company.helena)))
    none = await company.database.read(lambda store: _entered(company.door.act(store, CLOCK), None))
    assert (none.outage, none.calls) == ("", 0)


def test_p3_an_address_that_can_not_be_read_leads_nowhere() -> None:
    assert links('<a href="https://a.example/n">x</a>', "https://a.example/", frozenset({"https://[x"})).answer != "yes"
    assert _place("https://[x") == ""
