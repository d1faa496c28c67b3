"""An independent SIP phone: Debian's baresip 1.0 as a child process, commanded and watched over its control line.

It shares no line of code with PJSIP, so that what both agree on is the standard and not a common mistake. Its signalling
listens on 127.0.0.1 alone, and a shim keeps its sound there too (baresip 1.0 binds every address for it). Over TLS it
takes every certificate, right or wrong (tried: self-signed, expired, another host): it proves encryption, not trust.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.helpers.baresip_control import ControlLine, EventKind, PhoneEvent
from tests.helpers.loopback import loopback_environment
from tests.helpers.passwords import plain
from tests.helpers.ports import LOOPBACK, free_port, free_port_pair
from tests.helpers.processes import ChildProcess
from tests.helpers.tones import NOTHING, Recording, read_wav
from tests.helpers.waiting import SECONDS, wait_until

_MODULES = Path("/usr/lib/baresip/modules")
_FAREWELL_S = 2 * SECONDS
_HEARD_WINDOW_S = 0.5
_CALL_LINE = re.compile(r"\[line (\d+)\]\s+[\d:]+\s+([A-Z]+)\s+(\(on hold\))?\s+(\S+)")


class Transport(StrEnum):
    """How SIP travels."""

    UDP = "udp"
    TCP = "tcp"
    TLS = "tls"


class MediaEncryption(StrEnum):
    """How sound travels; SDES (RFC 4568) is demanded, not offered."""

    NONE = ""
    SDES = "srtp-mand"


@dataclass(frozen=True)
class PhoneAccount:
    """Who the phone is. Without a registrar ("host:port") it is called at its own address, see ``Baresip.uri``."""

    user: str
    password: str = field(default="", repr=False)
    registrar: str = ""
    display_name: str = ""
    transport: Transport = Transport.UDP
    encryption: MediaEncryption = MediaEncryption.NONE
    codecs: tuple[str, ...] = ()
    """As baresip writes them: "PCMA/8000/1", "G722/16000/1", "opus/48000/2"; empty for all it has."""
    answers_itself: bool = False
    """Answers every call at once; such a phone reports no CALL_INCOMING."""


@dataclass(frozen=True)
class PhoneSound:
    """What the phone says and where what it hears goes.

    With a tone it needs no sound server. Without one, give the environment of a sound server
    (``SoundServer.environment(speaker, microphone)``). Either way it can be asked what it heard.
    """

    tone_hz: int | None = 440
    environment: Mapping[str, str] | None = None


@dataclass(frozen=True)
class PhoneCall:
    """One line of the phone's own list of calls."""

    line: int
    state: str
    """baresip's word: INCOMING, OUTGOING, RINGING, EARLY, ESTABLISHED."""
    is_on_hold: bool
    """Held by this phone; what the other side does, ``Baresip.media_direction`` tells."""
    peer_uri: str


