"""A company in memory for the window's tests and pictures: real services on a fake CTI link and a fake SIP engine."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from wwphone.config.notes import NotesInMemory
from wwphone.config.options import SERVER_HOST, USER
from wwphone.config.phonebook import PhoneBookCache
from wwphone.config.secrets import SecretsUnavailableError
from wwphone.config.settings import Settings
from wwphone.cti.api import Credentials, ServerAddress, SignedInAs
from wwphone.cti.fake import FakeCtiLink
from wwphone.domain.account import MediaEncryption, Mode, Profile, SipAccount, Transport
from wwphone.domain.calls import PhoneState
from wwphone.domain.devices import Registration, SoundDevice
from wwphone.domain.presence import Colleague, Presence, PresenceStatus
from wwphone.hotkeys.api import Hotkeys, NoHotkeys
from wwphone.protocol.frames import MirroredState
from wwphone.server.demo_company import GROUPS, PEOPLE
from wwphone.services.bundle import Ground, Services
from wwphone.sip.api import EngineSettings
from wwphone.sip.fake import FakeSipEngine

ME = "anna"
SERVER = ServerAddress("pbx.muster-ag.ch")
PASSWORD = "Föhn im März"
SIP_ACCOUNT = SipAccount(
    user=ME,
    password="only for the tests",
    display_name="Anna Muster",
    host="pbx.muster-ag.ch",
    port=5061,
    transport=Transport.TLS,
    media_encryption=MediaEncryption.REQUIRED,
)
DEVICES = (
    SoundDevice("headset", "Jabra Evolve2 65", inputs=1, outputs=2),
    SoundDevice("laptop", "Built-in Audio", inputs=2, outputs=2),
    SoundDevice("screen", "DELL U2723QE", inputs=0, outputs=2),
)
SOUNDS = Path(__file__).parents[2] / "resources" / "sounds"


def today(hour: int, minute: int) -> datetime:
    """A time of today, local, as the persons on the pictures would see it."""
    return datetime.now().astimezone().replace(hour=hour, minute=minute, second=0, microsecond=0)


_S = PresenceStatus
_STATES: Mapping[str, tuple[PresenceStatus, PhoneState]] = {
    "carla": (_S.TELEPHONE_SERVICE, PhoneState.RINGING),
    "dario": (_S.BE_RIGHT_BACK, PhoneState.FREE),
    "ursula": (_S.TELEPHONE_SERVICE, PhoneState.BUSY),
    "eva": (_S.AVAILABLE, PhoneState.BUSY),
    "stefan": (_S.DIRECT_ONLY, PhoneState.FREE),
    "juerg": (_S.OFFLINE, PhoneState.OFFLINE),
    "kaethi": (_S.INTERNAL_ONLY, PhoneState.FREE),
    "moritz": (_S.UNAVAILABLE, PhoneState.FREE),
    "thomas": (_S.BE_RIGHT_BACK, PhoneState.FREE),
    "regula": (_S.OFFLINE, PhoneState.OFFLINE),
    "soeren": (_S.OFFLINE, PhoneState.FREE),
    "reto": (_S.UNAVAILABLE, PhoneState.OFFLINE),
    "guenther": (_S.INTERNAL_ONLY, PhoneState.BUSY),
    "oezlem": (_S.OFFLINE, PhoneState.OFFLINE),
}


def presence_of(user: str) -> Presence:
    """What this person has chosen today."""
    status, _ = _STATES.get(user, (_S.AVAILABLE, PhoneState.FREE))
    back_at = today(10, 30) if user == "dario" else None
    connected = status is not _S.OFFLINE
    return Presence(status if connected else _S.AVAILABLE, today(8, 12), back_at, "PC-EMPFANG", connected)


def registrations() -> tuple[Registration, ...]:
    """Three devices of one's own, each in another state."""
    soon = datetime.now(UTC) + timedelta(minutes=42)
    return (
        Registration("sip:anna@10.20.4.17:5061", "wwphone/0.1.0", "10.20.4.17", 5061, Transport.TLS,
                     soon, True, 11.0, "fake-register"),
        Registration("sip:anna@10.20.9.80:5060", "Yealink SIP-T54W 96.86.0.100", "10.20.9.80", 5060, Transport.UDP,
                     soon, True, 212.0, "desk"),
        Registration("sip:anna@85.7.112.9:40112", "Linphone-Android/5.2.5", "85.7.112.9", 40112, Transport.TLS,
                     soon, False, None, "mobile"),
    )  # fmt: skip


