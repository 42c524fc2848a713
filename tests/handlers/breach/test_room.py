"""P13: what the room of reports brings: who is found in its look-ups, what stands behind its buttons, and how a seal stands."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

import pytest

from handlers import BUTTONS, SEARCHES
from handlers.acting import WEB, Visitor
from handlers.breach import readers, reporting
from handlers.breach.known import Told
from handlers.breach.messages import DETAILS, REPLY
from handlers.breach.reporting import READERS, ReportForm
from handlers.cards import Actions, Option, Page
from handlers.forms import Form, OneOf
from handlers.home import open_home
from handlers.room import Asks, Hands
from handlers.rules.refusal import Refused
from storage.breaches import Breaches
from tests.each import each
from tests.handlers.breach.reporting import report
from tests.handlers.builders import Company, ledger

ANYBODY = Visitor("anybody")


async def found(company: Company, typed: str) -> list[Option]:
    return await company.database.read(lambda store: SEARCHES[READERS].find(company.door.act(store, ANYBODY), typed))


async def test_p13_only_those_who_would_read_a_report_can_be_kept_from_it(company: Company) -> None:
    names = [one.label for one in await found(company, "")]
    assert names == ["Helena Marsh", "Henrik Solberg", "Ruth Adeyemi", "Miles Fairweather"]
    [helena] = await found(company, "helena")
    assert (helena.label, helena.small) == ("Helena Marsh", "Head of Customer Success")
    assert await found(company, "tara") == []
    named = await company.database.read(
        lambda store: SEARCHES[READERS].named(company.door.act(store, ANYBODY), [helena.value, "nobody"])
    )
    assert named == [helena]


@each(("button", "path"), [(DETAILS, "handle"), (REPLY, "mine")])
def test_p13_details_and_reply_lead_to_a_page_by_a_code_in_the_fragment(button: str, path: str) -> None:
    hands = BUTTONS[button]
    assert isinstance(hands, Hands)
    [actions] = [one for one in hands.page("CODE", "https://x").parts if isinstance(one, Actions)]
    assert [one.url for one in actions.buttons] == [f"https://x/report/{path}#CODE"]


async def test_p13_a_sealed_report_says_openly_that_nobody_may_read_it(company: Company) -> None:
    filed = await report(company, company.anna, accused=["helena", "ruth", "miles"])
    view = await company.door.enter(reporting.follow(filed.receipt), WEB)
    assert view.state == "kept, and no one may read it at the moment"
    assert (view.last_resort, view.evidence) == (filed.last_resort, "")


async def test_p13_what_is_sent_without_a_key_is_filed_each_time(company: Company) -> None:
    for _ in range(2):
        await company.door.enter(reporting.file(Told("page", "He sold them.")), WEB)
    assert len(await company.database.read(lambda store: Breaches(store.session).all())) == 2


class Redrawn(Form):
    """A form whose fields depend on each other."""

    name: ClassVar[str] = "redrawn"
    title: ClassVar[str] = "Redrawn"
    send: ClassVar[str] = "Send"
    which: Annotated[str, OneOf("Which?", lambda _: (), redraws=True)] = ""


@each("more", [{"kind": ReportForm, "intro": lambda act, about: ""}, {"kind": Redrawn}])
def test_p13_a_private_form_is_nothing_that_is_drawn_for_one_reader(more: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="is private"):
        Asks(
            **more,
            begin=open_home,
            send=lambda about, form, key: open_home(),
            sent=lambda _: Page("", ()),
            private=True,
        )


async def test_p13_a_press_that_is_refused_is_told_by_the_answer_and_stands_nowhere(company: Company) -> None:
    before, queued = await company.database.read(lambda store: store.audit.head()), await ledger(company)
    with pytest.raises(Refused):
        await company.door.enter(readers.link("B-22222222"), company.anna, key="k", whisper=True)
    assert await ledger(company) == queued
    assert await company.database.read(lambda store: store.audit.head()) == before
