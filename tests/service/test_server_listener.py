"""The listener against what comes from outside: strangers, nonsense, slow readers, too many, and its own end."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import time
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from tests.helpers.cti_server import CtiServerUnderTest
from tests.helpers.raw_cti import SUBPROTOCOL, RawCtiClient
from tests.helpers.waiting import SECONDS, wait_until_async
from tests.service.line_kinds import line_processes as line_processes  # noqa: PLC0414 - a fixture
from tests.service.line_kinds import listening_sockets
from wwphone.domain.calls import PhoneState
from wwphone.protocol.calls import PhoneStateChanged
from wwphone.protocol.frames import MAX_REQUEST_BYTES
from wwphone.server.certificates import IssuedFiles
from wwphone.server.listener.limits import ListenerLimits
from wwphone.server.services.event_log import CAPACITY


def dropped(server: CtiServerUnderTest) -> float:
    return server.running.metrics.value("wwphone_connections_closed_total", reason="too_slow")


def storm(server: CtiServerUnderTest, events: int) -> None:
    for number in range(events):
        state = PhoneState.BUSY if number % 2 else PhoneState.FREE
        server.running.log.publish(PhoneStateChanged("beat", state))


# ---------------------------------------------------------------- who may connect


@pytest.mark.parametrize(
    "version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=lambda version: version.name
)
async def test_tls_1_2_and_1_3_are_spoken(cti_server: CtiServerUnderTest, version: ssl.TLSVersion) -> None:
    context = cti_server.context()
    assert context is not None
    context.minimum_version = context.maximum_version = version
    client = await RawCtiClient(url_of(cti_server), context).open()
    assert client.socket.transport.get_extra_info("ssl_object").version() == version.name.replace("_", ".")
    await client.close()


async def test_older_tls_is_not(cti_server: CtiServerUnderTest) -> None:
    context = cti_server.context()
    assert context is not None
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLS"):
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises(OSError):  # noqa: PT011 - an alert or a reset
        await RawCtiClient(url_of(cti_server), context).open()


async def test_plain_text_gets_nowhere(cti_server: CtiServerUnderTest) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", cti_server.running.listener.port)
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    answer = await asyncio.wait_for(reader.read(), 10 * SECONDS)
    assert b"HTTP" not in answer
    writer.close()


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"subprotocols": ["wwphone.cti.v2"]}, 400),
        ({"subprotocols": None}, 400),
    ],
)
async def test_browsers_and_other_protocols_are_refused(
    cti_server: CtiServerUnderTest, options: dict[str, Any], status: int
) -> None:
    with pytest.raises(InvalidStatus) as refusal:
        await cti_server.client(**options).open()
    assert refusal.value.response.status_code == status


async def test_an_address_has_so_many_connections_and_gets_them_back(
    tmp_path: Path, tls_files: IssuedFiles
) -> None:
    server = await CtiServerUnderTest(tmp_path, tls_files).populate()
    server.limits = ListenerLimits(connections_per_address=2)
    await server.start()
    first, second = await server.client().open(), await server.client().open()
    with pytest.raises(InvalidStatus) as refusal:
        await server.client().open()
    assert refusal.value.response.status_code == 503
    assert server.running.metrics.value("wwphone_connections_refused_total", reason="address_full") == 1
    await first.close()
    await wait_until_async(lambda: server.running.listener.connections == 1, "the place to be free")
    third = await server.client().open()
    for client in (second, third):
        await client.close()
    await server.stop()


async def test_a_slow_handshake_is_given_up(tmp_path: Path, tls_files: IssuedFiles) -> None:
    server = await CtiServerUnderTest(tmp_path, tls_files).populate()
    server.limits = ListenerLimits(handshake_s=0.2)
    await server.start()
    for context in (None, server.context()):
        reader, writer = await asyncio.open_connection("127.0.0.1", server.running.listener.port, ssl=context)
        if context:
            writer.write(b"GET / HTTP/1.1\r\n")
        await asyncio.wait_for(wait_for_end(reader), 10 * SECONDS)
        writer.close()
    await server.stop()


async def wait_for_end(reader: asyncio.StreamReader) -> None:
    try:
        while await reader.read(1000):
            pass
    except ConnectionError:
        return


def url_of(server: CtiServerUnderTest) -> str:
    return f"wss://127.0.0.1:{server.running.listener.port}/"


# ---------------------------------------------------------------- nonsense


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{}",
        "{",
        '{"kind": "reques',
        '{"kind": "request"}',
        '{"kind": "request", "id": "", "type": "presence.set"}',
        '{"kind": "request", "id": 7, "type": "presence.set"}',
        '{"kind": "teapot", "id": "1"}',
        "[" * 30_000,
        b"\xff\xfe",
        b"\x00" * 100,
        '{"kind": "request", "id": "😀", "type": "\\ud800"}',
    ],
    ids=lambda text: repr(text)[:40],
)
async def test_what_cannot_be_read_is_answered_and_the_connection_goes_on(
    cti_server: CtiServerUnderTest, text: str | bytes
) -> None:
    anna = await cti_server.signed_in("anna")
    await anna.send(text)
    failure = await anna.wait_for("failure")
    assert failure["body"]["code"] in ("bad_message", "unknown_type")
    assert (await anna.request("presence.set", {"status": "unavailable"}))["type"] == "done"
    await anna.close()


async def test_an_unknown_type_is_an_error_of_that_message_only(cti_server: CtiServerUnderTest) -> None:
    anna = await cti_server.signed_in("anna")
    assert (await anna.request("conference.join", {"room": "201"}))["body"]["code"] == "unknown_type"
    reply = await anna.request("presence.set", {"status": "unavailable", "mood": "from a newer client"})
    assert reply["type"] == "done"
    await anna.close()


async def test_a_message_that_is_too_large_ends_the_connection(cti_server: CtiServerUnderTest) -> None:
    anna = await cti_server.signed_in("anna")
    await anna.send("x" * (MAX_REQUEST_BYTES + 1))
    assert await anna.wait_for_close() == 1009


async def test_too_much_nonsense_ends_the_connection(cti_server: CtiServerUnderTest) -> None:
    client = await cti_server.client().open()
    for _ in range(10):
        await client.send("nonsense")
    assert (await client.wait_for("goodbye"))["body"]["code"] == "bad_message"
    assert await client.wait_for_close() == 1008


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
_TYPES = [
    "account.sign_in",
    "account.resume",
    "account.sign_out",
    "presence.set",
    "calls.dial",
    "calls.hang_up",
]
_FIELDS = [
    "user",
    "password",
    "client",
    "mode",
    "token",
    "pending",
    "revision",
    "status",
    "back_at",
    "number",
    "leg_id",
]
_FRAMES = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["request", "ping", "pong", "hello"]) | _JSON,
        "id": st.text(max_size=5) | _JSON,
        "type": st.sampled_from(_TYPES) | _JSON,
        "body": st.dictionaries(st.sampled_from(_FIELDS), _JSON, max_size=4) | _JSON,
    }
)
_MESSAGES = _FRAMES.map(json.dumps) | st.text(max_size=50) | st.binary(max_size=50)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(messages=st.lists(_MESSAGES, min_size=1, max_size=8), signed_in=st.booleans())
async def test_whatever_is_sent_the_server_answers_and_serves_on(
    cti_server: CtiServerUnderTest, messages: list[str | bytes], signed_in: bool
) -> None:
    client = await cti_server.client().open()
    if signed_in:
        await client.sign_in("carla", mode="desk_phone")
    known = len(client.frames)
    for message in messages:
        await client.send(message)
    await client.send('{"kind": "ping"}')
    await wait_until_async(
        lambda: any(f["kind"] in ("pong", "goodbye") for f in client.frames[known:]) or client.ended,
        "an answer",
    )
    for frame in client.frames:
        if frame["kind"] == "failure":
            assert frame["body"]["code"] != "internal", frame
    await client.close()


# ---------------------------------------------------------------- heartbeats and deadlines


async def test_a_silent_client_is_asked_and_then_given_up(tmp_path: Path, tls_files: IssuedFiles) -> None:
    server = await CtiServerUnderTest(tmp_path, tls_files, listener_heartbeat_s=0.2).populate()
    await server.start()
    living, silent = await server.signed_in("anna"), await server.signed_in("beat")
    silent.silent = True
    await silent.wait_for("ping")
    await silent.wait_for_close()
    assert server.running.metrics.value("wwphone_connections_closed_total", reason="lost") == 1
    await wait_until_async(lambda: len(living.of_kind("ping")) > 3, "some heartbeats")
    assert (await living.request("presence.set", {"status": "unavailable"}))["type"] == "done"
    await living.close()
    await server.stop()


# ---------------------------------------------------------------- slow readers


async def slow_client(server: CtiServerUnderTest, user: str) -> RawCtiClient:
    """A signed-in client that stops reading, with small buffers in between so that it is noticed soon."""
    for listening in listening_sockets(server):
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 8192)
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    line.setblocking(False)
    await asyncio.get_running_loop().sock_connect(line, ("127.0.0.1", server.running.listener.port))
    client = await server.client(sock=line, server_hostname="127.0.0.1").open()
    await client.sign_in(user)
    # The TLS transport itself would go on to read a quarter of a MiB.
    client.socket.transport._ssl_protocol._transport.pause_reading()  # type: ignore[attr-defined]
    return client


async def storm_until_dropped(server: CtiServerUnderTest, reader: RawCtiClient) -> int:
    """Publish in waves, as fast as a client that reads takes them, until somebody is dropped; count the events."""
    published = 0
    before = len(reader.events)
    while not dropped(server) and published < 40 * CAPACITY:
        storm(server, 500)
        published += 500
        due = before + published
        await wait_until_async(partial(has_events, reader, due), f"event {due}")
    return published


def has_events(client: RawCtiClient, count: int) -> bool:
    return client.event_count >= count


async def test_who_does_not_read_is_dropped_and_the_others_do_not_notice(
    tmp_path: Path, tls_files: IssuedFiles
) -> None:
    server = await CtiServerUnderTest(tmp_path, tls_files).populate()
    server.limits = ListenerLimits(lag_events=5000, linger_s=0.5)
    await server.start()
    anna = await server.signed_in("anna")
    slow = await slow_client(server, "beat")
    await anna.wait_for_event("presence.changed", user="beat")
    published = await storm_until_dropped(server, anna)
    assert dropped(server) == 1
    assert published < 20_000
    assert anna.of_kind("goodbye") == []
    started_s = time.perf_counter()
    await anna.request("presence.set", {"status": "unavailable"})
    assert time.perf_counter() - started_s < 0.5 * SECONDS
    await wait_until_async(lambda: server.running.listener.connections == 1, "the slow one to be cut")
    assert len(server.running.log) <= CAPACITY + CAPACITY // 4
    slow.socket.transport.abort()
    await slow.wait_for_close()
    again = await server.client().open()
    assert (await again.resume(slow))["kind"] == "reply"
    await again.close()
    await anna.close()
    await server.stop()


async def test_a_burst_larger_than_the_log_keeps_is_a_new_snapshot_for_whoever_reads(
    cti_server: CtiServerUnderTest,
) -> None:
    anna = await cti_server.signed_in("anna")
    await anna.request("presence.set", {"status": "direct_only"})
    storm(cti_server, 2 * CAPACITY)
    await wait_until_async(lambda: len(anna.of_kind("snapshot")) == 2, "a new snapshot")
    assert dict(anna.snapshot["presences"])["anna"]["status"] == "direct_only"
    assert dropped(cti_server) == 0
    storm(cti_server, 1)
    await wait_until_async(lambda: anna.revision == cti_server.running.log.revision, "events after it")
    await anna.close()


async def test_a_burst_that_the_log_keeps_drops_nobody(cti_server: CtiServerUnderTest) -> None:
    anna = await cti_server.signed_in("anna")
    storm(cti_server, CAPACITY)
    await wait_until_async(lambda: anna.revision == cti_server.running.log.revision, "all events")
    assert anna.event_count >= CAPACITY
    assert len(anna.of_kind("snapshot")) == 1
    assert dropped(cti_server) == 0
    await anna.close()


async def test_who_stalls_with_little_to_read_is_dropped_after_a_while(
    tmp_path: Path, tls_files: IssuedFiles
) -> None:
    server = await CtiServerUnderTest(tmp_path, tls_files, listener_heartbeat_s=2.0).populate()
    server.limits = ListenerLimits(lag_events=10**9, stall_s=0.3, linger_s=0.2)
    await server.start()
    slow = await slow_client(server, "beat")
    (connection,) = server.running.listener._reception.connections
    clock = asyncio.get_running_loop().time
    # A line process tells a little later what it could hand on: only what lasts is a stall.
    while (since_s := connection._sending_since_s) is None or clock() - since_s < 0.1:
        if since_s is None:
            storm(server, 1000)
        await asyncio.sleep(0)
    await wait_until_async(lambda: dropped(server) == 1, "the drop")
    await wait_until_async(lambda: server.running.listener.connections == 0, "the end of the connection")
    slow.socket.transport.abort()
    await slow.wait_for_close()
    await server.stop()


async def test_who_asks_and_asks_and_does_not_read_is_dropped(tmp_path: Path, tls_files: IssuedFiles) -> None:
    server = await CtiServerUnderTest(tmp_path, tls_files).populate()
    server.limits = ListenerLimits(queue_bytes=20_000, linger_s=0.2)
    await server.start()
    slow = await slow_client(server, "beat")
    (connection,) = server.running.listener._reception.connections

    async def ask_on() -> None:
        while not dropped(server):
            await slow.send('{"kind":"ping"}')
            await asyncio.sleep(0)

    await asyncio.wait_for(ask_on(), 60 * SECONDS)
    assert len(connection._outbox) <= 2
    slow.socket.transport.abort()
    await slow.wait_for_close()
    await server.stop()


# ---------------------------------------------------------------- the end


async def test_a_graceful_stop_says_goodbye_to_everybody(cti_server: CtiServerUnderTest) -> None:
    anna, stranger = await cti_server.signed_in("anna"), await cti_server.client().open()
    await anna.request("presence.set", {"status": "unavailable"})
    port = cti_server.running.listener.port
    started_s = time.perf_counter()
    await cti_server.stop()
    assert time.perf_counter() - started_s < 3 * SECONDS
    for client in (anna, stranger):
        assert (await client.wait_for("goodbye"))["body"]["code"] == "server_stopping"
        assert await client.wait_for_close() == 1001
    with pytest.raises(OSError):  # noqa: PT011 - which one depends on the system
        await connect(f"wss://127.0.0.1:{port}/", ssl=cti_server.context(), subprotocols=[SUBPROTOCOL])  # type: ignore[list-item]


async def test_a_client_that_does_not_say_goodbye_does_not_hold_up_the_stop(
    tmp_path: Path, tls_files: IssuedFiles
) -> None:
    server = await CtiServerUnderTest(tmp_path, tls_files).populate()
    server.limits = ListenerLimits(linger_s=0.5)
    await server.start()
    slow = await slow_client(server, "beat")
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", server.running.listener.port, ssl=server.context(), server_hostname="127.0.0.1"
    )
    started_s = time.perf_counter()
    await server.stop()
    assert time.perf_counter() - started_s < 8 * SECONDS
    slow.socket.transport.abort()
    await slow.wait_for_close()
    writer.close()
    await wait_for_end(reader)


async def test_a_command_that_runs_is_finished_before_the_goodbye(cti_server: CtiServerUnderTest) -> None:
    anna = await cti_server.signed_in("anna")
    ids = [await anna.ask("presence.set", {"status": status}) for status in ("unavailable", "direct_only")]
    await anna.answer_to(ids[0])
    await cti_server.stop()
    assert (await anna.answer_to(ids[1]))["kind"] == "reply"
    await anna.wait_for_close()