class Baresip:
    """One phone. Every method blocks until the phone has done what was asked, or fails with the phone's log."""

    def __init__(
        self,
        account: PhoneAccount,
        folder: Path,
        sound: PhoneSound | None = None,
        certificate_file: Path | None = None,
    ) -> None:
        """Describe a phone whose files lie in ``folder``, a tone of 440 Hz before its microphone unless told else.

        To be called directly over TLS it needs a certificate with its key, in PEM in one file.
        """
        self.account = account
        self._folder = folder
        self._sound = sound or PhoneSound()
        self._certificate_file = certificate_file
        self._sip_port = free_port_pair()
        self._control_port = free_port()
        self._process = ChildProcess(
            f"baresip of {account.user}",
            ["baresip", "-4", "-f", folder],
            folder / "baresip.log",
            environment=loopback_environment() | dict(self._sound.environment or {}),
            folder=folder,
        )
        self._line: ControlLine | None = None
        self._seen: dict[EventKind, int] = {}

    # -- life

    def start(self) -> Self:
        """Start the program and take its control line; it is not registered yet."""
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / "config").write_text(self._configuration(), "utf-8")
        self._seen.clear()
        self._process.start()
        self._process.wait_until_ready(self._connect, "its control line")
        if not self.account.registrar:
            self._command("uanew", self._account_line())
        return self

    def stop(self) -> None:
        """End calls and registration in an orderly way, then the program, even if nobody answers that any more."""
        self._process.stop(_FAREWELL_S)
        self._hang_up_line()

    def kill(self) -> None:
        """End it as a power cut would: nobody is told."""
        self._process.kill()
        self._hang_up_line()

    @property
    def is_running(self) -> bool:
        """Whether the program lives."""
        return self._process.is_running()

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def uri(self) -> str:
        """Where to call the phone directly, without a registrar."""
        port = self._sip_port + 1 if self.account.transport is Transport.TLS else self._sip_port
        transport = "" if self.account.transport is Transport.UDP else f";transport={self.account.transport}"
        return f"sip:{self.account.user}@{LOOPBACK}:{port}{transport}"

    # -- what a person does with a phone

    def register(self, timeout_s: float = 10 * SECONDS) -> None:
        """Sign in at the registrar. Raises AssertionError with the registrar's answer when it refuses."""
        self._command("uanew", self._account_line())
        answer = self.wait_for(EventKind.REGISTERED, EventKind.REGISTER_FAILED, timeout_s=timeout_s)
        assert answer.kind is EventKind.REGISTERED, f"{self.account.user} is not registered: {answer.text}"

    def dial(self, target: str) -> None:
        """Call a number at the registrar, or any SIP address; returns when the INVITE is on its way."""
        self._command("dial", target)

    def answer(self) -> None:
        """Answer the call that rings, and wait until it is established."""
        self._command("accept")
        self.wait_for(EventKind.CALL_ESTABLISHED)

    def hang_up(self) -> None:
        """End the current call, or reject the one that rings (486)."""
        self._command("hangup")
        self.wait_for(EventKind.CALL_CLOSED)

    def hold(self) -> None:
        """Put the other side on hold, and wait for its agreement."""
        self._renegotiate("hold")

    def resume(self) -> None:
        """Take the other side back from hold, and wait for its agreement."""
        self._renegotiate("resume")

    def mute(self, is_muted: bool) -> None:
        """Switch the own microphone off or on."""
        if ("un-muted" in self._command("mute")) is is_muted:
            self._command("mute")  # the command toggles, and it was so already

    def send_dtmf(self, keys: str) -> None:
        """Press keys one after the other (RFC 4733)."""
        self._command("sndcode", keys)

    def transfer(self, target: str) -> None:
        """Send the other side to another address (REFER, blind)."""
        self._command("transfer", target)

    # -- what it saw and heard

    @property
    def events(self) -> tuple[PhoneEvent, ...]:
        """Everything that happened since the start, oldest first."""
        return self._control.events

    def wait_for(self, *kinds: EventKind, timeout_s: float = 10 * SECONDS) -> PhoneEvent:
        """Return the next event of one of these kinds that no earlier ``wait_for`` returned, waiting if need be."""
        index = self._control.wait_for_event({kind: self._seen.get(kind, 0) for kind in kinds}, timeout_s)
        if index is None:
            story = "\n".join(str(event) for event in self.events)
            raise AssertionError(
                f"{self.account.user}: no {' or '.join(kinds)} within {timeout_s:g} s, but:\n{story}\n"
                f"{self._process.log_tail()}"
            )
        event = self.events[index]
        self._seen[event.kind] = index + 1
        return event

    def calls(self) -> list[PhoneCall]:
        """The phone's own list of its calls."""
        rows = _CALL_LINE.findall(self._command("listcalls"))
        return [PhoneCall(int(line), state, bool(hold), uri) for line, state, hold, uri in rows]

    def media_direction(self) -> str:
        """Which way sound goes by agreement: "sendrecv", or "recvonly" when the other side holds us (RFC 3264, 8.4)."""
        said = self._command("audio_debug")
        direction = re.search(r"^ audio dir=(\w+)", said, re.MULTILINE)
        assert direction is not None, f"{self.account.user} has no sound in a call: {said}"
        return direction[1]

    def received_dtmf(self) -> str:
        """All keys the other side has pressed so far, over all calls."""
        return "".join(event.text for event in self.events if event.kind is EventKind.DTMF)

    def heard(self) -> Recording:
        """Return what the latest call (or the one running) has brought to the ear so far; :data:`NOTHING` before.

        WORKAROUND: baresip 1.0 stops this recording at the first re-INVITE; after hold and the like, listen at
        the speaker of a sound server instead.
        """
        recordings = sorted(self._folder.glob("dump-*-dec.wav"))
        data = recordings[-1].read_bytes() if recordings else b""
        return read_wav(data) if data else NOTHING

    def wait_for_whole_tone(self, frequency_hz: float, timeout_s: float = 10 * SECONDS) -> Recording:
        """Wait until the latest half second at the ear was this tone without a gap, and return that half second."""

        def heard() -> Recording | None:
            end = self.heard().last(_HEARD_WINDOW_S)
            whole = end.seconds >= _HEARD_WINDOW_S and end.is_whole_tone(frequency_hz)
            return end if whole else None

        try:
            return wait_until(heard, f"{frequency_hz:g} Hz without a gap", timeout_s)
        except AssertionError as late:
            end = self.heard().last(_HEARD_WINDOW_S)
            raise AssertionError(f"{self.account.user}: {late}; last half second: {end}") from None

    def log_text(self) -> str:
        """Everything baresip printed, for tests that look for something, or for its absence."""
        return self._process.log_text()

    # -- inside

    @property
    def _control(self) -> ControlLine:
        assert self._line is not None, f"the phone of {self.account.user} was never started"
        return self._line

    def _command(self, name: str, parameter: str | None = None) -> str:
        try:
            return self._control.command(name, parameter)
        except AssertionError as refusal:
            raise AssertionError(f"{self.account.user}: {refusal}\n{self._process.log_tail()}") from None

    def _renegotiate(self, command: str) -> None:
        answers_before = self._answers()
        self._command(command)
        wait_until(lambda: self._answers() > answers_before, f"the answer to {command} by the other side")

    def _answers(self) -> int:
        return sum(
            event.kind is EventKind.REMOTE_DESCRIPTION and event.text == "answer" for event in self.events
        )

    def _connect(self) -> bool:
        try:
            self._line = ControlLine(self._control_port)
        except ConnectionRefusedError:
            return False
        return True

    def _hang_up_line(self) -> None:
        if self._line is not None:
            self._line.close()

    def _account_line(self) -> str:
        """One line of baresip's accounts file. It travels over the control line: it must be in no argument list."""
        account = self.account
        host = account.registrar or f"{LOOPBACK}:{self._sip_port}"
        parameters = ["regint=60" if account.registrar else "regint=0", "mwi=no"]
        if account.answers_itself:
            parameters.append("answermode=auto")
        if account.password:
            parameters.append(f"auth_pass={plain(account.password)}")
        if account.encryption is not MediaEncryption.NONE:
            parameters.append(f"mediaenc={account.encryption}")
        if account.codecs:
            parameters.append(f"audio_codecs={','.join(account.codecs)}")
        name = f'"{account.display_name}" ' if account.display_name else ""
        return f"{name}<sip:{account.user}@{host};transport={account.transport}>;{';'.join(parameters)}"

    def _configuration(self) -> str:
        tone_hz = self._sound.tone_hz
        player = "alsa,default" if self._sound.environment else "aubridge,nobody"
        source = f"ausine,{tone_hz}" if tone_hz is not None else "alsa,default"
        modules = ["opus", "g722", "g711", "sndfile", "alsa", "ausine", "aubridge", "srtp"]
        lines = [
            "poll_method epoll",
            f"sip_listen {LOOPBACK}:{self._sip_port}",
            f"net_interface {LOOPBACK}",
            "call_max_calls 8",
            f"audio_player {player}",
            f"audio_source {source}",
            "audio_alert aubridge,nobody",
            # WORKAROUND: when the sender begins a new stream (another SSRC, as Asterisk does when it bridges), the jitter
            # buffer of baresip 1.0 keeps counting from the old one and, about one time in six, drops all that follows.
            "jitter_buffer_delay 0-0",
            # WORKAROUND: with stereo=1 in a description, Asterisk's free Opus codec takes the samples of one channel that
            # it encodes anew for those of two; a tone of 440 Hz comes out at 880, with every other 10 ms silent.
            "opus_stereo no",
            "opus_sprop_stereo no",
            "ausrc_srate 48000",
            "ausrc_channels 2",
            f"module_path {_MODULES}",
            *(f"module {name}.so" for name in modules),
            "module_tmp uuid.so",
            "module_app menu.so",
            "module_app ctrl_tcp.so",
            f"ctrl_tcp_listen {LOOPBACK}:{self._control_port}",
            "statmode_default off",
            "menu_bell no",
            "ringback_disabled yes",
            "snd_path .",
        ]
        if self._certificate_file is not None:
            lines.append(f"sip_certificate {self._certificate_file}")
        return "\n".join([*lines, ""])

    def __enter__(self) -> Self:
        return self if self.is_running else self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
