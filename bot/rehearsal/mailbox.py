"""`/rehearsal/mail`: letters to customers as they arrive in the sample company, where no mail leaves the machine (P8)."""

from __future__ import annotations

from html import escape

from aiohttp import web

from bot.rehearsal.fake_mail import FakeMail

WHERE = "/rehearsal/mail"
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
PAGE = """<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="refresh" content="5">
<title>Customers’ mail</title>
<style>
body { margin: 0 auto; padding: 1rem 1.25rem 3rem; max-width: 42rem; font: 1.0625rem/1.6 system-ui, sans-serif; }
h1 { font-size: 1.5rem; line-height: 1.3; }
ul { padding: 0; list-style: none; }
li { padding: .75rem 0; border-top: 1px solid #8886; overflow-wrap: anywhere; }
li b { display: block; }
</style>
</head>
<body>
<h1>Customers’ mail</h1>
<p>In the sample company no mail leaves this machine. What the bot sends to customers arrives here, the newest first.</p>
{letters}
</body>
</html>
"""
NOTHING = "<p>Nothing has come yet.</p>"


class Mailbox:
    """The mailbox of all customers at once."""

    def __init__(self, mail: FakeMail) -> None:
        self.mail = mail

    def routes(self) -> list[web.RouteDef]:
        """Where it stands."""
        return [
            web.get(WHERE, self._list),
            web.get(f"{WHERE}/{{number:[0-9]{{1,6}}}}", self._html),
            web.get(f"{WHERE}/{{number:[0-9]{{1,6}}}}/plain", self._plain),
        ]

    async def _list(self, _: web.Request) -> web.Response:
        rows = [self._row(number) for number in range(len(self.mail.sent), 0, -1)]
        letters = f"<ul>{''.join(rows)}</ul>" if rows else NOTHING
        return web.Response(text=PAGE.replace("{letters}", letters), content_type="text/html", headers=HEADERS)

    def _row(self, number: int) -> str:
        letter = self.mail.sent[number - 1]
        here = f"{WHERE}/{number}"
        links = f'<a href="{here}">Open</a> · <a href="{here}/plain">as plain text</a>'
        return f"<li><b>{escape(letter.subject)}</b>To {escape(letter.to)} · {links}</li>"

    async def _html(self, request: web.Request) -> web.Response:
        return web.Response(text=self._of(request)[1], content_type="text/html", headers=HEADERS)

    async def _plain(self, request: web.Request) -> web.Response:
        return web.Response(text=self._of(request)[0], content_type="text/plain", headers=HEADERS)

    def _of(self, request: web.Request) -> tuple[str, str]:
        number = int(request.match_info["number"])
        if not 0 < number <= len(self.mail.sent):
            raise web.HTTPNotFound
        letter = self.mail.sent[number - 1]
        return letter.plain, letter.html
