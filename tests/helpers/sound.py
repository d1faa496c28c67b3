"""A private PulseAudio without a sound card: what a program plays can be measured, what it hears can be made.

Every *speaker* is a null sink, recorded through its monitor. Every *microphone* is a source fed by a null sink of
its own, into which the tests play. Nothing here touches the sound of the person at this machine: the server has its
own socket, and programs reach it only through :meth:`SoundServer.environment`.
"""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.helpers.processes import ChildProcess
from tests.helpers.tones import RATE_HZ, Recording, from_pcm16, sine, to_pcm16
from tests.helpers.waiting import SECONDS

SPEAKER = "speaker"
MICROPHONE = "microphone"

_LATENCY_MS = 40  # else a program buffers up to 2 s
_FORMAT = ["--raw", "--format=s16le", f"--rate={RATE_HZ}", "--channels=1", "--latency-msec=20"]
# Without "norewinds" a null sink renders up to 2 s ahead, and as much of the first sound is lost to a listener;
# with it, PulseAudio's null sink has a fixed latency of 50 ms.
_LAYOUT = [f"rate={RATE_HZ}", "channels=2", "norewinds=1"]
_NO_BUS = "unix:path=/nonexistent"
_HEARD_WINDOW_S = 0.5
_CLEAR_SHARE = 0.8
_servers = itertools.count(1)
_ALSA_CONFIGURATION = """\
# Every ALSA program of the tests plays and records through the private sound server, and sees nothing else.
pcm.pulse {
    @args [ DEVICE ]
    @args.DEVICE { type string default "" }
    type pulse
    device $DEVICE
    hint { show on description "PulseAudio Sound Server" }
}
ctl.pulse { type pulse }
pcm.default { type pulse hint { show on description "Default ALSA device (PulseAudio)" } }
ctl.default { type pulse }
"""


