"""What the random review brings to the house: draws, and the calls that they give to reviewers (P10)."""

from __future__ import annotations

from handlers import opening
from handlers.acting import Act, Done
from handlers.cards import Actions, Button, Line, Page
from handlers.matters import asking, showing
from handlers.random_review import drawing, filling, forms, freezing, intents, lines, publishing, reminding, reviewing
from handlers.random_review.matter import CallReviews, Draws
from handlers.random_review.rechecking import recheck, reroute
from handlers.random_review.rows import lists
from handlers.room import Asks, Chore, Hands, Opens, Room, Step
from handlers.telling import ON_A_LINE

REPORT = "Report in confidence"
MATTER, OF_CALLS = Draws(), CallReviews()


def _in_line(told: intents.InLine) -> Page:
    words = f"Your line is in, as number {told.place} of {told.of}. A message that you may keep has the hashes that were fixed before it."
    return Page("In", (Line(words), _details(told.draw)))


def _reviewed(answer: str) -> Page:
    """P3: that a caller was not told is found by itself; whoever heard it may say more in confidence."""
    if not answer:
        return Page("Sent", (Line("Your review is in. Thank you."),))
    words = "Your review is in. That the caller was not told is reported as a finding of mine, with the call and without your name."
    more = "If there is more to it, you can report it yourself."
    return Page("Sent", (Line(words), Line(more), Actions((Button("breach", REPORT, ""),))))


def _details(draw: str) -> Actions:
    return Actions((Button(f"{ON_A_LINE}{showing.DETAILS}", "Details", draw),))


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
    },
    forms=(
        Asks(
            forms.LineForm, intents.Begin, lambda about, form, _: intents.Contribute(about, form), _sent,
            intro=lines.introduction, after=_in_line,
        ),
        Asks(forms.AgainForm, intents.Begin, intents.Again, _sent, intro=freezing.introduction),
    ),
    due={
        reminding.OPEN: intents.Open, reminding.COUNT: intents.Count, reminding.DRAW: intents.DrawCalls,
        reminding.END: intents.End, reminding.REMIND: intents.Remind,
    },
    calls=Chore(lambda store, _: store.draws.lost(), (Step(intents.Fill),)),
    matter=MATTER,
    lists=lists,
)  # fmt: skip

REVIEWS = Room(
    "call_reviews",
    does=(
        intents.Give.by(drawing.give),
        intents.Review.by(reviewing.review),
        intents.Restored.by(reviewing.restored),
        intents.RecheckReview.by(reviewing.recheck_review),
        intents.RerouteReview.by(_nobody),
        intents.NoticeReview.by(lambda act, intent: asking.notice(act, intent, OF_CALLS.case(act, intent.matter))),
    ),
    buttons={forms.ReviewForm.name: Opens(forms.ReviewForm.name, "Review this call")},
    forms=(
        Asks(
            forms.ReviewForm, intents.Begin, lambda about, form, _: intents.Review(about, form), _sent,
            variant=forms.form_for, intro=reviewing.introduction, after=_reviewed,
        ),
    ),
    due={reminding.GIVE: intents.Give},
    matter=OF_CALLS,
)  # fmt: skip
