"""Stand-ins on this machine: a service that group robots post to, and a mail server that speaks enough SMTP."""

from __future__ import annotations

import base64
import json
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass
class Service:
    """What it answers, and what it was sent."""

    status: int = 200
    answer: bytes = b'{"code": 0, "msg": "success", "errcode": 0, "errmsg": "ok"}'
    headers: Mapping[str, str] = field(default_factory=dict)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    queries: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)


@contextmanager
def listening(service: Service) -> Iterator[str]:
    """The address of a service while it listens."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            parts = urlsplit(self.path)
            service.paths.append(parts.path)
            service.queries.append(dict(parse_qsl(parts.query, strict_parsing=bool(parts.query))))
            service.bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(service.status)
            for name, value in service.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(service.answer)))
            self.end_headers()
            self.wfile.write(service.answer)

        def do_GET(self) -> None:
            service.paths.append("GET " + self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_told: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Post:
    """A mail server: who signed in with what, and what came."""

    trust: ssl.SSLContext | None = None  # with it STARTTLS is offered
    password: str = ""  # the only one that is taken; "" asks for none
    refuse: str = ""  # an address that it does not take
    said: list[str] = field(default_factory=list)
    mails: list[str] = field(default_factory=list)
    secured: bool = False


@contextmanager
def mailing(post: Post) -> Iterator[int]:
    """The port of a mail server while it listens; one caller after the other."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(10)
        stop = threading.Event()

        def serve() -> None:
            while not stop.is_set():
                try:
                    caller, _ = server.accept()
                except OSError:
                    return
                with caller:
                    try:
                        _converse(post, caller)
                    except OSError:
                        continue

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            stop.set()
            with socket.create_connection(server.getsockname()):
                pass
            thread.join()


class _Talk:
    """One conversation."""

    def __init__(self, post: Post, caller: socket.socket) -> None:
        caller.settimeout(5)
        self.post, self.caller, self.stream = post, caller, caller.makefile("rwb")

    def say(self, *lines: str) -> None:
        self.stream.write("".join(f"{each}\r\n" for each in lines).encode())
        self.stream.flush()

    def run(self) -> None:
        self.say("220 stand-in")
        while line := self.stream.readline().decode().rstrip("\r\n"):
            self.post.said.append(line)
            word = line.split(" ")[0].lower()
            getattr(self, f"on_{word}", self.on_any)(line)
            if word == "quit":
                return

    def on_any(self, _line: str) -> None:
        self.say("250 fine")

    def on_ehlo(self, _line: str) -> None:
        self.say(
            "250-stand-in", *(["250-STARTTLS"] if self.post.trust and not self.post.secured else []), "250 AUTH PLAIN"
        )

    def on_starttls(self, _line: str) -> None:
        assert self.post.trust is not None
        self.say("220 go on")
        self.caller = self.post.trust.wrap_socket(self.caller, server_side=True)
        self.stream, self.post.secured = self.caller.makefile("rwb"), True

    def on_auth(self, line: str) -> None:
        told = base64.b64decode(line.split(" ")[2]).decode().split("\0")
        self.say("235 fine" if told[2] == self.post.password else f"535 no, not {told[2]}")

    def on_rcpt(self, line: str) -> None:
        self.say("550 nobody of that name" if self.post.refuse and self.post.refuse in line else "250 fine")

    def on_data(self, _line: str) -> None:
        self.say("354 go on")
        mail = []
        while (part := self.stream.readline().decode()) not in {".\r\n", ""}:
            mail.append(part)
        self.post.mails.append("".join(mail))
        self.say("250 taken")


def _converse(post: Post, caller: socket.socket) -> None:
    talk = _Talk(post, caller)
    try:
        talk.run()
    finally:
        with suppress(OSError):
            talk.stream.close()
        talk.caller.close()


def authority(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A certificate for 127.0.0.1: how a server shows it, and how a caller believes it."""
    import ipaddress

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "stand-in")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    kept, shown = folder / "key.pem", folder / "certificate.pem"
    pem = serialization.Encoding.PEM
    plain = serialization.NoEncryption()
    kept.write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    shown.write_bytes(made.public_bytes(pem))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(shown, kept)
    return server, ssl.create_default_context(cafile=str(shown))
