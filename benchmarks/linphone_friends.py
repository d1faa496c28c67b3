"""Linphone's search of its contacts in a process of its own: `python -m benchmarks.linphone_friends`, its order as JSON on the input.

It is liblinphone's "magic search" (`linphone/api/c-magic-search.h`), which Linphone's windows ask at each key, called in turn
instead of through its timer of 100 ms. The core is made and never started, so it opens no port and asks no server; it keeps its
friends in memory alone.

After the order come texts, each as JSON on a line, and each gets an answer on a line. What the library itself prints goes to
the error output.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import json
import os
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TextIO


@dataclass(frozen=True)
class Person:
    """An entry of the phone book as a friend of Linphone's."""

    name: str
    company: str
    numbers: list[str]


@dataclass(frozen=True)
class Order:
    """What to do."""

    folder: str
    """For whatever the library keeps; it begins without anything."""
    shown: int
    """At most so many are found."""
    people: list[Person]

    @staticmethod
    def read(line: str) -> Order:
        """Read an order. Raises ValueError, TypeError or KeyError for anything else."""
        values = json.loads(line)
        return Order(values["folder"], values["shown"], [Person(**one) for one in values["people"]])


@dataclass(frozen=True)
class Ready:
    """All are friends now, and texts may come."""

    version: str
    friends: int
    seconds: float


@dataclass(frozen=True)
class Missing:
    """The library is not here, or is another one than is known; the reason is a whole sentence."""

    reason: str


@dataclass(frozen=True)
class Answer:
    """One search: its time without the way here and back, and how many friends it found."""

    ms: float
    processor_ms: float
    found: int


_ONE_PER_FRIEND = 1
"""LinphoneMagicSearchAggregationFriend; without it each number that fits is a result of its own."""
_FRIENDS = 1
"""LinphoneMagicSearchSourceFriends: no servers, no history."""
_ONLY_FATAL = 1 << 5
_POINTER, _TEXT, _INT, _BOOLEAN = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int, ctypes.c_ubyte
_FUNCTIONS: dict[str, tuple[Any, list[Any]]] = {
    "linphone_core_get_version": (_TEXT, []),
    "linphone_logging_service_get": (_POINTER, []),
    "linphone_logging_service_set_log_level": (None, [_POINTER, _INT]),
    "linphone_factory_get": (_POINTER, []),
    "linphone_factory_set_config_dir": (None, [_POINTER, _TEXT]),
    "linphone_factory_set_data_dir": (None, [_POINTER, _TEXT]),
    "linphone_factory_set_download_dir": (None, [_POINTER, _TEXT]),
    "linphone_factory_create_core_3": (_POINTER, [_POINTER, _TEXT, _TEXT, _POINTER]),
    "linphone_core_set_network_reachable": (None, [_POINTER, _BOOLEAN]),
    "linphone_core_get_default_friend_list": (_POINTER, [_POINTER]),
    "linphone_core_create_friend": (_POINTER, [_POINTER]),
    "linphone_friend_set_name": (_INT, [_POINTER, _TEXT]),
    "linphone_friend_set_organization": (None, [_POINTER, _TEXT]),
    "linphone_friend_add_phone_number": (None, [_POINTER, _TEXT]),
    "linphone_friend_set_ref_key": (None, [_POINTER, _TEXT]),
    "linphone_friend_list_add_local_friend": (_INT, [_POINTER, _POINTER]),
    "linphone_friend_unref": (None, [_POINTER]),
    "linphone_core_create_magic_search": (_POINTER, [_POINTER]),
    "linphone_magic_search_set_search_limit": (None, [_POINTER, ctypes.c_uint]),
    "linphone_magic_search_get_contacts_list": (_POINTER, [_POINTER, _TEXT, _TEXT, _INT, _INT]),
    "linphone_search_result_unref": (None, [_POINTER]),
    "bctbx_list_size": (ctypes.c_size_t, [_POINTER]),
    "bctbx_list_free_with_data": (None, [_POINTER, _POINTER]),
}


def library() -> ctypes.CDLL:
    """Load liblinphone and say what its functions take. Raises OSError without it, AttributeError when one is not there."""
    name = ctypes.util.find_library("linphone")
    if name is None:
        raise FileNotFoundError("liblinphone is not on this machine (it comes with linphone-desktop)")
    loaded = ctypes.CDLL(name)
    for function, (result, arguments) in _FUNCTIONS.items():
        one = getattr(loaded, function)
        one.restype, one.argtypes = result, arguments
    return loaded


class Friends:
    """A core of liblinphone's with friends."""

    def __init__(self, linphone: ctypes.CDLL, folder: Path, shown: int) -> None:
        self._linphone = linphone
        linphone.linphone_logging_service_set_log_level(linphone.linphone_logging_service_get(), _ONLY_FATAL)
        factory = linphone.linphone_factory_get()
        for what in ("config", "data", "download"):
            getattr(linphone, f"linphone_factory_set_{what}_dir")(factory, os.fsencode(folder))
        self._core = linphone.linphone_factory_create_core_3(factory, None, None, None)
        linphone.linphone_core_set_network_reachable(self._core, 0)
        self._list = linphone.linphone_core_get_default_friend_list(self._core)
        self._search = linphone.linphone_core_create_magic_search(self._core)
        linphone.linphone_magic_search_set_search_limit(self._search, shown)
        self._free = ctypes.cast(linphone.linphone_search_result_unref, _POINTER)

    @property
    def version(self) -> str:
        """The library's."""
        return str(self._linphone.linphone_core_get_version().decode())

    def add(self, key: str, person: Person) -> bool:
        """Make a friend; whether it was taken. With a key, else the list of all is walked through for each new one."""
        linphone = self._linphone
        friend = linphone.linphone_core_create_friend(self._core)
        linphone.linphone_friend_set_name(friend, person.name.encode())
        linphone.linphone_friend_set_organization(friend, person.company.encode())
        for number in person.numbers:
            linphone.linphone_friend_add_phone_number(friend, number.encode())
        linphone.linphone_friend_set_ref_key(friend, key.encode())
        status: int = linphone.linphone_friend_list_add_local_friend(self._list, friend)
        linphone.linphone_friend_unref(friend)
        return status == 0

    def find(self, text: str) -> Answer:
        """Search once."""
        linphone, typed = self._linphone, text.encode()
        began_s, busy_s = time.perf_counter(), time.thread_time()
        results = linphone.linphone_magic_search_get_contacts_list(
            self._search, typed, b"", _FRIENDS, _ONE_PER_FRIEND
        )
        spent_s, busy_s = time.perf_counter() - began_s, time.thread_time() - busy_s
        found = int(linphone.bctbx_list_size(results))
        linphone.bctbx_list_free_with_data(results, self._free)
        return Answer(1000 * spent_s, 1000 * busy_s, found)


def _say(output: TextIO, what: Ready | Missing | Answer) -> None:
    output.write(json.dumps(asdict(what)) + "\n")
    output.flush()


def main() -> None:
    """Do what the order on the input says, until the input ends."""
    output = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    order = Order.read(sys.stdin.readline())
    try:
        linphone = library()
    except (OSError, AttributeError) as error:
        _say(output, Missing(str(error)))
        return
    friends = Friends(linphone, Path(order.folder), order.shown)
    began_s = time.perf_counter()
    taken = sum(friends.add(str(number), person) for number, person in enumerate(order.people))
    _say(output, Ready(friends.version, taken, time.perf_counter() - began_s))
    for line in sys.stdin:
        _say(output, friends.find(json.loads(line)))


if __name__ == "__main__":
    main()
