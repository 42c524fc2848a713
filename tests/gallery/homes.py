"""The App Home: empty, busy, overflowing, and closed to an account that may not act."""

from __future__ import annotations

from tests.gallery.house import ANNA, CLEO, HELENA, PIP, TARA, House
from tests.gallery.requests import NO
from tests.gallery.scene import Scene
from tests.gallery.shots import Shot

HOME = "App Home"


async def empty(house: House) -> list[Shot]:
    return [await house.shot_of_home("agent", ANNA), await house.shot_of_home("approver", TARA)]


async def busy(house: House) -> list[Shot]:
    """A week in which a bit of everything happened."""
    await house.do(TARA, await house.ask(ANNA, "training", crm="CS-1001"), "Deny", NO)
    taken_back = await house.ask(ANNA, "performance", crm="CS-1002")
    await house.do(ANNA, taken_back, "Withdraw")
    await house.pass_(days=2)
    await house.do(TARA, await house.ask(ANNA, "complaint", ["CS-10397", "CS-10442"]), "Approve")
    await house.do(TARA, await house.ask(CLEO, "process_quality", ["CS-10439"], "CS-1003"), "Approve")
    own = await house.ask(TARA, "transcription_check", ["AB-7719"], "CS-1004")
    await house.do(HELENA, own, "Approve")
    await house.pass_(days=1, hours=3)
    asked = await house.ask(ANNA, "abuse_protection", ["CS-10431"], "CS-1005")
    await house.do(TARA, asked, "Ask a question", "Is the caller known to the police?")
    await house.ask(CLEO, "training", ["CS-10362"], "CS-1006")
    await house.ask(TARA, "performance", ["CS-10431"], "CS-1007")
    await house.ask(ANNA, "legal_claim", ["SL-3361"], "CS-1008")
    named = {"agent": ANNA, "approver": TARA, "Head of Customer Success": HELENA}
    return [await house.shot_of_home(name, uid) for name, uid in named.items()]


async def overflowing(house: House) -> list[Shot]:
    for number in range(15):
        await house.ask(CLEO if number % 2 else ANNA, "complaint", ["CS-10397"], f"CS-{2000 + number}")
        await house.pass_(minutes=25)
    return [await house.shot_of_home("approver", TARA)]


async def whole_list(house: House) -> list[Shot]:
    await overflowing(house)
    await house.press(TARA, "home", "Show all")
    return [house.shot_of_modal("approver", TARA)]


async def closed(house: House) -> list[Shot]:
    return [await house.shot_of_home("guest", PIP)]


async def withdrawing(house: House) -> list[Shot]:
    await house.do(TARA, await house.ask(), "Approve")
    shown = await house.shot_of_home("approver", TARA)
    [button] = [one["accessory"] for one in shown.seen["blocks"] if "confirm" in one.get("accessory", {})]
    return [shown, house.shot_of_question("approver is asked", TARA, button["confirm"])]


SCENES: tuple[Scene, ...] = (
    Scene(HOME, "empty", empty),
    Scene(HOME, "busy", busy),
    Scene(HOME, "overflowing", overflowing),
    Scene(HOME, "a whole list", whole_list),
    Scene(HOME, "withdrawing access", withdrawing),
    Scene(HOME, "closed to a guest", closed),
)
