"""An Asterisk of our own for the demo and the end-to-end tests: on this computer only, gone when its owner is gone.

All methods block, for some tenths of a second at most (:meth:`PrivateAsterisk.start` and ``stop`` up to their limits);
from asyncio call them with ``asyncio.to_thread``.

    asterisk = PrivateAsterisk(AsteriskPaths(ready, run), free_ports(), ManagerAccount("cti", secret), tls)
    asterisk.prepare()
    with asterisk:          # starts it
        print(asterisk.command("core show version"))
"""

from __future__ import annotations

import itertools
import os
import random
import secrets
import socket
import ssl
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from demo.asterisk_configuration import GENERATED, write_configuration, write_private
from demo.asterisk_program import (
    ASTERISK_FILES,
    AsteriskError,
    AsteriskProgram,
    ContainerProgram,
    InstalledProgram,
    PrivateProgram,
)

__all__ = [
    "AsteriskError",
    "AsteriskPaths",
    "AsteriskPorts",
    "ManagerAccount",
    "PrivateAsterisk",
    "TlsFiles",
    "free_ports",
]

LOOPBACK = "127.0.0.1"
BOOT_TIMEOUT_S = 30.0
STOP_TIMEOUT_S = 10.0

_CONSOLE_TIMEOUT_S = 20.0
_PAUSE_S = 0.02
_LOWEST_PORT, _HIGHEST_PORT = 10_000, 32_767
"""Below what systems hand out by themselves, so that nobody takes a port while Asterisk restarts."""
_RTP_PORTS = 2_000
_FOLDERS = (
    "etc",
    "lib/keys",
    "tls",
    "cache",
    "control",
    "log",
    "log/cel-custom",
    "spool/monitor",
    "spool/tmp",
    "spool/voicemail",
)
_LOGS = ("console.log", "full.log")


@dataclass(frozen=True)
class AsteriskPaths:
    """``ready``: what packaging/asterisk/fetch.py made; ``run``: where this instance keeps everything of its own."""

    ready: Path
    run: Path


@dataclass(frozen=True)
class AsteriskPorts:
    """Its ports on 127.0.0.1; ``sip`` is for UDP and TCP, RTP uses the range from ``rtp_first`` to ``rtp_last``."""

    sip: int
    sip_tls: int
    ami: int
    rtp_first: int
    rtp_last: int


@dataclass(frozen=True)
class ManagerAccount:
    """The one user of AMI."""

    user: str
    secret: str = field(repr=False)


@dataclass(frozen=True)
class TlsFiles:
    """Certificate (with its chain) and private key, both PEM, that SIP over TLS shows."""

    certificate: Path
    key: Path


