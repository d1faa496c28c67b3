"""Where the registrar is, and who we are on the way there."""

from __future__ import annotations

import queue
import threading

import pytest

from tests.helpers.waiting import SECONDS
from wwphone.sip.pjsua.names import is_ipv6, literal, local_address_towards, look_up


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("2001:db8::1", "2001:db8::1"),
        ("[2001:DB8::1]", "2001:db8::1"),
        ("pbx.example", None),
        ("1.2.3", None),
        ("", None),
    ],
)
def test_addresses_are_told_from_names(host: str, address: str | None) -> None:
    assert literal(host) == address


def test_versions_are_told_apart() -> None:
    assert is_ipv6("::1")
    assert not is_ipv6("127.0.0.1")


def test_towards_this_computer_we_are_this_computer() -> None:
    assert local_address_towards("127.0.0.1") == "127.0.0.1"


def test_where_no_way_leads_we_are_nobody() -> None:
    assert local_address_towards("255.255.255.255") == ""


def test_a_name_is_looked_up_on_another_thread() -> None:
    found: queue.Queue[tuple[str, int]] = queue.Queue()
    look_up("localhost", lambda address: found.put((address, threading.get_ident())))
    address, thread = found.get(timeout=10 * SECONDS)
    assert address in ("127.0.0.1", "::1")
    assert thread != threading.get_ident()


def test_an_unknown_name_is_answered_with_nothing() -> None:
    found: queue.Queue[str] = queue.Queue()
    look_up("no-such-host.invalid", found.put)
    assert found.get(timeout=30 * SECONDS) == ""
