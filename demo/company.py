"""The whole demo company: PBX, CTI server, colleagues, and the window; started in order, ended in reverse order."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from demo.colleague import Colleague, Person, Surroundings
from demo.errors import DemoError
from demo.private_asterisk import (
    AsteriskError,
    AsteriskPaths,
    AsteriskPorts,
    ManagerAccount,
    PrivateAsterisk,
    TlsFiles,
    free_ports,
)
from demo.server_process import ServerProcess, free_tcp_port
from demo.voices import Voices
from wwphone.cti.api import CommandRefusedError, LinkFailedError, ServerAddress
from wwphone.server.certificates import issue
from wwphone.server.demo_company import PEOPLE

logger = logging.getLogger(__name__)

HOST = "localhost"
_REGISTERED_TIMEOUT_S = 20.0
_SENTENCES = {
    "de": (
        "Guten Tag, hier ist {name}. Schön, dass Sie anrufen. Ich höre Sie sehr gut. Womit kann ich helfen?",
        "Guten Tag, hier spricht {name}. Ich wollte nur kurz wissen, ob unsere Sitzung heute stattfindet.",
    ),
    "en": (
        "Hello, this is {name}. How nice of you to call. I can hear you very well. What can I do for you?",
        "Hello, {name} speaking. I just wanted to know whether our meeting takes place today.",
    ),
}
_ESPEAK_VOICES = {"de": "de", "en": "en-gb"}


@dataclass(frozen=True)
class Plan:
    """What the demo is started with."""

    asterisk: Path
    """The ready folder of packaging/asterisk."""
    folder: Path
    """Everything of this run: configuration, logs, store, recordings."""
    voices: Path
    language: str
    user: str
    colleagues: int
    installed_asterisk: bool = False
    container: str = ""
    """`docker` or `podman`: run Asterisk in a container instead (packaging/asterisk/Containerfile)."""
    tls: bool = True
    """Whether the clients register over TLS; without, over UDP."""


class Company:
    """`start`, then `server`, `passwords` and the colleagues are there; `stop` ends all."""

    def __init__(self, plan: Plan, say: Callable[[str], None]) -> None:
        self._plan = plan
        self._say = say
        self.colleagues: list[Colleague] = []
        self.visitor = next(person for person in PEOPLE if person.user == plan.user)
        self.passwords: dict[str, str] = {}
        """Everybody's CTI password, by user."""
        self.ports: AsteriskPorts | None = None
        self._asterisk: PrivateAsterisk | None = None
        self._server: ServerProcess | None = None
        self._lives: list[asyncio.Task[None]] = []
        self.voices = Voices(plan.voices, _ESPEAK_VOICES[plan.language])

    @property
    def address(self) -> ServerAddress:
        """Where clients reach the CTI server."""
        assert self._server
        return ServerAddress(HOST, self._server.port, str(self._plan.folder / "tls" / "ca.pem"))

    async def start(self) -> None:
        """Start everything. Raises DemoError."""
        with self._step("certificates"):
            files = await asyncio.to_thread(issue, self._plan.folder / "tls", [HOST, "127.0.0.1"])
        ports = self.ports = free_ports()
        manager = ManagerAccount("wwphone", secrets.token_urlsafe(24))
        paths = AsteriskPaths(self._plan.asterisk, self._plan.folder / "asterisk")
        tls = TlsFiles(files.certificate, files.key)
        self._asterisk = PrivateAsterisk(
            paths,
            ports,
            manager,
            tls,
            installed=self._plan.installed_asterisk,
            container=self._plan.container,
        )
        with self._step("Asterisk"):
            try:
                await asyncio.to_thread(self._asterisk.prepare)
                await asyncio.to_thread(self._asterisk.start)
            except AsteriskError as error:
                raise DemoError(f"Asterisk does not start: {error}") from error
        self._server = ServerProcess(self._plan.folder / "server", self._settings(ports), manager.secret)
        with self._step("CTI server with 24 people in 4 groups"):
            self.passwords = await self._server.make_company()
            await self._server.start()
        with self._step(f"{self._plan.colleagues} colleagues come to work"):
            await self._hire(self.passwords)

    def come_alive(self) -> None:
        """Let the colleagues live their day."""
        for colleague in self.colleagues:
            self._lives.append(asyncio.create_task(colleague.live(), name=colleague.person.nickname))

    async def stop(self) -> None:
        """End everything, whatever state it is in."""
        for life in self._lives:
            life.cancel()
        await asyncio.gather(*self._lives, return_exceptions=True)
        endings: list[Awaitable[None]] = [colleague.stop() for colleague in self.colleagues]
        for outcome in await asyncio.gather(*endings, return_exceptions=True):
            if isinstance(outcome, BaseException):
                logger.warning("a colleague did not end in order: %s", outcome)
        if self._server:
            await self._server.stop()
        if self._asterisk:
            await asyncio.to_thread(self._asterisk.stop)

    # ------------------------------------------------------------ inside

    async def _hire(self, passwords: dict[str, str]) -> None:
        around = Surroundings(
            self.address,
            self.voices,
            self._plan.folder / "colleagues",
            self.visitor.number,
            _SENTENCES[self._plan.language],
        )
        around.folder.mkdir(mode=0o700, exist_ok=True)
        people = [person for person in PEOPLE if person.user != self._plan.user]
        step = max(1, len(people) // max(1, self._plan.colleagues))
        for position, person in enumerate(people[::step][: self._plan.colleagues]):
            one = Person(person.user, person.number, person.nickname, position)
            self.colleagues.append(Colleague(one, around))
        try:
            await asyncio.gather(
                *(colleague.start(passwords[colleague.person.user]) for colleague in self.colleagues)
            )
            async with asyncio.timeout(_REGISTERED_TIMEOUT_S):
                await asyncio.gather(*(colleague.registered.wait() for colleague in self.colleagues))
        except (CommandRefusedError, LinkFailedError, OSError) as error:
            raise DemoError(f"a colleague cannot sign in: {error}") from error
        except TimeoutError:
            late = [one.person.nickname for one in self.colleagues if not one.registered.is_set()]
            raise DemoError(
                f"not registered in time: {', '.join(late)}; logs in {self._plan.folder}"
            ) from None

    def _settings(self, ports: AsteriskPorts) -> dict[str, dict[str, str | int | bool | float]]:
        assert self._asterisk
        tls = self._plan.folder / "tls"
        return {
            "listener": {"port": free_tcp_port()},
            "http": {"port": free_tcp_port()},
            "tls": {"certificate": str(tls / "server.pem"), "key": str(tls / "server.key")},
            "store": {"url": f"sqlite:///{self._plan.folder / 'server' / 'store.sqlite'}"},
            "numbers": {"country": "CH"},
            "pbx": {
                "ami_port": ports.ami,
                "ami_user": "wwphone",
                "configuration_folder": str(self._asterisk.configuration_dir),
                "language": self._plan.language,
                "media_address": "127.0.0.1",
                "call_records": str(self._asterisk.call_records),
                "probe_period_s": 5.0,
            },
            "recording": {
                # An Asterisk in a container does not see this folder: there recording is refused.
                "spool": str(self._recordings_of_asterisk()),
                "folder": str(self._plan.folder / "server" / "recordings"),
            },
            "sip": {
                "host": HOST,
                "udp_port": ports.sip,
                "tls_port": ports.sip_tls,
                "certificate_authority": str(tls / "ca.pem"),
                "transport": "tls" if self._plan.tls else "udp",
            },
        }

    def _recordings_of_asterisk(self) -> Path:
        spool = self._plan.folder / "asterisk" / "recordings"
        spool.mkdir(mode=0o770, parents=True, exist_ok=True)
        return spool

    @contextlib.contextmanager
    def _step(self, what: str) -> Iterator[None]:
        began_s = time.monotonic()
        self._say(f"{what} …")
        yield
        self._say(f"{what}: ready ({time.monotonic() - began_s:.1f} s)")
