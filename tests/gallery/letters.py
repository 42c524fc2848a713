"""Letters to customers as mail programs show them, on a desk and on a phone, by day and by night (P8)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser

from bot.mail import Body, Writing
from bot.rehearsal.company import COMPANY
from handlers.cards import Written
from tests.gallery.pictures import DEVICES, SCHEMES, Look

LINK = "https://steward.fernhill.example/copy#k5mq-7xtd-v2hn-9wpc-3rbe-8gyz"
COMPLAIN = "You can complain to the Office of the Australian Information Commissioner, oaic.gov.au."
CALL = (
    ("Call", "Mon 23 Nov 2026, 10:15 Sydney"), ("Line", "+61 2 8197 9000"), ("Length", "3 minutes 4 seconds"),
    ("Answered by", "Customer Success"), ("Fingerprint of the file (SHA-256)", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sample:
    """One letter; `path` is unique and fit for a file name."""

    name: str
    written: Written

    @property
    def path(self) -> str:
        return f"letters-{self.name.replace(' ', '-')}"

    @property
    def body(self) -> Body:
        return Writing(COMPANY).write(self.written)


SIGHTS = tuple(Look("mail", device, scheme, width) for scheme in SCHEMES for device, width in DEVICES)
SAMPLES = (
    Sample("a copy", Written(
        "Your copy of a call with Fernhill Telecare", "Dear Ms Pemberly,",
        ("You asked us on Tue 24 Nov 2026 for a copy of your call. Here it is.",
         "Press the button. The page asks for a passcode, which we tell you when we phone you."),
        LINK, "Hear and download the call", CALL,
        ("The link works for 14 days. Without the passcode no one can open it.",
         "You asked for nothing? Tell us, and we end the link: privacy@fernhill.example.", COMPLAIN),
    )),
    Sample("refused", Written(
        "Your request of 24 November 2026", "Dear Ms Pemberly,",
        ("You asked us for a copy of a call. We hold no recording of a call of yours that fits what you told us.",
         "Please tell us if you remember another day or another number. We look again, and it costs nothing."),
        small=("Calls before Wed 26 Nov 2025 are erased, whether or not there was one.", COMPLAIN),
    )),
    Sample("odd texts", Written(
        "<b>Bold</b> & “quoted” שלום", "Dear Nebuchadnezzar-Featherstonehaugh O'Shaughnessy-Wolfeschlegelsteinhausenbergerdorff,",
        ("</td></tr></table><script>alert(1)</script> {{ company }}", "שלום, זה מכתב בכיוון אחר (123)\n" + "x" * 90, "日本語の手紙 · für Ärger · 👩🏽‍🚀"),
        f"{LINK}{'0123456789abcdef' * 8}", "A label that says rather more than a button needs to say, on any screen",
        (("A name of a fact that is as long as two lines", "مرحبا 3 دقائق"), ("", "no name"), ("no value", "")), ("<small>end</small>",),
    )),
)  # fmt: skip
"""Beside the odd one, words as customers get them."""


async def draw(browser: Browser, folder: Path) -> None:
    """Write `folder/<path>.<sight>.png` for each letter and each sight of it; fail where one fetches something."""
    fetched: list[str] = []
    for sight in SIGHTS:
        page = await browser.new_page(viewport={"width": sight.width, "height": 400}, color_scheme=sight.scheme)
        page.on("request", lambda request: fetched.append(request.url))
        for sample in SAMPLES:
            await page.set_content(sample.body.html)
            await page.screenshot(path=folder / f"{sample.path}.{sight.name}.png", full_page=True)
            assert not fetched, f"the letter {sample.name} fetches {fetched[0]}"
        await page.close()
