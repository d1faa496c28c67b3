"""What may be asked of SIP, and what comes back (layer 2).

Every method returns at once and is called on the main thread; what happens arrives as an event at the listener, on the
main thread too, in the order in which it happened. Events are frozen; no object of the SIP library ever crosses.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Protocol

from wwphone.domain.account import SipAccount
from wwphone.domain.calls import CallEnd, CallQuality, CallSnapshot
from wwphone.domain.devices import SoundDevice, SoundSelection


class RegistrationState(Enum):
    """Whether the PBX knows where to ring this PC."""

    UNREGISTERED = "unregistered"
    REGISTERING = "registering"
    REGISTERED = "registered"
    REFUSED = "refused"
    """The PBX said no; not tried again by itself."""
    UNREACHABLE = "unreachable"
    """No answer, or no connection; tried again with back-off."""
    CERTIFICATE_REJECTED = "certificate_rejected"
    TOO_MANY_DEVICES = "too_many_devices"
    """A fourth device (requirement 001); refused with the names of the three by the CTI server."""


class SoundState(Enum):
    """Whether this PC can speak and hear."""

    READY = "ready"
    NO_DEVICE = "no_device"
    FAILED = "failed"


@dataclass(frozen=True)
class RegistrationChanged:
    """The registration went from one state to another."""

    state: RegistrationState
    sip_status: int = 0
    detail: str = ""
    retry_in_s: float | None = None
    register_call_id: str = ""
    """Call-ID of the REGISTER: by it one's own device is recognised in the list of registrations."""


@dataclass(frozen=True)
class CallChanged:
    """A call is new, or any of its fields changed; its last event has the state ENDED."""

    call: CallSnapshot


@dataclass(frozen=True)
class CallQualityMeasured:
    """New figures of a running call, about once a second while somebody looks."""

    call_id: str
    quality: CallQuality


@dataclass(frozen=True)
class DtmfReceived:
    """The other side pressed a key (RFC 4733 or INFO)."""

    call_id: str
    digit: str


@dataclass(frozen=True)
class SoundDevicesChanged:
    """Devices came or went; also sent once after the start."""

    devices: tuple[SoundDevice, ...]
    state: SoundState
    detail: str = ""


@dataclass(frozen=True)
class LevelsMeasured:
    """Levels of microphone and speaker, 0.0 to 1.0, several times a second while the meter is on."""

    microphone: float
    speaker: float


@dataclass(frozen=True)
class TransferFailed:
    """Nobody took the call that was to be handed over; it is ours again as it was (RFC 3515 section 2.4.5)."""

    call_id: str
    end: CallEnd
    """How the attempt to reach the other one ended."""


@dataclass(frozen=True)
class CommandFailed:
    """A command could not be carried out; the call itself goes on unless its own event says otherwise."""

    call_id: str
    command: str
    detail: str


@dataclass(frozen=True)
class EngineFailed:
    """The SIP engine itself could not start or died; nothing more comes until it is started again."""

    detail: str


SipEvent = (
    RegistrationChanged
    | CallChanged
    | CallQualityMeasured
    | DtmfReceived
    | SoundDevicesChanged
    | LevelsMeasured
    | TransferFailed
    | CommandFailed
    | EngineFailed
)
SipListener = Callable[[SipEvent], None]


@dataclass(frozen=True)
class EngineSettings:
    """What is fixed from start to shutdown."""

    user_agent: str
    bind_address: str = ""
    """Address to listen on; empty: the system decides (every interface)."""
    max_calls: int = 16
    codec_priorities: Mapping[str, int] | None = None
    """PJSIP codec ids and priorities 0..255; None: Opus, G.722, PCMA, PCMU in this order."""
    null_sound: bool = False
    """No sound device at all: headless user agents play and record files."""
    log_level: int = 0
    echo_cancellation: bool = True


class CallControl(Protocol):
    """What can be done with calls, wherever they are: on this PC or at the desk phone."""

    def dial(self, address: str, call_id: str, headers: Mapping[str, str] | None = None) -> None:
        """Call a number of the registrar, or a `user@host` address. `call_id` is made by the caller."""

    def ring(self, call_id: str) -> None:
        """Say 180 Ringing to an incoming call; the engine itself only sends 100."""

    def answer(self, call_id: str) -> None:
        """Take an incoming call with sound."""

    def hang_up(self, call_id: str, end: CallEnd | None = None) -> None:
        """End a call in any state. For incoming ones that ring, `end` chooses decline (603) or busy (486)."""

    def hold(self, call_id: str) -> None:
        """Hold: re-INVITE with sendonly (RFC 3264 section 8.4)."""

    def resume(self, call_id: str) -> None:
        """Take a held call back."""

    def mute(self, call_id: str, *, muted: bool) -> None:
        """Stop or start sending the microphone into a call."""

    def transfer(self, call_id: str, address: str) -> None:
        """Hand a call over to a number of the registrar, unseen: REFER (RFC 3515).

        The call is `transferring` until it ends as TRANSFERRED, or TransferFailed tells that it is ours again.
        """

    def transfer_to(self, call_id: str, other_call_id: str) -> None:
        """Connect the far ends of two established calls: REFER with Replaces (RFC 3891); tells as `transfer` does."""

    def deflect(self, call_id: str, address: str) -> None:
        """Send an incoming call that rings on to another address of the registrar: 302 with Contact (RFC 3261, 21.3.3)."""

    def join(self, call_ids: Sequence[str]) -> None:
        """Merge established calls, and these with all merged before: while active, everybody hears everybody."""

    def split(self, call_id: str) -> None:
        """Take a call out of the merged ones; it goes on for itself."""

    def send_dtmf(self, call_id: str, digits: str) -> None:
        """Send `0-9 * # A-D` as RFC 4733 events, or by INFO when the other side offers no events."""


class SipEngine(CallControl, Protocol):
    """The SIP user agent of one account, with its calls and its sound."""

    async def start(self, settings: EngineSettings, listener: SipListener) -> None:
        """Start the engine; raises SipError when it cannot."""

    async def shutdown(self) -> None:
        """Hang up, unregister, free everything; safe to call twice."""

    def register(self, account: SipAccount) -> None:
        """Register this account; a former one is unregistered first."""

    def unregister(self) -> None:
        """Take the registration back; running calls go on."""

    def register_again(self) -> None:
        """Register at once, for instance after the network came back."""

    def select_sound(self, selection: SoundSelection) -> None:
        """Use these devices from now on, also in running calls."""

    def refresh_sound_devices(self) -> None:
        """Look for devices again; answers with SoundDevicesChanged."""

    def set_measuring(self, *, levels: bool, quality: bool) -> None:
        """Switch the level meter and the once-a-second quality figures on or off; both off costs nothing."""

    def play_test_tone(self) -> None:
        """Play a short tone on the speaker."""

    def start_ringing(self, sound: Path) -> None:
        """Play a ringtone (WAV) in a loop on the ring device."""

    def stop_ringing(self) -> None:
        """Stop the ringtone."""

    def play_file(self, call_id: str, sound: Path) -> None:
        """Speak a WAV file into a call, once, instead of the microphone."""

    def record_file(self, call_id: str, target: Path) -> None:
        """Write what the other side says into a WAV file until the call ends."""


class SipError(Exception):
    """The engine could not do what was asked; the text is for the log and the expert."""
