"""A PostgreSQL server of the tests' own: made in a folder, reached on this machine alone, gone at the end."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from labelqa.ledger.postgres import Address, address

USER, PASSWORD = "labelqa", "a pass/word: %41@"
_LEAST = 15  # its own collations need ICU as the default


class NoServer(Exception):
    """Why there is no PostgreSQL here."""


@dataclass(frozen=True)
class Cluster:
    """A server that runs, reached on the loopback by one user with a password."""

    folder: Path
    port: int

    def at(self, schema: str, **options: str) -> Address:
        """The address of a ledger with a schema of its own."""
        return address(self.url(schema, **options))

    def url(self, schema: str, **options: str) -> str:
        """The same as a person writes it, with the password."""
        secret = "".join(f"%{byte:02X}" for byte in PASSWORD.encode())
        rest = "".join(f"&{name}={value}" for name, value in options.items())
        return f"postgresql://{USER}:{secret}@127.0.0.1:{self.port}/postgres?schema={schema}{rest}"


def programs() -> Path:
    """The folder of the newest server that is installed."""
    debian = Path("/usr/lib/postgresql")
    found = sorted((path for path in debian.glob("*/bin") if (path / "initdb").is_file()), key=_version)
    on_path = shutil.which("initdb")
    if found and _version(found[-1]) >= _LEAST:
        return found[-1]
    if on_path is None:
        raise NoServer("there is no PostgreSQL 15 or later")
    return Path(on_path).resolve().parent


def _version(path: Path) -> int:
    told = path.parent.name
    return int(told) if told.isdigit() else 0


def _account() -> pwd.struct_passwd | None:
    """The user that the server runs as where we are root, which it refuses; None: ourselves."""
    if os.getuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            return pwd.getpwnam(name)
    raise NoServer("there is no user but root")


@contextmanager
def running() -> Iterator[Cluster]:
    """A fresh server while the block runs; raises NoServer where there can be none."""
    there, who = programs(), _account()
    folder = Path(tempfile.mkdtemp(prefix="labelqa-postgres-"))
    try:
        if who is not None:
            os.chown(folder, who.pw_uid, who.pw_gid)
        port = _free_port()
        _made(there, folder, who)
        _run(
            there / "pg_ctl",
            "start",
            "-w",
            "-s",
            "-D",
            folder / "data",
            "-l",
            folder / "log",
            "-o",
            _options(folder, port),
            who=who,
        )
        number = int((folder / "data" / "postmaster.pid").read_text().split()[0])
        try:
            yield Cluster(folder, port)
        finally:
            _stopped(number, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _options(folder: Path, port: int) -> str:
    quick = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c shared_buffers=32MB"
    return f"-c listen_addresses=127.0.0.1 -p {port} -k {folder} {quick}"


def _made(there: Path, folder: Path, who: pwd.struct_passwd | None) -> None:
    """The server's files; its usual order of texts is a language's, so that code points have to be asked for."""
    secret = folder / "secret"
    secret.write_text(PASSWORD + "\n", encoding="utf-8")
    secret.chmod(0o600)
    if who is not None:
        os.chown(secret, who.pw_uid, who.pw_gid)
    order = ("--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=zh")
    _run(there / "initdb", "-D", folder / "data", "-U", USER, "--auth=scram-sha-256", f"--pwfile={secret}", "-E", "UTF8", "-N",
         *order, who=who)  # fmt: skip


def _run(*words: object, who: pwd.struct_passwd | None) -> None:
    told = {} if who is None else {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []}
    log = tempfile.TemporaryFile()  # noqa: SIM115 - the server keeps what it inherits, so it must be no pipe
    with log:
        done = subprocess.run([*map(str, words)], stdout=log, stderr=log, check=False, cwd="/", **told)
        if done.returncode:
            log.seek(0)
            raise NoServer(f"{Path(str(words[0])).name}: {log.read().decode(errors='replace')[-500:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _stopped(number: int, folder: Path) -> None:
    """Ends the server by its process id: quickly, then at once."""
    for sign in (signal.SIGINT, signal.SIGQUIT):
        with suppress(ProcessLookupError):
            os.kill(number, sign)
        for _ in range(100):
            if not (folder / "data" / "postmaster.pid").exists():
                return
            time.sleep(0.05)
