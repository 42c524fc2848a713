"""Whether the program is alive and may take work, what it counts, and the policy's page for everybody."""

from collections.abc import Callable, Mapping

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from bot.measures import AGES, CLOCK_TRUSTED, PARTS, QUEUED, READY, RECORDINGS, UNREADABLE
from bot.readiness import Readiness
from bot.web.answers import HEADERS, render_template
from handlers.acting import WEB
from handlers.cards import Page
from handlers.door import Door
from handlers.policy import Policy
from handlers.random_review.cards import PATH, published_file
from storage.database.store import Database, DatabaseDown
from storage.records import Recording


class Health:
    """`/healthz` and `/readyz`. Anyone may ask as often as they like: costly checks are made only once in a while."""

    def __init__(self, readiness: Readiness) -> None:
        self.readiness = readiness

    def routes(self) -> list[web.RouteDef]:
        """Return the addresses."""
        return [web.get("/healthz", self._tell_alive), web.get("/readyz", self._tell_ready)]

    async def _tell_alive(self, _: web.Request) -> web.Response:
        return web.Response(text="alive\n")

    async def _tell_ready(self, _: web.Request) -> web.Response:
        """Answer 200 if the program may take work, 503 with the reasons if not; with ages in seconds."""
        reasons, ages = await self.readiness.reasons(), self.readiness.ages()
        answer = {
            "ready": not reasons, "reasons": reasons, "waits": self.readiness.waits(),
            **{name: age if age is None else round(age, 3) for name, age in ages.items()},
            "recordings": "being read" if self.readiness.reading() else "read",
        }  # fmt: skip
        return web.json_response(answer, status=503 if reasons else 200, headers={"Cache-Control": "no-store"})


UNCOUNTED = frozenset(
    {"database_silent", "database_incomplete"}
)  # reasons for which it is pointless to count what it holds


class Metrics:
    """`/metrics`."""

    def __init__(self, database: Database, readiness: Readiness) -> None:
        self.database, self.readiness = database, readiness

    def routes(self) -> list[web.RouteDef]:
        """Return the address."""
        return [web.get("/metrics", self._tell_metrics)]

    async def _tell_metrics(self, _: web.Request) -> web.Response:
        """Read what is measured only when asked for, and answer all metrics in Prometheus' format."""
        reasons = await self.readiness.reasons()
        READY.set(not reasons)
        CLOCK_TRUSTED.set(self.readiness.doubt() is None)
        UNREADABLE.set(len(self.database.unreadable.rows()))
        for name, age in self.readiness.ages().items():
            AGES[name].set(float("nan") if age is None else age)
        for name, seconds in self.readiness.parts().items():
            PARTS.labels(name).set(seconds)
        queued, recordings = await self._count_stored() if UNCOUNTED.isdisjoint(reasons) else (0, {})
        QUEUED.set(queued)
        for state, number in recordings.items():
            RECORDINGS.labels(state).set(number)
        return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def _count_stored(self) -> tuple[int, Mapping[str, int]]:
        """Return how many effects are waiting, and recordings by state; 0 and nothing if the database can't say."""
        try:
            return await self.database.read(lambda store: (store.outbox.waiting(), store.counts(Recording.state)))
        except DatabaseDown:
            return 0, {}


LONGEST = 200  # characters that are looked for
FOR_EVERYBODY = {
    **{name: one for name, one in HEADERS.items() if name != "X-Robots-Tag"},
    "Cache-Control": "public, max-age=300",
    "Content-Security-Policy": HEADERS["Content-Security-Policy"].replace("form-action 'none'", "form-action 'self'"),
}
FOR_AUDITORS = {**HEADERS, "Cache-Control": "public, max-age=60"}


class PublicPages:
    """One page for each path, where `?q=` holds the words searched for; and `/draws/RD-….json`, each draw as it is now."""

    def __init__(self, door: Door, pages: Mapping[str, Callable[[Policy, str], Page]]) -> None:
        self.door, self.pages = door, pages

    def routes(self) -> list[web.RouteDef]:
        """Return the addresses."""
        draws = web.get(PATH + "/{draw:RD-[2-9A-HJ-NP-Z]{8}}.json", self._send_draw)
        return [*(web.get(path, self._show_page) for path in self.pages), draws]

    async def _show_page(self, request: web.Request) -> web.Response:
        """Show anyone the page of this path, or what it finds for `?q=`."""
        sought, policy = " ".join(request.query.get("q", "").split())[:LONGEST], self.door.policy
        page = self.pages[request.path](policy, sought)
        drawn = render_template("public.html", page=page, sought=sought, path=request.path, company=policy.company.name)
        return web.Response(text=drawn, content_type="text/html", headers=FOR_EVERYBODY)

    async def _send_draw(self, request: web.Request) -> web.Response:
        """Send the published file of a month's draw, with which anyone can check it; 404 if there is none."""
        draw = request.match_info["draw"]
        content = await self.door.look(WEB, lambda ctx: published_file(ctx, draw))
        if content is None:
            raise web.HTTPNotFound
        headers = {**FOR_AUDITORS, "Content-Disposition": f'attachment; filename="{draw}.json"'}
        return web.Response(text=content, content_type="application/json", charset="utf-8", headers=headers)
