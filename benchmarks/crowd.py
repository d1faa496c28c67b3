"""Many clients of a CTI server in one process: `python -m benchmarks.crowd`, its order as JSON on the input.

One client after the other signs in; then changes are made at a steady rate, each by another of them, and every frame each of them
gets is timed. Clients that stand at the same revision get the same text, so each distinct text is read once, and whatever
another client gets is compared with it byte by byte: this process costs less than what it measures, and still knows of each
client which changes came, each exactly once. One more client signs in and never reads; its buffers are small, so that it is
noticed within the time of a measurement.

A change is *Be right back* until a moment that names it, so that its event can be told from all others.
"""

from __future__ import annotations

import json
import os
import re
import select
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
_ROOM = 1 << 18
_RECORD = 1 << 14
"""So much a record of TLS holds at most (RFC 8446, section 5.1)."""
_SMALL_ROOM = 4096
_TEXT, _PONG = 0x81, b'{"kind":"pong"}'
_BEGIN = b'{"kind":"events","revision":'
_BACK_AT = re.compile(rb'"back_at":"([^"]+)"')
_REVISION = re.compile(rb'"revision":(\d+)')
_BIN_MS = 0.1


@dataclass(frozen=True)
class Order:
    """What to do."""

    port: int
    authority: str
    """The certificate to trust (PEM); empty: without TLS."""
    password: str
    users: list[str]
    changes_per_s: int
    seconds: float


