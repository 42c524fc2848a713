"""The file of each list of a draw, for everybody, so that anybody can compute it anew (P10)."""

from __future__ import annotations

from datetime import UTC, datetime

from handlers.acting import Act, Done
from handlers.cards import Actions, Button, Line, Page
from handlers.random_review import intents
from handlers.random_review.view import View, load
from handlers.random_review.words import SKIPPED, department_words
from handlers.rules.drawing import RECIPE, first_of, order_of
from handlers.rules.refusal import Refused
from handlers.rules.samples import FORMAT, Again, Sample, Skipped, told
from storage.tables.draws import Draw, DrawList

PATH = "/draws"


def files(act: Act, intent: intents.Files) -> Done[intents.Filed]:
    """Whoever holds the draw's card finds its files; anybody may read them who knows the address."""
    view = load(act, intent.matter)
    if view.draw.state != "drawn" or act.me.id not in view.everybody():
        raise Refused("There are no files of this draw.", clause="P10", code="undrawn")
    named = [(department_words(view.policy, one.department), one.department) for one in view.lists if one.calls]
    return Done(intents.Filed(view.draw.id, tuple(named)), quiet=True)


def page(filed: intents.Filed, public_url: str) -> Page:
    """The addresses of the files, and how they are checked."""
    links = tuple(
        Button("open", label, key, url=f"{public_url}{PATH}/{filed.draw}/{key}.json") for label, key in filed.lists
    )
    words = (
        "Each list has a file, which anybody may read and pass on. It names no call but by its number in the register."
    )
    check = "To check one, save it and run: recording-steward sample verify FILE"
    return Page("The files", (Line(words), Actions(links), Line(check)))


def published(act: Act, draw_id: str, department: str) -> str | None:
    """The text of one list's file, as the draw stands now; None where there is none (yet)."""
    draw = act.store.draws.get(draw_id)
    if draw is None or draw.state != "drawn":
        return None
    view = load(act, draw_id)
    listed = next((one for one in view.lists if one.department == department), None)
    return told(_sample(act, view, listed)) if listed is not None and listed.calls else None


def _sample(act: Act, view: View, listed: DrawList) -> Sample:
    draw = view.draw
    order = order_of(map(str, listed.calls), listed.seed)
    causes = {
        str(one.recording_id): SKIPPED[one.cause]
        for one in view.reviews
        if one.department == listed.department and one.state == "lost"
    }
    drawn = first_of(order, listed.wanted, causes)
    last = order.index(drawn[-1]) if len(drawn) == listed.wanted and drawn else len(order)
    return Sample(
        format=FORMAT, company=act.policy.company.name, draw=draw.id, month=draw.month, department=listed.department,
        again=Again(of=draw.again_of, reason=draw.why) if draw.why else None, recipe=RECIPE,
        share_percent=draw.share_percent, minimum=draw.minimum, calls=tuple(map(str, listed.calls)),
        left_out=listed.left_out, list_hash=listed.list_hash, number_hash=draw.number_hash, announced=_iso(draw.asked_at),
        number=draw.number, lines=tuple(one.line for one in view.in_order), drawn_at=_iso(_drawn_at(draw)),
        seed=listed.seed, wanted=listed.wanted,
        skipped=tuple(Skipped(id=one, reason=causes[one]) for one in order[:last] if one in causes),
        drawn=tuple(drawn),
    )  # fmt: skip


def _drawn_at(draw: Draw) -> datetime:
    """Never before the lists were announced, which whoever checks the file would call a contradiction: by a clock that was set right it is."""
    return max(draw.closed_at or draw.asked_at, draw.asked_at)


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
