"""Tests that hold for both kinds of server: one that keeps the clients' lines itself, and one whose lines a process of its own keeps.

A file imports `line_processes`, and all of its tests run twice.
"""

from __future__ import annotations

import socket
from typing import Any

import pytest

from tests.helpers.cti_server import CtiServerUnderTest
from wwphone.server.listener.gates import OwnGate
from wwphone.server.listener.process_gate import ProcessGate


@pytest.fixture(params=[0, 1], ids=["own-lines", "line-process"], autouse=True)
def line_processes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many line processes the servers of this test have."""
    count = int(request.param)
    monkeypatch.setattr(CtiServerUnderTest, "line_processes", count)
    return count


def listening_sockets(server: CtiServerUnderTest) -> tuple[socket.socket, ...]:
    """What a server listens on, whoever accepts there."""
    gate: Any = server.running.listener.gate
    if isinstance(gate, ProcessGate):
        return gate._listening
    assert isinstance(gate, OwnGate)
    assert gate._server is not None
    return tuple(gate._server.sockets)
