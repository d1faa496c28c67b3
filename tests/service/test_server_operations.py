"""/health and /metrics: what they say, and what they never say."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.cti_server import PEOPLE, CtiServerUnderTest
from tests.helpers.raw_cti import http_get
from tests.helpers.waiting import wait_until_async
from wwphone.server.certificates import IssuedFiles, issue


async def health(server: CtiServerUnderTest) -> tuple[int, dict[str, Any]]:
    status, _, text = await http_get(server.running.operations.port, "/health")
    return status, json.loads(text)


async def test_all_is_well(cti_server: CtiServerUnderTest) -> None:
    await wait_until_async(lambda: cti_server.running.calls.pbx_connected, "the PBX")
    status, told = await health(cti_server)
    assert status == 200
    assert told == {"status": "ok", "store": "ok", "pbx": "connected", "certificate_days": 396}


async def test_without_the_pbx_it_is_degraded(
    cti_server: CtiServerUnderTest, expected_logs: Callable[..., list[Any]]
) -> None:
    expected_logs("the PBX is out of reach", logger="wwphone.server.services.pbx")
    await wait_until_async(lambda: cti_server.running.calls.pbx_connected, "the PBX")
    cti_server.pbx.break_line()
    status, told = await health(cti_server)
    assert (status, told["status"], told["pbx"]) == (200, "degraded", "unreachable")


async def test_without_the_store_it_fails(
    cti_server: CtiServerUnderTest, expected_logs: Callable[..., list[Any]]
) -> None:
    expected_logs("the store is out of reach", logger="wwphone.server.services.directory", optional=True)
    await cti_server.running._store.close()
    status, told = await health(cti_server)
    assert (status, told["status"], told["store"]) == (503, "failing", "unreachable")


async def test_an_expired_certificate_fails(tmp_path: Path) -> None:
    expired: IssuedFiles = issue(tmp_path / "tls", ["127.0.0.1"], days=0)
    server = await CtiServerUnderTest(tmp_path, expired).populate()
    await server.start()
    status, told = await health(server)
    assert (status, told["status"], told["certificate_days"]) == (503, "failing", -1)
    await server.stop()


async def test_a_renewed_certificate_is_used_after_a_reload(
    tmp_path: Path, expected_logs: Callable[..., list[Any]]
) -> None:
    expected_logs("the renewed certificate cannot be used", logger="wwphone.server.assembly")
    files = issue(tmp_path / "tls", ["127.0.0.1"], days=30)
    server = await CtiServerUnderTest(tmp_path, files).populate()
    await server.start()
    issue(tmp_path / "tls", ["127.0.0.1"], days=60)
    server.running.reload_certificate()
    async with server.client() as client:
        peer = client.socket.transport.get_extra_info("peercert")
        assert peer["notAfter"] != peer["notBefore"]
    assert (await health(server))[1]["certificate_days"] == 59
    files.key.write_text("broken")
    server.running.reload_certificate()
    async with server.client():
        pass
    await server.stop()


async def test_metrics_count_what_happens(cti_server: CtiServerUnderTest) -> None:
    anna = await cti_server.signed_in("anna")
    await anna.request("presence.set", {"status": "unavailable"})
    await anna.request("presence.set", {"status": "offline"})
    async with cti_server.client() as other:
        await other.sign_in("beat", "wrong password")
    status, headers, text = await http_get(cti_server.running.operations.port, "/metrics")
    assert (status, headers["content-type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
    lines = text.splitlines()
    for line in (
        "wwphone_sessions 1.0",
        "wwphone_sessions_connected 1.0",
        "wwphone_pbx_connected 1.0",
        "wwphone_queue_depth 0.0",
        'wwphone_command_seconds_count{command="presence.set",outcome="ok"} 1.0',
        'wwphone_command_seconds_count{command="presence.set",outcome="invalid"} 1.0',
        'wwphone_sign_ins_total{kind="sign_in",outcome="ok"} 1.0',
        'wwphone_sign_ins_total{kind="sign_in",outcome="wrong_password"} 1.0',
        f"wwphone_events_total {float(cti_server.running.log.revision)}",
    ):
        assert line in lines
    await anna.close()


async def test_no_user_is_named_in_the_metrics(cti_server: CtiServerUnderTest) -> None:
    anna = await cti_server.signed_in("anna")
    await anna.request("calls.dial", {"number": "202"})
    _, _, text = await http_get(cti_server.running.operations.port, "/metrics")
    labels = set(re.findall(r'="([^"]*)"', text))
    assert "calls.dial" in labels
    assert labels.isdisjoint(
        {word for record in PEOPLE for word in (record.user, record.number, record.nickname)}
    )
    assert "127.0.0.1" not in text
    await anna.close()


@pytest.mark.parametrize("path", ["/", "/metrics/", "/health/../etc/passwd", "/favicon.ico"])
async def test_there_is_nothing_else(cti_server: CtiServerUnderTest, path: str) -> None:
    status, _, _ = await http_get(cti_server.running.operations.port, path)
    assert status == 404


async def test_a_query_is_no_matter(cti_server: CtiServerUnderTest) -> None:
    assert (await http_get(cti_server.running.operations.port, "/health?probe=1"))[0] == 200


async def test_it_can_be_switched_off(tmp_path: Path, tls_files: IssuedFiles) -> None:
    server = await CtiServerUnderTest(tmp_path, tls_files, http_port=-1).populate()
    await server.start()
    assert server.running.operations._server is None
    await server.stop()
