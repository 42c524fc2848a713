"""What erasure brings: the clock's work at a call's moment, and the certificate that anybody who answers for it may open."""

from __future__ import annotations

from handlers.retention import again, certificate, closing, erasing, intents
from handlers.retention.rows import lists
from handlers.room import Room, Shows

ROOM = Room(
    "retention",
    does=(
        intents.Fix.by(closing.fix),
        intents.Close.by(closing.close),
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
        intents.FilesCameBack.by(again.files_came_back),
        intents.Recall.by(again.recall),
        intents.EraseAgain.by(again.erase_again),
        intents.Reappeared.by(again.reappeared),
        intents.Late.by(erasing.late),
    ),
    buttons={"certificate": Shows(certificate.certificate, "Certificate")},
    due={"retention.late": intents.Late},
    lists=lists,
)