class SoundServer:
    """One PulseAudio process with speakers and microphones of given names."""

    def __init__(
        self, folder: Path, speakers: Sequence[str] = (SPEAKER,), microphones: Sequence[str] = (MICROPHONE,)
    ) -> None:
        """Keep everything of this server in ``folder``. The first speaker and microphone are the defaults."""
        self._folder = folder
        self._speakers = list(speakers)
        self._microphones = list(microphones)
        self._runs = itertools.count(1)
        # Not in the folder given: the path of a Unix socket has 107 characters at most.
        self._runtime = Path(tempfile.gettempdir()) / f"wwphone-sound-{os.getpid()}-{next(_servers)}"
        self._process = self._new_process()

    def start(self) -> Self:
        """Start the server and wait until it serves all its devices."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._runtime.mkdir(mode=0o700, exist_ok=True)
        (self._folder / "asound.conf").write_text(_ALSA_CONFIGURATION, "utf-8")
        (self._folder / "script.pa").write_text(self._script(), "utf-8")
        self._process = self._new_process().start()
        self._process.wait_until_ready(self._serves_all_devices, "sound devices")
        return self

    def stop(self) -> None:
        """End the server in an orderly way: its clients are told."""
        self._process.stop()
        shutil.rmtree(self._runtime, ignore_errors=True)

    def kill(self) -> None:
        """End the server as a crash would."""
        self._process.kill()

    def send_signal(self, number: signal.Signals) -> None:
        """Freeze (SIGSTOP) or wake (SIGCONT) the server: it hangs without being dead."""
        self._process.send_signal(number)

    @property
    def is_running(self) -> bool:
        """Whether the server process lives."""
        return self._process.is_running()

    def log_tail(self) -> str:
        """The last lines the server printed."""
        return self._process.log_tail()

    def environment(self, speaker: str | None = None, microphone: str | None = None) -> dict[str, str]:
        """Return what a program needs in its environment to use this server, and these devices as its defaults."""
        environment = {
            "PULSE_SERVER": f"unix:{self._socket}",
            "PULSE_COOKIE": str(self._folder / "cookie"),
            "PULSE_RUNTIME_PATH": str(self._runtime),
            "PULSE_LATENCY_MSEC": str(_LATENCY_MS),
            "ALSA_CONFIG_PATH": str(self._folder / "asound.conf"),
        }
        if speaker is not None:
            environment["PULSE_SINK"] = speaker
        if microphone is not None:
            environment["PULSE_SOURCE"] = microphone
        return environment

    def play_tone(self, sink: str, frequency_hz: float, seconds: float = 60 * SECONDS) -> ChildProcess:
        """Start to play a tone into a speaker or (see :func:`feed_of`) a microphone; stop it, or let it end."""
        run = next(self._runs)
        sound = self._folder / f"tone-{run}.pcm"
        sound.write_bytes(to_pcm16(sine(frequency_hz, seconds)))
        return ChildProcess(
            f"pacat of {frequency_hz:g} Hz into {sink}",
            ["pacat", "--playback", f"--device={sink}", *_FORMAT, sound],
            self._folder / f"pacat-{run}.log",
            environment=self.environment(),
        ).start()

    def say(self, microphone: str, frequency_hz: float, seconds: float = 60 * SECONDS) -> ChildProcess:
        """Start a tone in front of a microphone."""
        return self.play_tone(feed_of(microphone), frequency_hz, seconds)

    def listen(self, source: str) -> Listener:
        """Start to record a source: a microphone, or (see :func:`monitor_of`) what a speaker plays."""
        run = next(self._runs)
        sound = self._folder / f"heard-{run}.pcm"
        process = ChildProcess(
            f"parec of {source}",
            ["parec", f"--device={source}", *_FORMAT, sound],
            self._folder / f"parec-{run}.log",
            environment=self.environment(),
        ).start()
        return Listener(process, sound)

    def record(self, source: str, seconds: float) -> Recording:
        """Return the next so many seconds of a source."""
        with self.listen(source) as listener:
            return listener.wait_for(
                lambda heard: heard.seconds >= seconds, f"{seconds:g} s of sound", seconds + 10 * SECONDS
            ).first(seconds)

    def wait_for_tone(self, source: str, frequency_hz: float, timeout_s: float = 10 * SECONDS) -> Recording:
        """Listen until half a second was clearly this tone (4/5 of the power), and return that half second."""
        return self._wait_for_end(
            source,
            lambda end: not end.is_silent and end.tone_share(frequency_hz) >= _CLEAR_SHARE,
            f"{frequency_hz:g} Hz from {source}",
            timeout_s,
        )

    def wait_for_whole_tone(
        self, source: str, frequency_hz: float, timeout_s: float = 10 * SECONDS
    ) -> Recording:
        """Listen until half a second was this tone without a gap, so that it can be measured; return that half second."""
        return self._wait_for_end(
            source,
            lambda end: not end.is_silent and end.is_whole_tone(frequency_hz),
            f"{frequency_hz:g} Hz without a gap from {source}",
            timeout_s,
        )

    def _wait_for_end(
        self, source: str, fits: Callable[[Recording], bool], what: str, timeout_s: float
    ) -> Recording:
        with self.listen(source) as listener:
            return listener.wait_for(
                lambda heard: heard.seconds >= _HEARD_WINDOW_S and fits(heard.last(_HEARD_WINDOW_S)),
                what,
                timeout_s,
            ).last(_HEARD_WINDOW_S)

    def wait_for_silence(self, source: str, timeout_s: float = 10 * SECONDS) -> None:
        """Listen until nothing was heard for half a second."""
        with self.listen(source) as listener:
            listener.wait_for(
                lambda heard: heard.seconds >= _HEARD_WINDOW_S and heard.last(_HEARD_WINDOW_S).is_silent,
                f"silence from {source}",
                timeout_s,
            )

    def add_speaker(self, name: str) -> None:
        """Plug in a further speaker while the server runs; it comes back with a restart."""
        self._pactl("load-module", *_speaker_module(name))
        self._speakers.append(name)

    def add_microphone(self, name: str) -> None:
        """Plug in a further microphone while the server runs; it comes back with a restart."""
        for module in _microphone_modules(name):
            self._pactl("load-module", *module)
        self._microphones.append(name)

    def remove(self, name: str) -> None:
        """Unplug a speaker or microphone; what used it is moved or killed by PulseAudio as it likes."""
        device_names = {f"source_name={name}", f"sink_name={name}", f"sink_name={feed_of(name)}"}
        for line in reversed(self._pactl("list", "short", "modules").splitlines()):
            number, *words = line.split()
            if device_names.intersection(words):
                self._pactl("unload-module", number)
        self._speakers = [speaker for speaker in self._speakers if speaker != name]
        self._microphones = [microphone for microphone in self._microphones if microphone != name]

    def players(self) -> int:
        """How many programs have a stream to a speaker open."""
        return len(self._pactl("list", "short", "sink-inputs").splitlines())

    def recorders(self) -> int:
        """How many programs have a stream from a microphone or monitor open (the microphones' own plumbing apart)."""
        streams = self._pactl("list", "short", "source-outputs").splitlines()
        return len([stream for stream in streams if "module-remap-source.c" not in stream])

    @property
    def _socket(self) -> Path:
        return self._runtime / "native"

    def _script(self) -> str:
        """What the server does first: its devices, their defaults, and last the socket, so that none is seen early."""
        modules = [_speaker_module(name) for name in self._speakers]
        modules += [module for name in self._microphones for module in _microphone_modules(name)]
        lines = [f"load-module {' '.join(module)}" for module in modules]
        lines += [f"set-default-sink {name}" for name in self._speakers[:1]]
        lines += [f"set-default-source {name}" for name in self._microphones[:1]]
        lines.append(
            f"load-module module-native-protocol-unix socket={self._socket} auth-anonymous=1 auth-cookie-enabled=0"
        )
        return "\n".join([*lines, ""])

    def _new_process(self) -> ChildProcess:
        script = self._folder / "script.pa"
        options = ["--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--disable-shm=yes"]
        # No priority: alike for root and for everybody else, so that one measures what the other does.
        options += ["--realtime=no", "--high-priority=no", "--log-target=stderr"]
        return ChildProcess(
            "pulseaudio",
            ["pulseaudio", "-n", *options, "-F", script],
            self._folder / "pulseaudio.log",
            environment={
                "PULSE_RUNTIME_PATH": str(self._runtime),
                "XDG_CONFIG_HOME": str(self._runtime),
                "DBUS_SESSION_BUS_ADDRESS": _NO_BUS,
                "DBUS_SYSTEM_BUS_ADDRESS": _NO_BUS,
            },
        )

    def _serves_all_devices(self) -> bool:
        return self._socket.exists() and set(self._devices()) >= {*self._speakers, *self._microphones}

    def _devices(self) -> list[str]:
        """The names of all sinks and sources; none while the server does not answer yet."""
        lines = [
            line
            for kind in ("sinks", "sources")
            for line in self._ask("list", "short", kind).stdout.splitlines()
        ]
        return [line.split("\t")[1] for line in lines]

    def _pactl(self, *words: str) -> str:
        answer = self._ask(*words)
        assert answer.returncode == 0, f"pactl {' '.join(words)}: {answer.stderr}\n{self.log_tail()}"
        return answer.stdout

    def _ask(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["pactl", *words],
            env={**os.environ, **self.environment()},
            capture_output=True,
            text=True,
            check=False,
            timeout=10 * SECONDS,
        )

    def __enter__(self) -> Self:
        return self if self.is_running else self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


class Listener:
    """A recording that goes on until it is stopped."""

    def __init__(self, process: ChildProcess, sound: Path) -> None:
        """Take over a running recorder that writes 16-bit mono sound at 48 kHz into a file."""
        self._process = process
        self._sound = sound

    def heard(self) -> Recording:
        """Return everything recorded so far."""
        data = self._sound.read_bytes() if self._sound.exists() else b""
        return Recording(from_pcm16(data), RATE_HZ)

    def wait_for(
        self, condition: Callable[[Recording], bool], what: str, timeout_s: float = 10 * SECONDS
    ) -> Recording:
        """Wait until the recording so far fulfils a condition, and return it."""
        heard = self.heard()

        def fulfilled() -> bool:
            nonlocal heard
            heard = self.heard()
            return condition(heard)

        try:
            self._process.wait_until_ready(fulfilled, what, timeout_s)
        except AssertionError as late:
            raise AssertionError(
                f"{late}\nheard so far: {heard}; last half second: {heard.last(0.5)}"
            ) from None
        return heard

    def stop(self) -> Recording:
        """End the recording and return all of it."""
        self._process.stop()
        return self.heard()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def monitor_of(speaker: str) -> str:
    """Return the source on which one hears what a speaker plays."""
    return f"{speaker}.monitor"


def feed_of(microphone: str) -> str:
    """Return the sink into which one plays what a microphone shall hear."""
    return f"{microphone}_feed"


def _speaker_module(name: str) -> list[str]:
    return ["module-null-sink", f"sink_name={name}", *_LAYOUT, f"sink_properties=device.description={name}"]


def _microphone_modules(name: str) -> list[list[str]]:
    feed = feed_of(name)
    return [
        ["module-null-sink", f"sink_name={feed}", *_LAYOUT, f"sink_properties=device.description={feed}"],
        [
            "module-remap-source",
            f"master={monitor_of(feed)}",
            f"source_name={name}",
            f"source_properties=device.description={name}",
        ],
    ]
