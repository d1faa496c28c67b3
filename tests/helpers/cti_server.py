"""A whole CTI server on loopback with TLS, a real store in a folder and a PBX in memory."""

from __future__ import annotations

import ssl
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.helpers.migrated import put_migrated
from tests.helpers.raw_cti import PASSWORD, RawCtiClient
from tests.helpers.server_parts import cheap_passwords
from wwphone.domain.account import Right
from wwphone.domain.presence import PresenceGroup
from wwphone.server.api import UserRecord
from wwphone.server.assembly import CtiServer
from wwphone.server.certificates import IssuedFiles
from wwphone.server.clock import utc_now
from wwphone.server.fake_archive import FakeArchive
from wwphone.server.fake_pbx import FakePbx
from wwphone.server.listener.limits import ListenerLimits
from wwphone.server.settings import ServerSettings
from wwphone.server.store.sql_store import SqlStore

GROUPS = (PresenceGroup("Reception", 1), PresenceGroup("Sales", 2))


def user_record(user: str, number: str, **fields: Any) -> UserRecord:
    """A user whose CTI password is `raw_cti.PASSWORD`."""
    passwords = cheap_passwords()
    password_hash = passwords.hash_now(PASSWORD)
    passwords.shutdown()
    record = UserRecord(
        user, number, user.capitalize(), "Sales", f"sip-secret-of-{user}", password_hash,
        rights=frozenset({Right.CTI_ACCESS}),
    )  # fmt: skip
    return replace(record, **fields)


PEOPLE = (
    user_record("anna", "201", first_name="Anna", surname="Müller", group="Reception"),
    user_record("beat", "202"),
    user_record("carla", "203", rights=frozenset({Right.CTI_ACCESS, Right.PARALLEL_SESSIONS})),
    user_record("hidden", "204", hidden=True),
    user_record("plain", "205", offer_tls=False),
    user_record("off", "206", rights=frozenset()),
)


class CtiServerUnderTest:
    """Start, stop and restart it; the store and the PBX outlive a restart."""

    line_processes = 0
    """How many line processes it has, unless the settings say otherwise."""

    def __init__(self, folder: Path, tls: IssuedFiles, **settings: Any) -> None:
        """`settings` are fields of ServerSettings."""
        self.store_url: str = settings.pop("store_url", f"sqlite:///{folder}/store.sqlite")
        self.pbx = FakePbx()
        self.archive = FakeArchive(folder / "spool")
        self.clock = utc_now
        self.limits: ListenerLimits | None = None
        self._tls = tls
        self._server: CtiServer | None = None
        self.settings = ServerSettings(
            **{
                "listener_port": 0,
                "listener_line_processes": self.line_processes,
                "http_port": 0,
                "tls_certificate": tls.certificate,
                "tls_key": tls.key,
                "sip_certificate_authority": tls.authority,
                "store_url": self.store_url,
                "presence_grace_s": 0.3,
                **settings,
            }
        )

    @property
    def running(self) -> CtiServer:
        """The server."""
        assert self._server is not None
        return self._server

    async def populate(self, people: tuple[UserRecord, ...] = PEOPLE) -> Self:
        """Fill the store before the start."""
        store = SqlStore(await put_migrated(self.store_url))
        await store.open()
        await store.replace_groups(GROUPS)
        for record in people:
            await store.add_user(record)
        await store.close()
        return self

    async def start(self) -> Self:
        """Start a new server over the same store and PBX."""
        store = SqlStore(self.store_url)
        self._server = CtiServer(
            self.settings, store, self.pbx, cheap_passwords(), self.clock, self.limits, self.archive
        )
        await self._server.start()
        return self

    async def stop(self) -> None:
        """Stop it as SIGTERM does."""
        server, self._server = self._server, None
        if server is not None:
            await server.stop()

    async def restart(self) -> None:
        """Stop it and start another."""
        await self.stop()
        await self.start()

    def client(self, **options: Any) -> RawCtiClient:
        """A client that is not connected yet."""
        scheme = "wss" if self.settings.encrypted else "ws"
        return RawCtiClient(f"{scheme}://127.0.0.1:{self.running.listener.port}/", self.context(), **options)

    def context(self) -> ssl.SSLContext | None:
        """TLS as a client has it that trusts our authority."""
        return (
            ssl.create_default_context(cafile=str(self._tls.authority)) if self.settings.encrypted else None
        )

    async def signed_in(self, user: str, **fields: Any) -> RawCtiClient:
        """A client that is signed in."""
        client = await self.client().open()
        reply = await client.sign_in(user, **fields)
        assert reply["kind"] == "reply", reply
        return client

    async def edit(self, record: UserRecord) -> None:
        """Change a user as the command line does: from another store on the same database."""
        store = SqlStore(self.store_url)
        await store.open()
        await store.replace_user(record)
        await store.close()

    async def __aenter__(self) -> Self:
        await self.populate()
        return await self.start()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()
