"""A street of web servers on loopback, under public names: what each answers, and who was asked."""

import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bot.pages import WebPages

HOSTS = frozenset({"fernhill.example", "www.fernhill.example"})
Answers = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Street:
    """One TLS server that answers for every name."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, 0
        self.asked: list[web.Request] = []
        self.trusted = ssl.create_default_context()
        self.pages: Mapping[str, Answers] = {}

    async def open(self) -> None:
        cert, key = certificate(self.folder, *HOSTS)
        serving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        serving.load_cert_chain(cert, key)
        self.trusted.load_verify_locations(cert)
        app = web.Application()
        app.add_routes([web.get("/{name:.*}", self._answer)])
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0, ssl_context=serving).start()
        self.port = self._runner.addresses[0][1]

    async def close(self) -> None:
        await self._runner.cleanup()

    def reader(self, seconds: float = 5.0, most: int = 2 * 1024 * 1024) -> WebPages:
        """What reads pages, as in production but for the connector."""
        return WebPages(self._connector, seconds, most)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request)
        found = self.pages.get(request.path)
        return await found(request) if found else web.Response(status=404, text="none", content_type="text/html")

    def _connector(self) -> aiohttp.BaseConnector:
        return aiohttp.TCPConnector(resolver=Loopback(self.port), ssl=self.trusted, force_close=True)


def html(text: str, **headers: str) -> Answers:
    """A page with this text."""

    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(text=text, content_type="text/html", headers=headers)

    return answer


def leads(to: str, status: int = 302) -> Answers:
    """An answer that leads elsewhere."""

    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(status=status, headers={"Location": to})

    return answer


def certificate(folder: Path, *hosts: str) -> tuple[Path, Path]:
    """Write a certificate for these names, and its key, into a folder; anyone who trusts the certificate trusts it alone.

    It is valid whatever day it is.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, hosts[0])])
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2000, 1, 1, tzinfo=UTC)).not_valid_after(datetime(2200, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(one) for one in hosts]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    paths = folder / "website.pem", folder / "website.key"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    paths[1].touch(0o600)
    pem, plain = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    paths[1].write_bytes(key.private_bytes(pem, plain, serialization.NoEncryption()))
    return paths


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
