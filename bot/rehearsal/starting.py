"""What a browser shows while the sample company starts: a page that says so and loads itself anew, and nothing of the inside."""

from __future__ import annotations

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

PAGE = """\
<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="refresh" content="1">
<title>Starting – {company}</title>
<style>
body {{ margin: 0; min-height: 100vh; display: grid; place-content: center; text-align: center; font: 1.1rem/1.5 system-ui, sans-serif;
  padding: 1rem; box-sizing: border-box; }}
h1 {{ font-size: 1.4rem; margin: 0 0 .5rem; }}
p {{ margin: 0; }}
</style>
</head>
<body>
<main role="status">
<h1>{company} is starting</h1>
<p>This takes a few seconds. The page opens by itself.</p>
</main>
</body>
</html>
"""
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Retry-After": "1",
}


class Starting:
    """Stands before a whole application that is not served yet, until `done`: only browsers get the page."""

    def __init__(self, company: str, app: web.Application) -> None:
        self._page, self._over = PAGE.format(company=company), False
        app.middlewares.insert(0, self._shown)

    def done(self) -> None:
        """From now on everybody gets to the company."""
        self._over = True

    @property
    def _shown(self) -> Middleware:
        @web.middleware
        async def shown(request: web.Request, handler: Handler) -> web.StreamResponse:
            if self._over or request.method != "GET" or "text/html" not in request.headers.get("Accept", ""):
                return await handler(request)
            return web.Response(text=self._page, status=503, content_type="text/html", headers=HEADERS)

        return shown