def company(**changes: object) -> MirroredState:
    """What the server tells Anna Muster on an ordinary morning."""
    state: dict[str, object] = {
        "profile": Profile(ME, "204", "Anna Muster", "Anna", "Muster"),
        "groups": GROUPS,
        "colleagues": tuple(Colleague(p.user, p.number, p.nickname, p.group) for p in PEOPLE),
        "presences": tuple((p.user, presence_of(p.user)) for p in PEOPLE),
        "phones": tuple((p.user, _STATES.get(p.user, (None, PhoneState.FREE))[1]) for p in PEOPLE),
        "registrations": registrations(),
        "pbx_connected": True,
    }
    return MirroredState(**{**state, **changes})  # type: ignore[arg-type]


class FakeSecrets:
    """A key store in memory; locked, it refuses as a person may."""

    def __init__(self) -> None:
        self.secrets: dict[str, str] = {}
        self.locked = False

    async def get(self, account: str) -> str | None:
        self._must_be_open()
        return self.secrets.get(account)

    async def put(self, account: str, secret: str) -> None:
        self._must_be_open()
        self.secrets[account] = secret

    async def remove(self, account: str) -> None:
        self._must_be_open()
        self.secrets.pop(account, None)

    def _must_be_open(self) -> None:
        if self.locked:
            raise SecretsUnavailableError("KeyringLocked")


class FakeSlowLink(FakeCtiLink):
    """A CTI link whose server takes its time for a sign-in, when the test says so."""

    def __init__(self, state: MirroredState, **settings: Any) -> None:
        super().__init__(state, **settings)
        self.quick = asyncio.Event()
        self.quick.set()

    async def sign_in(
        self,
        server: ServerAddress,
        credentials: Credentials,
        *,
        mode: Mode = Mode.SOFTPHONE,
        take_over: bool = False,
        keep_trying: bool = False,
    ) -> SignedInAs:
        """Sign in as soon as the server is quick again."""
        await self.quick.wait()
        return await super().sign_in(
            server, credentials, mode=mode, take_over=take_over, keep_trying=keep_trying
        )


class World:
    """Everything the window stands on, all of it in memory and steered by whoever tests."""

    def __init__(
        self,
        state: MirroredState | None = None,
        settings: Settings | None = None,
        notes: NotesInMemory | None = None,
        hotkeys: Hotkeys | None = None,
        phonebook: PhoneBookCache | None = None,
    ) -> None:
        self.notes = notes or NotesInMemory()
        self.link = FakeSlowLink(state or company(), sip_account=SIP_ACCOUNT, password=PASSWORD)
        self.engine = FakeSipEngine(DEVICES)
        self.settings = settings or Settings(None)
        self.secrets = FakeSecrets()
        ground = Ground(
            self.engine,
            self.link,
            self.settings,
            self.secrets,
            SOUNDS,
            self.notes,
            hotkeys=hotkeys or NoHotkeys(),
            phonebook=phonebook or PhoneBookCache(),
        )
        self.services = Services(ground)

    async def start(self) -> None:
        """Bring up the engine, as the program does."""
        await self.services.start(EngineSettings(user_agent="wwphone/0.1.0"))

    async def remember(self) -> None:
        """As if Anna Muster had signed in here the last time."""
        self.settings.set(SERVER_HOST, SERVER.host)
        self.settings.set(USER, ME)
        await self.secrets.put(f"{ME}@{SERVER.host}", PASSWORD)

    async def sign_in(self) -> None:
        """Sign in as Anna Muster."""
        await self.services.account.sign_in(SERVER, Credentials(ME, PASSWORD), remember=True)

    async def close(self) -> None:
        """End everything."""
        await self.services.shutdown()