class PrivateAsterisk:
    """One Asterisk with its folders, configuration, process and logs."""

    def __init__(
        self,
        paths: AsteriskPaths,
        ports: AsteriskPorts,
        manager: ManagerAccount,
        tls: TlsFiles,
        installed: bool = False,
        container: str = "",
    ) -> None:
        """Nothing is written or started yet.

        ``installed`` takes the administrator's Asterisk from PATH, ``container`` names ``docker`` or ``podman`` to
        take the one of packaging/asterisk/Containerfile; without either it is the one in ``paths.ready``.
        """
        self.paths = paths
        self.ports = ports
        self.manager = manager
        self._tls = tls
        self._run = paths.run.resolve()
        self._program = _program(paths, installed, container)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def configuration_dir(self) -> Path:
        """The folder whose files the CTI server generates; the base configuration includes them."""
        return self._run / "etc" / GENERATED

    @property
    def call_records(self) -> Path:
        """What the CTI server makes its record of calls from."""
        return self._run / "log" / "cel-custom" / "wwphone.csv"

    @property
    def spool(self) -> Path:
        """Recordings (``monitor``) and voice messages (``voicemail``)."""
        return self._run / "spool"

    @property
    def logs(self) -> Path:
        """``messages.log``, ``full.log``, ``console.log`` and the call records ``master.db``, kept over restarts."""
        return self._run / "log"

    @property
    def running(self) -> bool:
        """Whether the process is there; :meth:`start` returns when it also works."""
        return self._process is not None and self._process.poll() is None

    def prepare(self) -> None:
        """Write folders, configuration and key. Again after a change; files of the CTI server are left alone.

        Raises AsteriskError when this kind of Asterisk cannot run here or certificate and key do not belong together.
        """
        self._program.check()
        _check_pair(self._tls)
        self._run.mkdir(parents=True, exist_ok=True)
        self._run.chmod(0o700)
        for folder in _FOLDERS:
            (self._run / folder).mkdir(parents=True, exist_ok=True)
        write_private(self._run / "tls/pbx.crt", self._tls.certificate.read_text("ascii"))
        write_private(self._run / "tls/pbx.key", self._tls.key.read_text("ascii"))
        write_configuration(ASTERISK_FILES / "etc", self._run / "etc", self._values())

    def start(self, timeout_s: float = BOOT_TIMEOUT_S) -> None:
        """Start it (prepared before); return when it is booted, AMI takes the account and SIP is there by UDP, TCP, TLS.

        Raises AsteriskError with the end of the log when that does not happen in time; nothing runs then.
        """
        if self.running:
            raise AsteriskError("this Asterisk runs already")
        self._close()
        taken = [f"{name} (port {port})" for name, kind, port in self._sockets() if not _is_free(kind, port)]
        if taken:
            raise AsteriskError(f"another program has the port of {', '.join(taken)}")
        with (self.logs / "console.log").open("ab") as console:
            self._process = subprocess.Popen(
                self._program.start_command(),
                cwd=self._run, bufsize=0, stdin=subprocess.PIPE, stdout=console, stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C in the terminal is for its owner, who stops it in order
            )  # fmt: skip
        try:
            self._wait_until_it_works(time.monotonic() + timeout_s)
        except BaseException:
            self.kill()
            raise

    def stop(self, timeout_s: float = STOP_TIMEOUT_S) -> None:
        """End it in order (calls are cut), by force when it does not end in time. Harmless when it does not run."""
        process = self._process
        if process is None:
            return
        assert process.stdin is not None
        try:
            process.stdin.write(b"stop\n")
            process.wait(timeout_s)
        except (BrokenPipeError, subprocess.TimeoutExpired):
            pass  # it has just ended by itself, or it hangs: kill() is right for both
        self.kill()

    def kill(self) -> None:
        """End it as a crash would (SIGKILL). Harmless when it does not run."""
        if self._process is not None:
            self._close()

    def restart(self, timeout_s: float = BOOT_TIMEOUT_S) -> None:
        """Stop and start; its own ``core restart`` would start it without the C library beside it."""
        self.stop()
        self.start(timeout_s)

    def command(self, line: str) -> str:
        """Execute one line of Asterisk's console and return what it printed. Raises AsteriskError."""
        if not self.running:
            raise AsteriskError(f"“{line}” was not executed: Asterisk does not run")
        words = self._program.console_command(line)
        try:
            done = subprocess.run(
                words, stdin=subprocess.DEVNULL, capture_output=True, text=True, encoding="utf-8", errors="replace",
                timeout=_CONSOLE_TIMEOUT_S, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise AsteriskError(f"“{line}” gave no answer in {_CONSOLE_TIMEOUT_S:g} s") from None
        if done.returncode != 0:
            raise AsteriskError(f"“{line}” failed: {(done.stderr or done.stdout).strip()}")
        return done.stdout

    def log_tail(self, lines: int = 40) -> str:
        """The last lines of its console and of its full log."""
        parts = []
        for name in _LOGS:
            file = self.logs / name
            if file.exists():
                parts += [f"--- {name}", *file.read_text("utf-8", errors="replace").splitlines()[-lines:]]
        return "\n".join(parts)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _values(self) -> dict[str, str]:
        run = self._program.folder
        folders = [f"{name} => {path}" for name, path in self._program.program_folders().items()]
        return {
            "RUN": run,
            "CONTROL": self._program.control,
            "PROGRAM_FOLDERS": "\n".join(folders),
            "AMI_PORT": str(self.ports.ami),
            "AMI_USER": self.manager.user,
            "AMI_SECRET": self.manager.secret,
            "SIP_PORT": str(self.ports.sip),
            "SIP_TLS_PORT": str(self.ports.sip_tls),
            "RTP_FIRST": str(self.ports.rtp_first),
            "RTP_LAST": str(self.ports.rtp_last),
            "CERTIFICATE": f"{run}/tls/pbx.crt",
            "KEY": f"{run}/tls/pbx.key",
        }

    def _close(self) -> None:
        """Let go of the pipe, on which the keeper kills what still runs, and wait for it."""
        process, self._process = self._process, None
        if process is not None and process.stdin is not None:
            process.stdin.close()
            process.wait()

    def _wait_until_it_works(self, deadline_s: float) -> None:
        while not _fully_booted(self.ports.ami, self.manager, deadline_s):
            if not self.running:
                raise AsteriskError(f"Asterisk ended instead of starting\n{self.log_tail()}")
            if time.monotonic() >= deadline_s:
                raise AsteriskError(f"Asterisk did not offer AMI in time\n{self.log_tail()}")
            time.sleep(_PAUSE_S)
        silent = [name for name, kind, port in self._sockets() if _is_free(kind, port)]
        if silent:
            raise AsteriskError(f"Asterisk started without {', '.join(silent)}\n{self.log_tail()}")

    def _sockets(self) -> list[tuple[str, socket.SocketKind, int]]:
        return [
            ("SIP by UDP", socket.SOCK_DGRAM, self.ports.sip),
            ("SIP by TCP", socket.SOCK_STREAM, self.ports.sip),
            ("SIP by TLS", socket.SOCK_STREAM, self.ports.sip_tls),
            ("AMI", socket.SOCK_STREAM, self.ports.ami),
        ]


def free_ports() -> AsteriskPorts:
    """Find ports of 127.0.0.1 that nobody uses, for one Asterisk. Raises OSError when there are none."""
    first = random.randrange(_LOWEST_PORT, _HIGHEST_PORT - _RTP_PORTS, 2)
    last = first + _RTP_PORTS - 1  # Asterisk itself passes over one that somebody uses
    others = [port for port in range(_LOWEST_PORT, _HIGHEST_PORT + 1) if not first <= port <= last]
    free = (
        port
        for port in random.sample(others, len(others))
        if _is_free(socket.SOCK_STREAM, port) and _is_free(socket.SOCK_DGRAM, port)
    )
    found = list(itertools.islice(free, 3))
    if len(found) < 3:
        raise OSError(f"no three ports of {LOOPBACK} between {_LOWEST_PORT} and {_HIGHEST_PORT} are free")
    sip, sip_tls, ami = found
    return AsteriskPorts(sip, sip_tls, ami, first, last)


def _program(paths: AsteriskPaths, installed: bool, container: str) -> AsteriskProgram:
    run = paths.run.resolve()
    if container:
        return ContainerProgram(run, container, f"wwphone-asterisk-{secrets.token_hex(4)}")
    return InstalledProgram(run) if installed else PrivateProgram(run, paths.ready.resolve())


def _check_pair(tls: TlsFiles) -> None:
    """Asterisk itself would start without a word and then fail at every handshake."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(tls.certificate, tls.key)
    except (OSError, ssl.SSLError) as error:
        raise AsteriskError(
            f"certificate {tls.certificate} and key {tls.key} cannot serve: {error}"
        ) from error


def _is_free(kind: socket.SocketKind, port: int) -> bool:
    with socket.socket(socket.AF_INET, kind) as trial:
        if kind == socket.SOCK_STREAM and os.name == "posix":
            # As Asterisk does: what only remains of closed connections (TIME_WAIT) is in nobody's way.
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def _fully_booted(port: int, manager: ManagerAccount, deadline_s: float) -> bool:
    """Sign in to AMI and wait for the event it sends when everything is loaded; False while it does not listen.

    Raises AsteriskError when it refuses the account.
    """
    login = f"Action: Login\r\nUsername: {manager.user}\r\nSecret: {manager.secret}\r\n\r\n"
    heard = b""
    try:
        with socket.create_connection((LOOPBACK, port), _left_s(deadline_s)) as link:
            link.sendall(login.encode())
            while b"Event: FullyBooted" not in heard:
                link.settimeout(_left_s(deadline_s))
                more = link.recv(4096)
                if not more:
                    break
                heard += more
    except OSError:
        return False
    if b"Response: Error" in heard:
        raise AsteriskError(f"AMI on port {port} refuses the user {manager.user}")
    return b"Event: FullyBooted" in heard


def _left_s(deadline_s: float) -> float:
    return max(_PAUSE_S, deadline_s - time.monotonic())
