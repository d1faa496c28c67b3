"""Do not disturb as colleagues are told of it: at once, with the snapshot, after a start, and of nobody they do not see."""

from __future__ import annotations

from typing import Any

from tests.helpers.cti_server import CtiServerUnderTest
from tests.helpers.raw_cti import RawCtiClient
from tests.helpers.waiting import wait_until_async

CHANGED = "presence.changed"


async def disturb(client: RawCtiClient, *, on: bool) -> None:
    await client.request("reachability.set_do_not_disturb", {"on": on})


def presence(client: RawCtiClient, user: str) -> dict[str, Any]:
    """As the client's snapshot says."""
    found: dict[str, Any] = dict(client.snapshot["presences"])[user]
    return found


async def test_colleagues_are_told_at_once_and_the_presence_stays(cti_server: CtiServerUnderTest) -> None:
    anna, beat = await cti_server.signed_in("anna"), await cti_server.signed_in("beat")
    assert not presence(anna, "beat")["do_not_disturb"]
    await beat.request("presence.set", {"status": "direct_only"})
    await disturb(beat, on=True)

    def told(on: bool) -> list[dict[str, Any]]:
        bodies = [body["presence"] for body in anna.event_bodies(CHANGED) if body["user"] == "beat"]
        return [one for one in bodies if one["do_not_disturb"] is on]

    await wait_until_async(lambda: bool(told(on=True)), "that beat is not to be disturbed")
    assert told(on=True)[-1]["status"] == "direct_only"
    before = len(told(on=False))
    await disturb(beat, on=False)
    await wait_until_async(lambda: len(told(on=False)) > before, "its end")
    assert told(on=False)[-1]["status"] == "direct_only"
    await anna.close()
    await beat.close()


async def test_it_is_told_with_the_snapshot_also_after_a_start(cti_server: CtiServerUnderTest) -> None:
    beat = await cti_server.signed_in("beat")
    await disturb(beat, on=True)
    anna = await cti_server.signed_in("anna")
    assert presence(anna, "beat")["do_not_disturb"]
    assert not presence(anna, "anna")["do_not_disturb"]
    await cti_server.restart()
    await anna.wait_for_close()
    await beat.wait_for_close()
    carla = await cti_server.signed_in("carla")
    assert presence(carla, "beat")["do_not_disturb"]
    await carla.close()


async def test_of_a_hidden_user_nobody_hears_it(cti_server: CtiServerUnderTest) -> None:
    anna, hidden = await cti_server.signed_in("anna"), await cti_server.signed_in("hidden")
    await disturb(hidden, on=True)
    await hidden.wait_for_event(CHANGED, user="hidden")
    await anna.request("presence.set", {"status": "unavailable"})
    await anna.wait_for_event(CHANGED, user="anna")
    assert [body["user"] for body in anna.event_bodies(CHANGED) if body["user"] == "hidden"] == []
    assert "hidden" not in repr(anna.frames).lower()
    await anna.close()
    await hidden.close()
