"""A new kind of matter costs its own folder and a line in the list of rooms: here a request to download a call."""

from dataclasses import dataclass

import pytest

from handlers.acting import DELIVERY, HANDLERS, Context, Result, handler
from handlers.cards import Actions, Button, Card, Facts, Row, Sign, Small, Title
from handlers.home import waiting_of
from handlers.matters import asking, showing
from handlers.matters.case import Case, Kind, More
from handlers.matters.showing import MatterOf, details_page
from handlers.policy import RoleName
from handlers.room import ROOMS, Does, Room
from handlers.rules import Refused
from handlers.rules.routing import Circumstances
from handlers.sealing import new_id
from handlers.telling import reminder_line
from storage.columns import in_body
from storage.matters import Reminder
from storage.records import Matter
from tests.handlers.builders import Company, audit, ledger, left
from tests.handlers.reading import labels, lines, looking

KNOWN = len(HANDLERS)
CHAIN: tuple[RoleName, ...] = ("head_of_customer_success", "manager_human_resources")


class Download(Matter, kw_only=True):
    """A person asks to download a call. `state`: waiting or stuck until it is decided, then approved."""

    __mapper_args__ = {"polymorphic_identity": "download"}
    call: int = in_body()


class DownloadCircumstances(Circumstances, chain=CHAIN):
    """No one decides about a download that they asked for, or of their own call."""


@dataclass(frozen=True)
class DownloadCase(Case[Download]):
    kind = Kind(
        "DL-", name="download", clause="P6", row=Download, decided_by=DownloadCircumstances,
        what="the download", gone="I can't find this download.",
    )  # fmt: skip

    @classmethod
    def load_more(cls, ctx: Context, matter: Download) -> More:
        call = ctx.store.recordings.get(matter.call)
        return More([matter.begun_by], [call.operator_id if call else None])


def card(case: DownloadCase, reader: int, *, whole: bool = False) -> Card:
    buttons = (Actions((Button("download_approve", "Approve", case.matter.id, "primary"),)),)
    return Card(
        (
            Title(Sign.WAITING if case.matter.is_open else Sign.APPROVED, "Download", case.matter.state),
            Facts((("Asked for by", case.name_of(case.matter.begun_by, reader)), ("Waits for", case.asked_names))),
            *(buttons if case.waits_for(reader) else ()),
            Small(case.small),
        ),
        f"{case.name_of(case.matter.begun_by)} asks to download a call.",
    )


def row(case: DownloadCase, told: Reminder) -> Row | None:
    return reminder_line("A download waits for you.", case.matter.id) if case.waits_for(told.person_id) else None


@handler("download.ask", clause="P6")
def ask_to_download(ctx: Context, call: int) -> Result[str]:
    download = Download(id=new_id("DL"), asked_at=ctx.now, begun_by=ctx.me.id, call=call)
    ctx.store.session.add(download)
    detail, effects = asking.begin_asking(ctx, DownloadCase.of(ctx, download))
    return Result(download.id, effects, download.id, detail)


@handler("download.approve", clause="P6", about="matter")
def approve_download(ctx: Context, matter: str) -> Result[None]:
    case, authority = DownloadCase.load_for_decider(ctx, matter)
    case.matter.state, case.matter.decided_by, case.matter.closed_at = "approved", ctx.me.id, ctx.now
    return Result(None, asking.bump_and_redraw(case), detail=asking.take_part(ctx, case, authority))


ROOM = Room(
    "downloads",
    buttons={"download_approve": Does(approve_download, "Approve")},
    matter=MatterOf(DownloadCase, card, row),
    lists=lambda ctx: {"waiting": lambda: waiting_of(ctx, Download, lambda one: f"Download {one.id}")},
)
del HANDLERS[KNOWN:]  # it is no part of the product


@pytest.fixture(autouse=True)
def _joined(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(showing, "ROOMS", [*ROOMS, ROOM])


async def read(company: Company, matter: str, who: str) -> Card:
    """The card in Details."""
    page = await looking(company, company.people[who], lambda ctx: details_page(ctx, matter))
    return Card(page.parts, page.title)


async def test_it_is_asked_for_shown_decided_and_on_record(company: Company) -> None:
    matter = await company.door.enter(ask_to_download(company.calls[0]), company.anna)
    assert {("show", "anna"), ("show", "helena")} <= set(await left(company))
    assert labels(await read(company, matter, "helena")) == ["Approve"]
    assert labels(await read(company, matter, "anna")) == []
    for stranger, code in ((company.deven, "no_copy"), (company.tara, "no_copy")):
        with pytest.raises(Refused) as refused:
            await looking(company, stranger, lambda ctx: details_page(ctx, matter))
        assert (str(refused.value), refused.value.code) == (DownloadCase.kind.gone, code)
    await company.door.enter(approve_download(matter), company.helena)
    assert "Helena" not in lines(await read(company, matter, "helena"))[0]
    assert [one[1] for one in await audit(company, matter)] == ["download.ask", "download.approve"]


async def test_it_goes_on_to_the_next_where_the_first_cannot_be_reached(company: Company) -> None:
    matter = await company.door.enter(ask_to_download(company.calls[0]), company.anna)
    [sent, *_] = await ledger(company, company.helena)
    reroute = ROOM.matter.reroute if ROOM.matter else None
    assert reroute is not None
    helena = company.helena.person_id or 0
    await company.door.enter(reroute(matter, helena, "user_disabled", sent.id, None), DELIVERY)
    told = " ".join(lines(await read(company, matter, "anna")))
    assert "Waits for: Henrik" in told
    assert (await audit(company, matter))[-1][1] == "download.reroute"
