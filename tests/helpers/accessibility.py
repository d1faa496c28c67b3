"""The accessibility interface of a program under test (AT-SPI 2), as a screen reader has it: roles, names, states.

A session bus and an accessibility bus of one's own; what is read is what Orca would read out. Protocol:
https://gitlab.gnome.org/GNOME/at-spi2-core/-/tree/main/xml
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from jeepney import DBusAddress, HeaderFields, Message, MessageType, Properties, new_method_call
from jeepney.io.blocking import DBusConnection, open_dbus_connection

from tests.helpers.display import VirtualDisplay
from tests.helpers.processes import ChildProcess
from tests.helpers.waiting import SECONDS, wait_until

_LAUNCHER = Path("/usr/libexec/at-spi-bus-launcher")
_ACCESSIBLE = "org.a11y.atspi.Accessible"
_ROOT = "/org/a11y/atspi/accessible/root"
_AT_A_TIME = 64
"""Questions on their way at the same time: one after the other would take seconds for a whole window."""


class State(IntEnum):
    """The states that tests ask for; the numbers are the protocol's (atspi-constants.h, AtspiStateType)."""

    CHECKED = 4
    ENABLED = 8
    FOCUSABLE = 11
    FOCUSED = 12
    SELECTED = 23
    SHOWING = 25


@dataclass(frozen=True)
class Accessible:
    """One thing that a screen reader knows, with everything inside it."""

    role: str
    name: str
    description: str
    states: frozenset[int]
    parts: tuple[Accessible, ...] = field(repr=False)

    def __iter__(self) -> Iterator[Accessible]:
        """This one and everything inside it, in reading order."""
        yield self
        for part in self.parts:
            yield from part

    def has(self, state: State) -> bool:
        """Whether it is in this state."""
        return state in self.states


class AccessibilityBus:
    """Started before the program that is to be read."""

    def __init__(self, folder: Path, screen: VirtualDisplay) -> None:
        """Keep everything in ``folder``; the registry of AT-SPI needs a screen."""
        self._address = f"unix:path={folder / 'session-bus'}"
        self._environment = screen.environment() | {
            "DBUS_SESSION_BUS_ADDRESS": self._address,
            "XDG_RUNTIME_DIR": str(folder),
        }
        self._bus = ChildProcess(
            "session bus",
            ["dbus-daemon", "--session", "--nofork", "--nopidfile", f"--address={self._address}"],
            folder / "session-bus.log",
            environment=self._environment,
        )
        self._launcher = ChildProcess(
            "accessibility bus",
            [_LAUNCHER, "--launch-immediately"],
            folder / "accessibility-bus.log",
            environment=self._environment,
        )
        self._socket = folder / "session-bus"
        self._connection: DBusConnection | None = None

    def start(self) -> Self:
        """Start both buses and listen."""
        self._bus.start()
        self._bus.wait_until_ready(self._socket.exists, "its socket")
        self._launcher.start()
        address = wait_until(self._find, "the accessibility bus")
        self._connection = open_dbus_connection(address)
        return self

    def stop(self) -> None:
        """End it all."""
        if self._connection is not None:
            self._connection.close()
        self._launcher.stop()
        self._bus.stop()

    def environment(self) -> dict[str, str]:
        """What a program with Qt needs to be readable here; after that of a screen."""
        return {
            "DBUS_SESSION_BUS_ADDRESS": self._address,
            "QT_ACCESSIBILITY": "1",
            "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
        }

    def windows(self) -> tuple[Accessible, ...]:
        """All visible windows of all programs."""
        programs = self._children([("org.a11y.atspi.Registry", _ROOT)])[0]
        found = itertools.chain.from_iterable(self._children(programs))
        return tuple(window for window in self._read(list(found)) if window is not None)

    # ------------------------------------------------------------ inside

    def _find(self) -> str | None:
        """Ask the session bus where the accessibility bus is."""
        bus = DBusAddress("/org/a11y/bus", "org.a11y.Bus", "org.a11y.Bus")
        with open_dbus_connection(self._address) as connection:
            answer = connection.send_and_get_reply(new_method_call(bus, "GetAddress"), timeout=5 * SECONDS)
        is_fine = answer.header.message_type is MessageType.method_return
        return str(answer.body[0]) if is_fine else None

    def _read(self, found: Sequence[tuple[str, str]]) -> list[Accessible | None]:
        """Read these and everything inside them, level by level; None: not to be seen, or gone."""
        states = [_bits(answer) for answer in self._ask([_call(one, "GetState") for one in found])]
        places = [place for place, bits in enumerate(states) if State.SHOWING in bits]
        result: list[Accessible | None] = [None] * len(found)
        if not places:
            return result
        seen = [found[place] for place in places]
        names, descriptions = self._property(seen, "Name"), self._property(seen, "Description")
        roles = [str(_first(answer, "")) for answer in self._ask([_call(one, "GetRoleName") for one in seen])]
        families = self._children(seen)
        inside = iter(self._read(list(itertools.chain.from_iterable(families))))
        for number, place in enumerate(places):
            parts = [part for part in itertools.islice(inside, len(families[number])) if part is not None]
            if roles[number]:  # without: it has gone since its state was told
                result[place] = Accessible(
                    roles[number], names[number], descriptions[number], states[place], tuple(parts)
                )
        return result

    def _children(self, parents: Sequence[tuple[str, str]]) -> list[list[tuple[str, str]]]:
        answers = self._ask([_call(one, "GetChildren") for one in parents])
        return [[(name, path) for name, path in _first(answer, [])] for answer in answers]

    def _property(self, found: Sequence[tuple[str, str]], name: str) -> list[str]:
        answers = self._ask([Properties(_at(one)).get(name) for one in found])
        return [str(_first(answer, ("s", ""))[1]) for answer in answers]

    def _ask(self, questions: Sequence[Message]) -> list[Message]:
        """Ask many things at once; what has gone meanwhile answers with an error, which counts as nothing."""
        connection = self._connection
        assert connection is not None
        answers: dict[int, Message] = {}
        serials: list[int] = []
        for start in range(0, len(questions), _AT_A_TIME):
            waiting: set[int] = set()
            for question in questions[start : start + _AT_A_TIME]:
                serial = next(connection.outgoing_serial)
                connection.send(question, serial=serial)
                serials.append(serial)
                waiting.add(serial)
            while waiting:
                message = connection.receive(timeout=20 * SECONDS)
                of = message.header.fields.get(HeaderFields.reply_serial)
                if of in waiting:
                    waiting.discard(of)
                    answers[of] = message
        return [answers[serial] for serial in serials]

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _at(accessible: tuple[str, str]) -> DBusAddress:
    name, path = accessible
    return DBusAddress(path, name, _ACCESSIBLE)


def _call(accessible: tuple[str, str], method: str) -> Message:
    return new_method_call(_at(accessible), method)


def _first(answer: Message, instead: Any) -> Any:
    """What an answer holds, or something else when it is an error."""
    is_fine = answer.header.message_type is MessageType.method_return and answer.body
    return answer.body[0] if is_fine else instead


def _bits(answer: Message) -> frozenset[int]:
    words = _first(answer, ())
    return frozenset(
        32 * place + bit for place, word in enumerate(words) for bit in range(32) if word >> bit & 1
    )
