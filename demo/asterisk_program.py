"""The ways to run an Asterisk here: the private one, an installed one, or one in a container.

All of them are started through ``packaging/asterisk/keep.sh``, which ends the program when asked by a line on its
standard input and kills it when the other end of that pipe is gone. The kernel closes the pipe however its holder
dies, so no Asterisk outlives its demo or test. (prctl(PR_SET_PDEATHSIG) would not do: it acts when the *thread*
that started the program ends, which for ``asyncio.to_thread`` may be any time, and it does not reach a container.)
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path

ASTERISK_FILES = Path(__file__).resolve().parent.parent / "packaging" / "asterisk"
OLDEST_MAJOR = 20
CONTAINER_IMAGE = "wwphone-asterisk"

_KEEPER = ("/bin/sh", str(ASTERISK_FILES / "keep.sh"))
_LONGEST_SOCKET_NAME = 107  # sun_path of unix(7), without the final zero
_CHECK_TIMEOUT_S = 20.0


class AsteriskError(Exception):
    """Asterisk is not there, does not start, or does not answer; the text says why."""


class AsteriskProgram(ABC):
    """One kind of Asterisk: how it is started and how it sees the run folder."""

    folder: str
    """The run folder, as Asterisk sees it."""
    control: str
    """The folder of its control socket, as Asterisk sees it."""

    @abstractmethod
    def check(self) -> None:
        """Raise AsteriskError, with what to do, when this kind cannot run here."""

    @abstractmethod
    def start_command(self) -> list[str]:
        """The words that start it, kept by keep.sh."""

    @abstractmethod
    def console_command(self, line: str) -> list[str]:
        """The words that execute one line of the console in the running one."""

    def program_folders(self) -> dict[str, str]:
        """Entries of ``[directories]`` in asterisk.conf for modules and sounds; empty: where it was compiled to look."""
        return {}

    @property
    def configuration_file(self) -> str:
        """asterisk.conf, as Asterisk sees it."""
        return f"{self.folder}/etc/asterisk.conf"


class InstalledProgram(AsteriskProgram):
    """The administrator's own Asterisk, found on PATH, with our configuration instead of its own.

    It does not get the private one's loopback shim: PJPROJECT's DNS client has two UDP sockets on all addresses.
    """

    def __init__(self, run: Path, starter: str = "asterisk") -> None:
        """Take the run folder and the program's name or path. Raises AsteriskError when the folder cannot serve."""
        self._starter = starter
        self.folder = str(run)
        self.control = str(run / "control")
        if len(f"{self.control}/asterisk.ctl") > _LONGEST_SOCKET_NAME:
            raise AsteriskError(f"the path of {run} is too long for a socket in it; choose a shorter one")

    def check(self) -> None:
        """See :class:`AsteriskProgram`: it is there and new enough."""
        program = shutil.which(self._starter)
        if program is None:
            raise AsteriskError(f"no Asterisk here: there is no program “{self._starter}”")
        text = _first_words([program, "-V"])
        major = major_version(text)
        if major is None:
            raise AsteriskError(f"{program} says “{text}”, which names no version of Asterisk")
        if major < OLDEST_MAJOR:
            raise AsteriskError(f"{program} is “{text}”; wwphone needs Asterisk {OLDEST_MAJOR} or newer")

    def start_command(self) -> list[str]:
        """See :class:`AsteriskProgram`."""
        return [*_KEEPER, self._starter, "-f", "-C", self.configuration_file]

    def console_command(self, line: str) -> list[str]:
        """See :class:`AsteriskProgram`."""
        return [self._starter, "-C", self.configuration_file, "-rx", line]


class PrivateProgram(InstalledProgram):
    """The Asterisk that ``packaging/asterisk/fetch.py`` made ready, with its modules and sounds."""

    def __init__(self, run: Path, ready: Path) -> None:
        """Take the run folder and the ready folder."""
        super().__init__(run, str(ready / "bin/asterisk"))
        self._root = ready / "root/usr"

    def program_folders(self) -> dict[str, str]:
        """See :class:`AsteriskProgram`."""
        modules = next(self._root.glob("lib/*/asterisk/modules"), None)
        if modules is None:
            raise AsteriskError(f"no modules of Asterisk in {self._root}; fetch it again")
        return {
            "astmoddir": str(modules),
            "astdatadir": str(self._root / "share/asterisk"),
            "astsbindir": str(self._root / "sbin"),
        }


class ContainerProgram(AsteriskProgram):
    """An Asterisk in a container made from ``packaging/asterisk/Containerfile``. Not run by the project's tests.

    The container shares the host's network, so the same configuration on 127.0.0.1 serves. The run folder is mounted;
    the control socket stays inside, because a mounted folder may not be able to hold one.
    """

    folder = "/wwphone/run"
    control = "/wwphone/control"

    def __init__(self, run: Path, engine: str, name: str) -> None:
        """Take the run folder, the engine's program (``docker`` or ``podman``) and a name for the container."""
        self._run = run
        self._engine = engine
        self._name = name

    def check(self) -> None:
        """See :class:`AsteriskProgram`: the engine works and has the image."""
        if shutil.which(self._engine) is None:
            raise AsteriskError(f"there is no program “{self._engine}”")
        if not _first_words([self._engine, "image", "ls", "--quiet", CONTAINER_IMAGE]):
            build = f"{self._engine} build -t {CONTAINER_IMAGE} -f Containerfile ."
            raise AsteriskError(
                f"{self._engine} has no image “{CONTAINER_IMAGE}”; in packaging/asterisk run: {build}"
            )

    def start_command(self) -> list[str]:
        """See :class:`AsteriskProgram`; ``-i`` hands our pipe to the keep.sh inside."""
        return [
            self._engine, "run", "--rm", "-i", "--network", "host", "--name", self._name, *self._user(),
            "--volume", f"{self._run}:{self.folder}", CONTAINER_IMAGE,
            "asterisk", "-f", "-C", self.configuration_file,
        ]  # fmt: skip

    def console_command(self, line: str) -> list[str]:
        """See :class:`AsteriskProgram`."""
        return [self._engine, "exec", self._name, "asterisk", "-C", self.configuration_file, "-rx", line]

    def _user(self) -> list[str]:
        """Let logs and recordings belong to us: under podman the container's root is us already."""
        if os.name != "posix" or Path(self._engine).name != "docker":
            return []
        return ["--user", f"{os.getuid()}:{os.getgid()}"]


def major_version(text: str) -> int | None:
    """Return 22 for "Asterisk 22.10.1", 20 for "Asterisk certified/20.7-cert1"; None when no version is named."""
    match = re.search(r"Asterisk (?:certified[/-]|GIT-)?(\d+)", text)
    return int(match[1]) if match else None


def _first_words(command: Sequence[str]) -> str:
    """Run a program that only tells something; return what it printed. Raises AsteriskError when it fails."""
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_CHECK_TIMEOUT_S, check=True,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError) as error:
        raise AsteriskError(f"{command[0]} does not work: {error}") from error
    return done.stdout.strip()
