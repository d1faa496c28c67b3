"""Many clients of a CTI server in one process: `python -m benchmarks.crowd`, its order as JSON on the input.

One client after the other signs in over TLS; then changes are made at a steady rate, each by another of them, and every
frame each of them gets is timed. Only one reads what is in the frames: the others look at the revision, so that
this process costs less than what it measures. One more client signs in and never reads; its buffers are small, so that it is
noticed within the time of a measurement.

A change is *Be right back* until a moment that names it, so that its event can be told from all others.
"""

from __future__ import annotations

import json
import os
import re
import select
import selectors
import socket
import ssl
import struct
import sys
import time
from array import array
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

PER_ADDRESS = 400
"""Clients that come from one loopback address; the server takes 500."""
_SIGNING_IN = 4
_TIMEOUT_S = 30.0
_AFTER_S = 30.0
"""So long after the last change it is waited for what is still under way."""
_QUIET_S = 0.5
_ROOM = 1 << 20
_SMALL_ROOM = 4096
_TEXT, _PONG = 0x81, b'{"kind":"pong"}'
_EVENTS = re.compile(rb'^\{"kind":"events","revision":(\d+)')
_BACK_AT = re.compile(rb'"back_at":"([^"]+)"')
_REVISION = re.compile(rb'"revision":(\d+)')


@dataclass(frozen=True)
class Order:
    """What to do."""

    port: int
    authority: str
    password: str
    users: list[str]
    changes_per_s: int
    seconds: float


@dataclass
class Member:
    """One client: its line, and when it had got which revision."""

    line: ssl.SSLSocket
    revision: int = 0
    rest: bytearray = field(default_factory=bytearray)
    at_s: array[float] = field(default_factory=lambda: array("d"))
    revisions: array[int] = field(default_factory=lambda: array("q"))
    refused: int = 0
    over: bool = False


def _frame(text: bytes) -> bytes:
    """Make a text frame of a client, with a mask of zeros (RFC 6455, section 5.2)."""
    if len(text) < 126:
        return struct.pack("!BB4x", _TEXT, 0x80 | len(text)) + text
    return struct.pack("!BBH4x", _TEXT, 0x80 | 126, len(text)) + text


def _request(number: str, kind: str, body: dict[str, Any]) -> bytes:
    return _frame(json.dumps({"kind": "request", "id": number, "type": kind, "body": body}).encode())


def _frames(data: bytearray) -> Iterator[tuple[bool, memoryview]]:
    """Yield whole frames, and whether a message ends there; then remove them. A server masks nothing."""
    place = 0
    with memoryview(data) as view:
        while len(data) - place >= 2:
            length, head = data[place + 1] & 0x7F, 2
            if length >= 126:
                head = 4 if length == 126 else 10
                if len(data) - place < head:
                    break
                length = int.from_bytes(data[place + 2 : place + head], "big")
            if len(data) - place < head + length:
                break
            with view[place + head : place + head + length] as frame:
                yield bool(data[place] & 0x80), frame
            place += head + length
    del data[:place]


def sign_in(order: Order, place: int, user: str) -> Member:
    """Connect as a client does, and read until the snapshot; the last one has little room for what it does not read."""
    context = ssl.create_default_context(cafile=order.authority)
    address = f"127.0.1.{place // PER_ADDRESS + 1}"
    plain = socket.socket()
    if user == order.users[-1]:
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SMALL_ROOM)
    plain.settimeout(_TIMEOUT_S)
    plain.bind((address, 0))
    plain.connect(("127.0.0.1", order.port))
    line = context.wrap_socket(plain, server_hostname="127.0.0.1")
    line.sendall(
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n"
        b"Sec-WebSocket-Protocol: wwphone.cti.v1\r\n\r\n"
    )
    member = Member(line)
    while b"\r\n\r\n" not in member.rest:
        member.rest += line.recv(_ROOM)
    del member.rest[: member.rest.index(b"\r\n\r\n") + 4]
    client = {"version": "1", "host_name": "bench"}
    body = {"user": user, "password": order.password, "client": client}
    line.sendall(_request("in", "account.sign_in", body))
    whole = bytearray()
    while True:
        for final, frame in _frames(member.rest):
            whole += frame
            if not final:
                continue
            if whole.startswith(b'{"kind":"failure"'):
                raise RuntimeError(bytes(whole[:300]).decode())
            if whole.startswith(b'{"kind":"snapshot"'):
                found = _REVISION.search(whole)
                member.revision = int(found.group(1)) if found else 0
                return member
            whole.clear()
        member.rest += line.recv(_ROOM)


