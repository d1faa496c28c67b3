"""Pages that calls open: when, once, and for which calls."""

from __future__ import annotations

from collections.abc import Callable

from tests.unit.services.conftest import Ground
from wwphone.config.options import PAGE_ON_ANSWER, PAGE_ON_END, PAGE_ON_RING, PAGES_FOR, Option
from wwphone.domain.calls import CallKind

CRM = "https://crm.example.ch/<event>?n=<number>&way=<direction>"
OPTIONS: tuple[Option, ...] = (PAGE_ON_RING, PAGE_ON_ANSWER, PAGE_ON_END)


def watched(ground: Ground, *options: Option) -> list[str]:
    for option in options:
        ground.settings.set(option, CRM)
    opened: list[str] = []
    ground.services.call_pages.wanted.subscribe(opened.append)
    return opened


async def test_each_moment_once_however_often_the_call_changes(signed_in: Ground) -> None:
    opened = watched(signed_in, *OPTIONS)
    call_id = signed_in.engine.incoming("+41442681212", "Müller", CallKind.DIRECT)
    await signed_in.settled()
    assert opened == ["https://crm.example.ch/ring?n=%2B41442681212&way=incoming"]
    calls = signed_in.services.calls
    calls.answer(call_id)
    await signed_in.settled()
    for _ in range(2):
        calls.toggle_hold(call_id)
        await signed_in.settled()
    calls.set_muted(call_id, muted=True)
    await signed_in.settled()
    calls.hang_up(call_id)
    await signed_in.settled()
    assert [address.split("/")[3].split("?")[0] for address in opened] == ["ring", "answer", "end"]


async def test_only_what_is_asked_for(signed_in: Ground) -> None:
    opened = watched(signed_in, PAGE_ON_END)
    signed_in.engine.caller_gives_up(signed_in.engine.incoming("205"))
    await signed_in.settled()
    assert opened == ["https://crm.example.ch/end?n=205&way=incoming"]


async def test_calls_one_makes_only_if_wanted(signed_in: Ground) -> None:
    opened = watched(signed_in, *OPTIONS)
    call_id = signed_in.services.calls.dial("207")
    signed_in.engine.far_end_rings(call_id)
    await signed_in.settled()
    assert opened == []
    signed_in.settings.set(PAGES_FOR, "all")
    signed_in.engine.far_end_answers(call_id)
    await signed_in.settled()
    assert opened == ["https://crm.example.ch/answer?n=207&way=outgoing"]


async def test_a_caller_refused_as_busy_opens_nothing(signed_in: Ground) -> None:
    call_id = signed_in.services.calls.dial("207")
    signed_in.engine.far_end_answers(call_id)
    await signed_in.settled()
    opened = watched(signed_in, *OPTIONS)
    signed_in.engine.incoming("205")
    await signed_in.settled()
    assert opened == []


async def test_a_template_spoilt_by_hand_is_told_and_opens_nothing(
    signed_in: Ground, expected_logs: Callable[..., object]
) -> None:
    expected_logs("the page for ring is not opened: scheme", logger="wwphone.services")
    opened = watched(signed_in)
    signed_in.settings.set(PAGE_ON_RING, "file:///bin/sh?<name>")
    call_id = signed_in.engine.incoming("205")
    await signed_in.settled()
    assert opened == []
    assert signed_in.services.calls.call(call_id) is not None
