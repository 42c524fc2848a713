"""The sample company's website: two pages in a folder, which you can change to see how the bot reacts."""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from bot.pages import Page, PageUnread

PAGES: Mapping[str, str] = {
    "privacy": (
        "<!doctype html><html lang=en><title>Privacy · Fernhill Telecare</title><main><h1>Privacy</h1>"
        "<p>Calls are recorded for quality and training purposes.</p>"
        "<p>You may hear your own calls, or have a copy. Ask our Customer Success team.</p></main></html>\n"
    ),
    "contact": (
        "<!doctype html><html lang=en><title>Contact us · Fernhill Telecare</title><main><h1>Contact us</h1>"
        "<p>Phone +61 2 8197 9000 in Australia and New Zealand, +44 20 3695 3777 elsewhere.</p>"
        '<p><a href="/privacy">Calls are recorded: what that means for you</a></p></main></html>\n'
    ),
}


class SampleWebsite:
    """Two pages, `privacy.html` and `contact.html`, read from a folder as if they were on the web."""

    def __init__(self, folder: Path) -> None:
        """Raises `OSError` if nothing can be stored in the folder."""
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in PAGES.items():
            if not (path := folder / f"{name}.html").exists():
                path.write_text(text, encoding="utf-8")

    async def read(self, address: str, hosts: frozenset[str]) -> Page:
        """See `Pages.read`."""
        name = urlsplit(address).path.strip("/")
        try:
            text = (self.folder / f"{name}.html").read_text(encoding="utf-8") if name in PAGES else None
        except OSError:
            text = None
        if text is None:
            raise PageUnread("status")
        return Page(text, (address,))
