"""The small parts of the listener: the outbox, the count of connections, the TLS context."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path

import pytest

from tests.helpers.server_parts import cheap_passwords
from tests.unit.server.test_certificates import handshake
from wwphone.protocol.codec import encode_events
from wwphone.server.certificates import issue
from wwphone.server.lines.tls import CertificateFiles, ServerTls
from wwphone.server.listener.frames import frame_of
from wwphone.server.listener.limits import Admission, ListenerLimits
from wwphone.server.listener.operations import Health
from wwphone.server.listener.outbox import Outbox
from wwphone.server.metrics import Metrics
from wwphone.server.tasks import KeyedLocks, TaskOwner


async def test_the_outbox_keeps_order_and_wakes_its_writer() -> None:
    outbox = Outbox(100)
    taken: list[str | None] = []

    async def writer() -> None:
        while len(taken) < 3:
            while (text := outbox.take()) is not None:
                taken.append(text)
            await outbox.wait()

    task = asyncio.create_task(writer())
    outbox.put("a")
    outbox.put("b")
    await asyncio.sleep(0)
    outbox.put("c")
    for _ in range(5):
        await asyncio.sleep(0)
    assert taken == ["a", "b"], "who put it may write it, the writer sleeps on"
    outbox.wake()
    for _ in range(5):
        await asyncio.sleep(0)
    outbox.wake()
    await task
    assert taken == ["a", "b", "c"]


def test_the_outbox_knows_when_too_much_waits() -> None:
    outbox = Outbox(10)
    full: list[bool] = []
    for text in ("x" * 50, "y", "z"):
        outbox.put(text)
        full.append(outbox.is_full)
    assert full == [False, True, True]
    assert outbox.take() == "x" * 50
    full.append(outbox.is_full)
    outbox.put("x" * 50)
    outbox.clear()
    assert full[3:] == [False]
    assert (len(outbox), outbox.is_full, outbox.take()) == (0, False, None)


def test_connections_are_counted_by_address_and_in_all() -> None:
    admission = Admission(ListenerLimits(connections=3, connections_per_address=2))
    for address in ("2001:db8::1", "2001:db8::2"):
        assert admission.refusal(address) is None
        admission.enter(address)
    assert admission.refusal("2001:db8::3") == "address_full"
    assert admission.refusal("192.0.2.1") is None
    admission.enter("192.0.2.1")
    assert admission.refusal("192.0.2.2") == "full"
    admission.leave("2001:db8::1")
    assert admission.refusal("2001:db8::3") is None
    assert len(admission) == 2


def test_a_renewed_certificate_is_used_without_a_restart_and_a_broken_one_is_not(tmp_path: Path) -> None:
    files = issue(tmp_path, ["localhost"])
    tls = ServerTls(CertificateFiles(files.certificate, files.key))
    assert tls.context.minimum_version is ssl.TLSVersion.TLSv1_2
    issue(tmp_path, ["other.example.net"])
    tls.reload()
    good = files.certificate.read_bytes()
    files.certificate.write_text("broken")
    with pytest.raises(ssl.SSLError):
        tls.reload()
    files.certificate.write_bytes(good)
    assert handshake((files.certificate, files.key), files.authority, "other.example.net")


@pytest.mark.parametrize(
    ("health", "status"),
    [
        (Health(store=True, pbx=True, certificate_days=30), "ok"),
        (Health(store=True, pbx=True, certificate_days=None), "ok"),
        (Health(store=True, pbx=False, certificate_days=0), "degraded"),
        (Health(store=False, pbx=True, certificate_days=30), "failing"),
        (Health(store=True, pbx=True, certificate_days=-1), "failing"),
    ],
)
def test_health_in_one_word(health: Health, status: str) -> None:
    assert health.status == status


def test_metrics_speak_prometheus() -> None:
    metrics = Metrics()
    metrics.command_ended("presence.set", "ok", 0.01)
    metrics.sign_in_ended("sign_in", "wrong_password")
    metrics.connection_refused("full")
    metrics.connection_closed("too_slow")
    metrics.watch("wwphone_sessions", "Sessions", lambda: 7)
    metrics.watch_events(lambda: 42)
    lines = metrics.text().splitlines()
    assert 'wwphone_command_seconds_count{command="presence.set",outcome="ok"} 1.0' in lines
    assert 'wwphone_sign_ins_total{kind="sign_in",outcome="wrong_password"} 1.0' in lines
    assert "wwphone_sessions 7.0" in lines
    assert "wwphone_events_total 42.0" in lines
    assert metrics.value("wwphone_connections_closed_total", reason="too_slow") == 1
    assert metrics.value("wwphone_connections_closed_total", reason="never") == 0


async def test_tasks_have_an_owner_and_a_grave(expected_logs: object) -> None:
    assert callable(expected_logs)
    logs = expected_logs("a task of tests failed", logger="wwphone.server.tasks")
    owner = TaskOwner("tests")

    async def fail() -> None:
        raise RuntimeError("on purpose")

    failing, hanging = owner.start(fail()), owner.start(asyncio.Event().wait())
    await owner.finish(0.01)
    assert failing.done()
    assert len(owner) == 1
    await owner.shutdown()
    assert hanging.cancelled()
    assert len(owner) == 0
    assert len(logs) == 1


async def test_locks_are_one_a_key_and_forgotten() -> None:
    locks = KeyedLocks()
    async with locks.of("a"):
        assert locks.of("a").locked()
        assert not locks.of("b").locked()
    assert not locks.of("a").locked()


def test_cheap_passwords_of_the_tests_are_argon2_too() -> None:
    passwords = cheap_passwords()
    assert passwords.hash_now("x").startswith("$argon2id$")
    passwords.shutdown()


def test_events_are_framed_once_and_nothing_else_is_kept() -> None:
    text = encode_events(7, [b'{"type":"presence.changed","body":{}}'])
    assert frame_of(text) is frame_of(text)
    assert frame_of(text) == bytes([0x81, len(text)]) + text.encode()
    secret = '{"kind":"reply","id":"1","type":"account.signed_in","body":{"token":"secret"}}'
    assert frame_of(secret) is not frame_of(secret)
    long = encode_events(8, [b'"' + b"x" * 1000 + b'"'])
    assert frame_of(long)[:4] == bytes([0x81, 126]) + len(long).to_bytes(2)
