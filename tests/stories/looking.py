"""How a story looks at a page: by day on a desk, by night on a phone, by machine, and by keyboard alone."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

from tests.stories.browser import picture

LOOKS: dict[str, dict[str, Any]] = {
    "desktop-light": {"viewport": {"width": 1100, "height": 900}, "color_scheme": "light"},
    "desktop-dark": {"viewport": {"width": 1100, "height": 900}, "color_scheme": "dark"},
    "phone-light": {"viewport": {"width": 360, "height": 740}, "color_scheme": "light", "has_touch": True, "is_mobile": True},
    "phone-dark": {"viewport": {"width": 360, "height": 740}, "color_scheme": "dark", "has_touch": True, "is_mobile": True},
}  # fmt: skip


PRESSED = "main button, main input:not([type=range]), main a[class]"


async def sound(page: Page, name: str, least: int = 0, pressed: str = PRESSED) -> None:
    """`axe` finds nothing, nothing is wider than the screen, nothing to press is lower than `least` pixels; and a picture to look at."""
    found = await Axe().run(page)
    assert [(one["id"], one["nodes"][0]["html"]) for one in found.response["violations"]] == [], name
    wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, name
    low = await page.evaluate(
        "([pressed, least]) => [...document.querySelectorAll(pressed)]"
        ".filter((one) => one.offsetHeight && one.offsetHeight < least).map((one) => one.outerHTML)",
        [pressed, least],
    )
    assert low == [], (name, low)
    await picture(page, name, whole=True)


async def reach(page: Page, name: str) -> None:
    """Go on with Tab until something of this name has the focus; nobody takes forty steps for that."""
    for _ in range(40):
        await page.keyboard.press("Tab")
        said = "document.activeElement.ariaLabel || document.activeElement.innerText || ''"
        if name in await page.evaluate(said):
            return
    raise AssertionError(f"{name} can't be reached with the keyboard")