@dataclass
class Member:
    """One client: its line, and when it had got which text of events."""

    line: socket.socket
    revision: int = 0
    rest: bytearray = field(default_factory=bytearray)
    message: bytearray = field(default_factory=bytearray)
    """What has come of a message in several frames."""
    at_s: array[float] = field(default_factory=lambda: array("d"))
    texts: array[int] = field(default_factory=lambda: array("q"))
    """The places of the texts in `Crowd`'s list of them."""
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
    address = f"127.0.1.{place // PER_ADDRESS + 1}"
    plain = socket.socket()
    if user == order.users[-1]:
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SMALL_ROOM)
    plain.settimeout(_TIMEOUT_S)
    plain.bind((address, 0))
    plain.connect(("127.0.0.1", order.port))
    line = plain
    if order.authority:
        context = ssl.create_default_context(cafile=order.authority)
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
        self._poll = select.epoll()
        self._by_line = {member.line.fileno(): member for member in members}
        self._room = bytearray(_ROOM)
        self._made_s: list[float] = []
        self._took_s, self._cpu = 0.0, 0.0
        self._known: dict[tuple[int, int, int], list[int]] = {}
        """By the revision before and after it and its length: the places of texts of events."""
        self._texts: list[tuple[bytes, np.ndarray]] = []
        """Each with the changes it tells of."""
        self._deliveries = 0
        self._first = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
        for member in members:
            member.line.setblocking(False)
            self._poll.register(member.line, select.EPOLLIN)

    def catch_up(self) -> None:
        """Read what came while the others signed in, so that no change waits behind it at a client."""
        while self._look(_QUIET_S):
            continue
        for member in self._members:
            del member.at_s[:], member.texts[:]

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
            self._look(max(0.0, min(next_s - time.monotonic(), 0.02)))
        self._took_s = time.monotonic() - began_s
        self._cpu = (time.process_time() - began_cpu_s) / self._took_s

    def _all_there(self, wanted: int) -> bool:
        return self._deliveries >= wanted * len(self._members)

    def _change(self, number: int) -> None:
        member = self._members[number % len(self._members)]
        back_at = (self._first + timedelta(seconds=number)).strftime("%Y-%m-%dT%H:%M:%SZ")
        body = {"status": "be_right_back", "back_at": back_at}
        self._made_s.append(time.monotonic())
        member.line.send(_request(f"c{number}", "presence.set", body))

    def _look(self, timeout_s: float) -> bool:
        """Read from those who have something; whether there was anybody."""
        ready = self._poll.poll(timeout_s, len(self._members))
        for line, _ in ready:
            self._read(self._by_line[line])
        return bool(ready)

    def _read(self, member: Member) -> None:
        """Read what there is; what of it is left, the poll tells again, but what TLS has taken already it does not."""
        line, room = member.line, self._room
        try:
            size = line.recv_into(room, _RECORD)
            while size and isinstance(line, ssl.SSLSocket) and (more := line.pending()):
                if size + more > _ROOM:
                    break
                size += line.recv_into(memoryview(room)[size:], more)
        except ssl.SSLWantReadError:
            return
        now_s = time.monotonic()
        if not size:
            member.over = True
            self._poll.unregister(line)
            return
        with memoryview(room)[:size] as came:
            if not member.rest and self._whole(member, came, now_s):
                return
            member.rest += came
        for final, frame in _frames(member.rest):
            if final and not member.message:
                self._take(member, bytes(frame), now_s)
                continue
            member.message += frame
            if final:
                self._take(member, bytes(member.message), now_s)
                member.message.clear()

    def _whole(self, member: Member, came: memoryview, now_s: float) -> bool:
        """Take what came if it is one whole message of the usual length, as nearly always."""
        if len(came) < 4 or came[0] != _TEXT or came[1] != 126 or member.message:
            return False
        if len(came) != 4 + (came[2] << 8 | came[3]):
            return False
        self._take(member, bytes(came[4:]), now_s)
        return True

    def _take(self, member: Member, message: bytes, now_s: float) -> None:
        if not message.startswith(_BEGIN):
            if message.startswith(b'{"kind":"ping"'):
                member.line.send(_frame(_PONG))
            elif message.startswith(b'{"kind":"failure"'):
                member.refused += 1
            return
        revision = int(message[len(_BEGIN) : message.index(b",", len(_BEGIN))])
        place = self._place_of(message, (member.revision, revision, len(message)))
        member.revision = revision
        member.at_s.append(now_s)
        member.texts.append(place)
        self._deliveries += len(self._texts[place][1])

    def _place_of(self, message: bytes, key: tuple[int, int, int]) -> int:
        places = self._known.setdefault(key, [])
        for place in places:
            if self._texts[place][0] == message:
                return place
        self._texts.append((message, self._changes_in(message)))
        places.append(len(self._texts) - 1)
        return places[-1]

    def _changes_in(self, message: bytes) -> np.ndarray:
        found = []
        for event in json.loads(message)["events"]:
            back_at = _BACK_AT.search(json.dumps(event, separators=(",", ":")).encode())
            if back_at is None or event["type"] != "presence.changed":
                continue
            when = datetime.fromisoformat(back_at.group(1).decode())
            number = round((when - self._first).total_seconds())
            if 0 <= number < len(self._made_s):
                found.append(number)
        return np.array(found, dtype=np.int64)

    def result(self) -> dict[str, Any]:
        """What came of it."""
        made_s = np.array(self._made_s)
        bins = np.zeros(int(120_000 / _BIN_MS), dtype=np.int64)
        slowest_s = np.zeros(len(made_s))
        missing, twice = 0, 0
        for member in self._members:
            came = [self._texts[place][1] for place in member.texts]
            changes = np.concatenate([*came, np.array([], dtype=np.int64)])
            times = np.bincount(changes, minlength=len(made_s))
            missing += int((times == 0).sum())
            twice += int((times > 1).sum())
            late_s = np.repeat(np.array(member.at_s), [len(one) for one in came]) - made_s[changes]
            np.maximum.at(slowest_s, changes, late_s)
            bins += np.bincount((late_s * 1000 / _BIN_MS).astype(np.int64), minlength=len(bins))[: len(bins)]
        second = (made_s - made_s[0]).astype(int)
        return {
            "changes": len(made_s),
            "deliveries": int(bins.sum()),
            "undelivered": missing,
            "twice": twice,
            "refused": sum(member.refused for member in self._members),
            "dropped": sum(member.over for member in self._members),
            "took_s": self._took_s,
            "cpu": self._cpu,
            "frames": sum(len(member.at_s) for member in self._members),
            "texts": len(self._texts),
            "p50_ms": _percentile_ms(bins, 0.5),
            "p99_ms": _percentile_ms(bins, 0.99),
            "max_ms": float(slowest_s.max() * 1000),
            # Whether a server falls behind, or stops now and then.
            "slowest_ms_by_second": [
                int(slowest_s[second == one].max() * 1000) for one in range(int(second.max()) + 1)
            ],
            "sleeper_dropped": self._is_dropped(self._sleeper),
        }

    @staticmethod
    def _is_dropped(member: Member) -> bool:
        """Whether the server cuts a connection that was never read: noticed without reading it."""
        poll = select.poll()
        poll.register(member.line, 0)
        return any(event & (select.POLLERR | select.POLLHUP) for _, event in poll.poll(_TIMEOUT_S * 1000))


def _percentile_ms(bins: np.ndarray, share: float) -> float:
    """The upper end of the bin below which this share lies; infinite when nothing came."""
    total = int(bins.sum())
    if not total:
        return float("inf")
    return float((np.searchsorted(np.cumsum(bins), share * total) + 1) * _BIN_MS)


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
