"""The sample company's website: two pages on loopback, in a folder where anybody may change them, under the name that the policy has."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path

import aiohttp
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bot.pages import WebPages

HOST = "fernhill.example"
"""The name, and a public address that stands for it: nobody is asked there."""
PAGES: Mapping[str, str] = {
    "privacy": (
        "<!doctype html><html lang=en><title>Privacy · Fernhill Telecare</title><main><h1>Privacy</h1>"
        "<p>Calls are recorded for quality and training purposes.</p>"
        "<p>You may hear your own calls, or have a copy. Ask our Customer Success team.</p></main></html>\n"
    ),
    "contact": (
        "<!doctype html><html lang=en><title>Contact us · Fernhill Telecare</title><main><h1>Contact us</h1>"
        "<p>Ring +61 2 8197 9000 in Australia and New Zealand, +44 20 3695 3777 elsewhere.</p>"
        '<p><a href="/privacy">Calls are recorded: what that means for you</a></p></main></html>\n'
    ),
}


def certificate(folder: Path, *hosts: str) -> tuple[Path, Path]:
    """Write a certificate for these names, and its key, into a folder; whoever trusts the certificate trusts it alone.

    It is valid at any moment to which the sample company's clock can be moved.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, hosts[0])])
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2000, 1, 1, tzinfo=UTC)).not_valid_after(datetime(2200, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([_named(one) for one in hosts]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    paths = folder / "website.pem", folder / "website.key"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    paths[1].touch(0o600)
    pem, plain = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    paths[1].write_bytes(key.private_bytes(pem, plain, serialization.NoEncryption()))
    return paths


def _named(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)


class SampleWebsite:
    """Two pages, `privacy.html` and `contact.html`, in a folder; whoever edits one sees what the bot makes of it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self._port = folder, 0
        self._runner: web.AppRunner | None = None
        self._trusted = ssl.create_default_context()

    async def start(self) -> None:
        """Lay out the pages, unless they are there, and serve them on loopback. Raises `OSError`."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for name, text in PAGES.items():
            if not (path := self.folder / f"{name}.html").exists():
                path.write_text(text, encoding="utf-8")
        cert, key = certificate(self.folder, HOST)
        serving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        serving.load_cert_chain(cert, key)
        self._trusted.load_verify_locations(cert)
        app = web.Application()
        app.add_routes([web.get("/{name}", self._page)])
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0, ssl_context=serving)
        await site.start()
        self._port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Serve no more."""
        if self._runner is not None:
            await self._runner.cleanup()

    def pages(self) -> WebPages:
        """What reads them as if they stood on the web."""
        return WebPages(self._connector)

    async def _page(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in PAGES:
            raise web.HTTPNotFound
        try:
            text = (self.folder / f"{name}.html").read_text(encoding="utf-8")
        except OSError:
            raise web.HTTPNotFound from None
        return web.Response(text=text, content_type="text/html")

    def _connector(self) -> aiohttp.BaseConnector:
        return aiohttp.TCPConnector(resolver=Loopback(self._port), ssl=self._trusted, force_close=True)


class Loopback(AbstractResolver):
    """Answers each name with a port on this machine."""

    def __init__(self, port: int) -> None:
        self.port = port

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """As aiohttp asks for it."""
        return [
            ResolveResult(
                hostname=host,
                host="127.0.0.1",
                port=self.port,
                family=socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
        ]

    async def close(self) -> None:
        """Nothing is open."""
