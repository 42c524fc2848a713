"""What the random review brings to the house: draws, and the calls that they give to reviewers (P10)."""

from __future__ import annotations

from handlers import opening
from handlers.acting import Act, Done
from handlers.approved import giving
from handlers.cards import Line, Page
from handlers.matters import asking
from handlers.random_review import (
    drawing,
    filling,
    forms,
    freezing,
    intents,
    lines,
    publishing,
    reminding,
    replacing,
    reviewing,
)
from handlers.random_review.cards import WRITTEN
from handlers.random_review.matter import CallReviews, Draws
from handlers.random_review.rechecking import recheck, reroute
from handlers.random_review.rows import lists
from handlers.room import Asks, Chore, Hands, Opens, Room, Shows, Step

MATTER, OF_CALLS = Draws(), CallReviews()


def _sent(about: str) -> Page:
    return Page("Sent", (Line(f"The card of {about.partition(':')[0]} shows how it stands."),))


def _nobody(act: Act, intent: intents.RerouteReview) -> Done[None]:
    """A call to review has no card in a chat, so nothing of it can fail to arrive."""
    return Done(None, quiet=True)


ROOM = Room(
    "random_review",
    does=(
        intents.Schedule.by(freezing.schedule),
        intents.Open.by(freezing.open_),
        intents.Again.by(freezing.again),
        intents.EndRestoredDraw.by(replacing.end_restored),
        intents.Anew.by(replacing.anew),
        intents.Contribute.by(lines.contribute),
        intents.Count.by(lines.count),
        intents.DrawCalls.by(drawing.draw_calls),
        intents.Fill.by(filling.fill),
        intents.Remind.by(reminding.remind),
        intents.End.by(reviewing.end),
        intents.Begin.by(opening.begin),
        intents.Files.by(publishing.files),
        intents.Reroute.by(reroute),
        intents.Recheck.by(recheck),
        intents.Notice.by(lambda act, intent: asking.notice(act, intent, MATTER.case(act, intent.matter))),
    ),
    buttons={
        forms.LineForm.name: Opens(forms.LineForm.name, "Contribute"),
        forms.AgainForm.name: Opens(forms.AgainForm.name, "Draw again"),
        "draw_files": Hands(intents.Files, publishing.page, "The files"),
        WRITTEN: Shows(MATTER.written, "Show all", back="matter", turns=True),
    },
    forms=(
        Asks(
            forms.LineForm, intents.Begin, lambda about, form, _: intents.Contribute(about, form), _sent,
            intro=lines.introduction,
        ),
        Asks(forms.AgainForm, intents.Begin, intents.Again, _sent, intro=freezing.introduction),
    ),
    due={
        reminding.OPEN: intents.Open, reminding.COUNT: intents.Count, reminding.DRAW: intents.DrawCalls,
        reminding.END: intents.End, reminding.REMIND: intents.Remind, reminding.ANEW: intents.Anew,
    },
    calls=Chore(lambda store, _: store.draws.lost(), (Step(intents.Fill),)),
    restored=Chore(lambda store, _: [one.id for one in store.draws.open()], (Step(intents.EndRestoredDraw),)),
    matter=MATTER,
    lists=lists,
)  # fmt: skip

REVIEWS = Room(
    "call_reviews",
    does=(
        intents.Give.by(drawing.give),
        intents.Review.by(reviewing.review),
        intents.EndRestoredReview.by(reviewing.restored),
        intents.RecheckReview.by(reviewing.recheck_review),
        intents.RerouteReview.by(_nobody),
        intents.NoticeReview.by(lambda act, intent: asking.notice(act, intent, OF_CALLS.case(act, intent.matter))),
    ),
    buttons={forms.ReviewForm.name: Opens(forms.ReviewForm.name, "Review this call")},
    forms=(
        Asks(
            forms.ReviewForm, intents.Begin, lambda about, form, _: intents.Review(about, form), _sent,
            variant=forms.form_for, intro=reviewing.introduction,
        ),
    ),
    due={reminding.GIVE: intents.Give},
    restored=Chore(giving(OF_CALLS.prefix), (Step(intents.EndRestoredReview),)),
    matter=OF_CALLS,
)  # fmt: skip
