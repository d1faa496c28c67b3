"""A private PostgreSQL for the tests: its own cluster in its own folder, reachable by a socket in that folder alone."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

import psycopg

from tests.helpers.processes import ChildProcess
from tests.helpers.waiting import SECONDS

_OWNER = "wwphone"
_PORT = 5432
"""Only part of the socket's name: the server listens on no network."""
_DEBIAN_FOLDERS = "/usr/lib/postgresql/*/bin/initdb"
_SERVICE_USERS = ("postgres", "nobody")


class PostgresServer:
    """One PostgreSQL process; PostgreSQL refuses to be root, so root lends it another user."""

    def __init__(self) -> None:
        # Short on purpose: the path of a Unix socket has at most 107 characters.
        self._folder = Path(tempfile.mkdtemp(prefix="wwphone-pg-"))
        self._cluster = self._folder / "cluster"
        self._numbers = itertools.count(1)
        self._user = _service_user()
        self._process = self._new_process()

    def start(self) -> Self:
        """Make the cluster if there is none, start the server and wait until it answers."""
        if not self._cluster.exists():
            self._initialise()
        self._process = self._new_process().start()
        self._process.wait_until_ready(self._answers, "PostgreSQL to answer", 30 * SECONDS)
        return self

    def stop(self) -> None:
        """End the server in an orderly way, whoever is connected; its databases stay."""
        if self._process.is_running():
            self._process.send_signal(signal.SIGINT)  # "fast shutdown"; SIGTERM would wait for the clients
            self._process.wait_for_end()

    def remove(self) -> None:
        """End the server and delete its databases."""
        self.stop()
        shutil.rmtree(self._folder)

    def new_database(self) -> str:
        """Make an empty database and return its URL."""
        name = f"test_{next(self._numbers)}"
        with psycopg.connect(self._conninfo("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")  # a name of our own making
        return f"postgresql://{_OWNER}@/{name}?host={quote(str(self._folder), safe='')}&port={_PORT}"

    def _initialise(self) -> None:
        if self._user is not None:
            os.chown(self._folder, self._user.pw_uid, self._user.pw_gid)
        words: list[str | Path] = [
            "--pgdata",
            self._cluster,
            "--username",
            _OWNER,
            "--auth",
            "trust",
            "--no-sync",
        ]
        command = [
            *self._as_service_user(),
            _program("initdb"),
            *words,
            "--encoding",
            "UTF8",
            "--locale",
            "C",
        ]
        done = subprocess.run(
            command, cwd=self._folder, capture_output=True, text=True, check=False, timeout=60 * SECONDS
        )
        assert done.returncode == 0, f"initdb failed:\n{done.stdout}{done.stderr}"

    def _new_process(self) -> ChildProcess:
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self._folder),
            "port": str(_PORT),
            "fsync": "off",
            "max_connections": "50",
        }
        words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        program: list[str | Path] = [_program("postgres"), "-D", self._cluster]
        command = [*self._as_service_user(), *program, *words]
        return ChildProcess("PostgreSQL", command, self._folder / "postgres.log", folder=self._folder)

    def _as_service_user(self) -> Sequence[str]:
        if self._user is None:
            return []
        # A change of user takes back what ChildProcess asked of the kernel, so it is asked again.
        ids = ["--reuid", str(self._user.pw_uid), "--regid", str(self._user.pw_gid), "--clear-groups"]
        return ["setpriv", *ids, "--pdeathsig", "KILL"]

    def _conninfo(self, database: str) -> str:
        return f"user={_OWNER} dbname={database} host={self._folder} port={_PORT} connect_timeout=5"

    def _answers(self) -> bool:
        try:
            psycopg.connect(self._conninfo("postgres")).close()
        except psycopg.OperationalError:
            return False
        return True

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.remove()


def _service_user() -> pwd.struct_passwd | None:
    """The user to lend, None when we are no root and need none."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    return next(known[name] for name in _SERVICE_USERS if name in known)


def _program(name: str) -> str:
    """Find a program of PostgreSQL: Debian keeps it out of the PATH."""
    for initdb in sorted(Path("/").glob(_DEBIAN_FOLDERS[1:]), reverse=True):
        return str(initdb.with_name(name))
    found = shutil.which(name)
    assert found is not None, f"PostgreSQL's {name} is missing: install Debian's package postgresql"
    return found