class Crowd:
    """All of them, in one loop."""

    def __init__(self, order: Order, members: list[Member], sleeper: Member) -> None:
        self._order = order
        self._members = members
        self._sleeper = sleeper
        self._selector = selectors.EpollSelector()
        self._made_s: list[float] = []
        self._took_s, self._cpu = 0.0, 0.0
        self._message = bytearray()
        """Of the one who reads: what has come of a message in several frames."""
        self._revision_of: dict[int, int] = {}
        self._first = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
        for member in members:
            member.line.setblocking(False)
            self._selector.register(member.line, selectors.EVENT_READ, member)

    def catch_up(self) -> None:
        """Read what came while the others signed in, so that no change waits behind it at a client."""
        while ready := self._selector.select(_QUIET_S):
            for key, _ in ready:
                self._read(key.data)
        for member in self._members:
            del member.at_s[:], member.revisions[:]

    def run(self) -> None:
        """Make the changes and read until everybody has them all, or some seconds have passed."""
        wanted = int(self._order.changes_per_s * self._order.seconds)
        began_s, began_cpu_s = time.monotonic(), time.process_time()
        ends_s = None
        while ends_s is None or (time.monotonic() < ends_s and not self._all_there(wanted)):
            now_s = time.monotonic()
            due = min(wanted, int((now_s - began_s) * self._order.changes_per_s) + 1)
            while len(self._made_s) < due:
                self._change(len(self._made_s))
            if len(self._made_s) == wanted and ends_s is None:
                ends_s = now_s + _AFTER_S
            next_s = began_s + len(self._made_s) / self._order.changes_per_s
            for key, _ in self._selector.select(max(0.0, min(next_s - time.monotonic(), 0.02))):
                self._read(key.data)
        self._took_s = time.monotonic() - began_s
        self._cpu = (time.process_time() - began_cpu_s) / self._took_s

    def _all_there(self, wanted: int) -> bool:
        if len(self._revision_of) < wanted:
            return False
        last = max(self._revision_of.values())
        return all(member.revision >= last for member in self._members)

    def _change(self, number: int) -> None:
        member = self._members[number % len(self._members)]
        back_at = (self._first + timedelta(seconds=number)).strftime("%Y-%m-%dT%H:%M:%SZ")
        body = {"status": "be_right_back", "back_at": back_at}
        self._made_s.append(time.monotonic())
        member.line.send(_request(f"c{number}", "presence.set", body))

    def _read(self, member: Member) -> None:
        while True:
            try:
                data = member.line.recv(_ROOM)
            except ssl.SSLWantReadError:
                return
            if not data:
                member.over = True
                self._selector.unregister(member.line)
                return
            now_s = time.monotonic()
            member.rest += data
            for final, frame in _frames(member.rest):
                self._look(member, frame, now_s)
                if member is self._members[0]:
                    self._message += frame
                    if final:
                        self._learn(bytes(self._message))
                        self._message.clear()
            if not member.line.pending():
                return

    def _look(self, member: Member, frame: memoryview, now_s: float) -> None:
        events = _EVENTS.match(frame)
        if events is None:
            if bytes(frame[:14]) == b'{"kind":"ping"':
                member.line.send(_frame(_PONG))
            elif bytes(frame[:17]) == b'{"kind":"failure"':
                member.refused += 1
            return
        member.revision = int(events.group(1))
        member.at_s.append(now_s)
        member.revisions.append(member.revision)

    def _learn(self, message: bytes) -> None:
        """Which change has which revision: the last event of a frame has the frame's."""
        if not _EVENTS.match(message):
            return
        frame = json.loads(message)
        events, revision = frame["events"], frame["revision"]
        for place, event in enumerate(events):
            found = _BACK_AT.search(json.dumps(event, separators=(",", ":")).encode())
            if found is None:
                continue
            when = datetime.fromisoformat(found.group(1).decode())
            number = round((when - self._first).total_seconds())
            if 0 <= number < len(self._made_s):
                self._revision_of.setdefault(number, revision - len(events) + 1 + place)

    def result(self) -> dict[str, Any]:
        """What came of it."""
        known = sorted(self._revision_of)
        revisions = np.array([self._revision_of[number] for number in known])
        made_s = np.array([self._made_s[number] for number in known])
        late: list[np.ndarray] = []
        lost = 0
        for member in self._members:
            places = np.searchsorted(np.array(member.revisions), revisions)
            there = places < len(member.revisions)
            lost += int((~there).sum())
            late.append(np.array(member.at_s)[places[there]] - made_s[there])
        all_ms = np.concatenate(late) * 1000 if known else np.array([])
        if not len(all_ms):
            all_ms = np.array([float("inf")])  # nothing came at all
        return {
            "changes": len(self._made_s),
            "told": len(known),
            "deliveries": sum(map(len, late)),
            "undelivered": lost,
            "refused": sum(member.refused for member in self._members),
            "dropped": sum(member.over for member in self._members),
            "took_s": self._took_s,
            "cpu": self._cpu,
            "frames": sum(len(member.at_s) for member in self._members),
            "p50_ms": float(np.percentile(all_ms, 50)),
            "p99_ms": float(np.percentile(all_ms, 99)),
            "max_ms": float(all_ms.max()),
            "slowest_ms_by_second": self._by_second(made_s, late),
            "sleeper_dropped": self._is_dropped(self._sleeper),
        }

    def _by_second(self, made_s: np.ndarray, late: list[np.ndarray]) -> list[int]:
        """The slowest delivery of the changes of each second: whether a server falls behind, or stops now and then."""
        whole = [each for each in late if len(each) == len(made_s)]
        if not whole:
            return []
        slowest_ms = np.max(whole, axis=0) * 1000
        second = (made_s - made_s[0]).astype(int)
        return [int(slowest_ms[second == one].max()) for one in range(int(second.max()) + 1)]

    @staticmethod
    def _is_dropped(member: Member) -> bool:
        """Whether the server cuts a connection that was never read: noticed without reading it."""
        poll = select.poll()
        poll.register(member.line, 0)
        return any(event & (select.POLLERR | select.POLLHUP) for _, event in poll.poll(_TIMEOUT_S * 1000))


def main() -> int:
    """Sign everybody in, say so, wait for a line, run, tell."""
    order = Order(**json.loads(sys.stdin.readline()))
    began_s = time.monotonic()
    with ThreadPoolExecutor(_SIGNING_IN) as pool:
        members = list(pool.map(lambda one: sign_in(order, *one), enumerate(order.users)))
    *members, sleeper = members
    print(json.dumps({"signed_in_s": time.monotonic() - began_s, "pid": os.getpid()}), flush=True)
    crowd = Crowd(order, members, sleeper)
    sys.stdin.readline()
    crowd.catch_up()
    crowd.run()
    print(json.dumps({"done": True}), flush=True)
    sys.stdin.readline()
    print(json.dumps(crowd.result()), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
