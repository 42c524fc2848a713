"""What erasure brings: the clock's work at a call's moment, the guard's pauses, and the certificate that anybody who answers for it may open."""

from __future__ import annotations

from handlers.matters.kind import MatterOf
from handlers.retention import again, certificate, closing, erasing, guard, intents, pause
from handlers.retention.cards import card
from handlers.retention.rows import lists
from handlers.room import Does, Room, Shows

PAUSES = MatterOf(
    "EP-", pause.GONE, intents.Notice, intents.Reroute, intents.Recheck, pause.load, "erasure_pause", card, pause.row
)
ROOM = Room(
    "retention",
    does=(
        intents.Fix.by(closing.fix),
        intents.Close.by(closing.close),
        intents.Reopen.by(closing.reopen),
        intents.Forget.by(closing.forget),
        intents.LetGo.by(closing.let_go),
        intents.Take.by(erasing.take),
        intents.Ask.by(erasing.ask),
        intents.Send.by(erasing.send),
        intents.Fail.by(erasing.fail),
        intents.Stay.by(erasing.stay),
        intents.Certify.by(erasing.certify),
        intents.Vanish.by(erasing.vanish),
        intents.CameBack.by(again.came_back),
        intents.Recognised.by(again.recognised),
        intents.Recall.by(again.recall),
        intents.EraseAgain.by(again.erase_again),
        intents.Reappeared.by(again.reappeared),
        intents.Late.by(erasing.late),
        intents.Pause.by(guard.pause),
        intents.FollowPause.by(guard.follow),
        intents.Continue.by(guard.continue_),
        intents.KeepPaused.by(guard.keep),
        intents.RemindOfPause.by(pause.remind),
        *PAUSES.does,
    ),
    buttons={
        "certificate": Shows(certificate.certificate, "Certificate"),
        "pause_continue": Does(intents.Continue, "Continue"),
        "pause_keep": Does(intents.KeepPaused, "Keep"),
    },
    due={"retention.late": intents.Late, pause.REMIND: intents.RemindOfPause},
    matter=PAUSES,
    lists=lists,
)
