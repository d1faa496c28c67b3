"""Who sees whom, and changes of users and groups that reach running clients within a second."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.helpers.cti_server import GROUPS, PEOPLE, CtiServerUnderTest, user_record
from tests.helpers.raw_cti import RawCtiClient
from tests.helpers.waiting import SECONDS, wait_until_async
from wwphone.domain.account import MediaEncryption
from wwphone.domain.presence import PresenceGroup
from wwphone.server.api import PbxError, StoreError
from wwphone.server.store.sql_store import SqlStore

BEAT = PEOPLE[1]
HIDDEN = PEOPLE[3]
VISIBLE = ["anna", "beat", "carla", "off", "plain"]


def everything(client: RawCtiClient) -> str:
    return repr(client.frames)


async def edited(server: CtiServerUnderTest, edit: Callable[[SqlStore], Any]) -> None:
    """Do as the command line does: open the same database, change it, close it."""
    store = SqlStore(server.store_url)
    await store.open()
    await edit(store)
    await store.close()


async def test_the_snapshot_has_groups_and_all_who_may_be_seen(cti_server: CtiServerUnderTest) -> None:
    anna = await cti_server.signed_in("anna")
    state = anna.snapshot
    assert [group["name"] for group in state["groups"]] == ["Reception", "Sales"]
    assert [one["user"] for one in state["colleagues"]] == VISIBLE
    assert [user for user, _ in state["presences"]] == VISIBLE
    assert [user for user, _ in state["phones"]] == VISIBLE
    assert state["colleagues"][0] == {
        "user": "anna",
        "number": "201",
        "nickname": "Anna",
        "group": "Reception",
        "email": "",
    }
    await anna.close()


async def test_a_colleague_s_address_is_told_unless_they_are_hidden(cti_server: CtiServerUnderTest) -> None:
    anna = await cti_server.signed_in("anna")
    await cti_server.edit(replace(HIDDEN, email="hidden@example.net"))
    await cti_server.edit(replace(BEAT, email="beat@example.net"))
    told = await anna.wait_for_event("presence.colleague_changed")
    assert (told["colleague"]["user"], told["colleague"]["email"]) == ("beat", "beat@example.net")
    assert "hidden@" not in everything(anna)
    await anna.close()


async def test_a_hidden_user_appears_to_nobody_but_themselves(cti_server: CtiServerUnderTest) -> None:
    anna, hidden = await cti_server.signed_in("anna"), await cti_server.signed_in("hidden")
    assert "hidden" in [one["user"] for one in hidden.snapshot["colleagues"]]
    await hidden.request("presence.set", {"status": "unavailable"})
    cti_server.pbx.register("hidden", "sip:hidden@192.0.2.7:5060")
    await hidden.wait_for_event("presence.changed", user="hidden")
    await hidden.wait_for_event("calls.phone_state_changed", user="hidden")
    await edited(cti_server, lambda store: store.replace_user(replace(HIDDEN, nickname="Hidden still")))
    await hidden.wait_for_event("presence.colleague_changed")
    await anna.request("presence.set", {"status": "unavailable"})
    assert "hidden" not in everything(anna).lower()
    assert "204" not in [one["number"] for one in anna.snapshot["colleagues"]]
    await anna.close()
    await hidden.close()


async def test_who_is_hidden_disappears_and_who_is_shown_appears_with_their_state(
    cti_server: CtiServerUnderTest,
) -> None:
    anna, beat = await cti_server.signed_in("anna"), await cti_server.signed_in("beat")
    await beat.request("presence.set", {"status": "direct_only"})
    cti_server.pbx.register("beat", "sip:beat@192.0.2.8:5060")
    await anna.wait_for_event("calls.phone_state_changed", user="beat", state="free")
    await cti_server.edit(replace(BEAT, hidden=True))
    await anna.wait_for_event("presence.colleague_removed", user="beat")
    await beat.wait_for_event("presence.colleague_changed")
    types = [event["type"] for event in beat.events]
    assert types.index("presence.colleague_removed") < types.index("presence.colleague_changed")
    told = len(anna.events)
    await beat.request("presence.set", {"status": "unavailable"})
    await cti_server.edit(BEAT)
    colleague = await anna.wait_for_event("presence.colleague_changed")
    assert colleague["colleague"]["user"] == "beat"
    later = [event["type"] for event in anna.events[told:]]
    assert later[0] == "presence.colleague_changed"
    assert sorted(later[1:]) == ["calls.phone_state_changed", "presence.changed"]
    assert anna.event_bodies("presence.changed", user="beat")[-1]["presence"]["status"] == "unavailable"
    await anna.close()
    await beat.close()


async def test_a_new_user_appears_and_may_sign_in_within_a_second(cti_server: CtiServerUnderTest) -> None:
    anna = await cti_server.signed_in("anna")
    started_s = time.perf_counter()
    await edited(cti_server, lambda store: store.add_user(user_record("zoe", "299")))
    await anna.wait_for_event("presence.changed", user="zoe")
    assert time.perf_counter() - started_s < 1.0 * SECONDS
    types = [event["type"] for event in anna.events][-3:]
    assert types[0] == "presence.colleague_changed"
    assert sorted(types[1:]) == ["calls.phone_state_changed", "presence.changed"]
    zoe = await cti_server.signed_in("zoe")
    await zoe.close()
    await anna.close()


async def test_a_changed_colleague_and_new_groups_are_told(cti_server: CtiServerUnderTest) -> None:
    anna = await cti_server.signed_in("anna")
    new_groups = (PresenceGroup("Empfang & Büro", 0), *GROUPS)

    async def edit(store: SqlStore) -> None:
        await store.replace_groups(new_groups)
        await store.replace_user(replace(BEAT, group="Empfang & Büro", number="298", nickname="Bäti"))

    await edited(cti_server, edit)
    changed = (await anna.wait_for_event("presence.colleague_changed"))["colleague"]
    group = "Empfang & Büro"
    assert changed == {"user": "beat", "number": "298", "nickname": "Bäti", "group": group, "email": ""}
    groups = anna.event_bodies("presence.groups_changed")[-1]["groups"]
    assert [group["name"] for group in groups] == ["Empfang & Büro", "Reception", "Sales"]
    await anna.close()


async def test_a_change_nobody_can_see_is_told_to_nobody(cti_server: CtiServerUnderTest) -> None:
    anna = await cti_server.signed_in("anna")
    revision = cti_server.running.log.revision
    await cti_server.edit(replace(BEAT, mobile="+41 79 555 01 04", busy_when_in_call=True))
    await wait_until_async(
        lambda: cti_server.running.directory.users["beat"].busy_when_in_call, "the change to be read"
    )
    assert cti_server.running.log.revision == revision
    await anna.close()


async def test_the_pbx_gets_everybody_at_the_start_and_after_each_change(
    cti_server: CtiServerUnderTest,
) -> None:
    asked = cti_server.pbx.asked.configurations
    await wait_until_async(lambda: asked, "the first configuration")
    users = {user.user: user for user in asked[-1].users}
    assert sorted(users) == sorted(record.user for record in PEOPLE)
    assert users["anna"].media_encryption is MediaEncryption.REQUIRED
    assert users["plain"].media_encryption is MediaEncryption.OFF
    await cti_server.edit(replace(BEAT, displayed_number="+41445550100"))
    await wait_until_async(
        lambda: {u.user: u for u in asked[-1].users}["beat"].displayed_number, "the second configuration"
    )


async def test_a_pbx_that_cannot_be_configured_is_tried_again(cti_server: CtiServerUnderTest) -> None:
    asked = cti_server.pbx.asked.configurations
    await wait_until_async(lambda: asked, "the first configuration")
    cti_server.pbx.fail_next(PbxError("not now"))
    await cti_server.edit(replace(BEAT, displayed_number="+41445550100"))
    await wait_until_async(
        lambda: {u.user: u for u in asked[-1].users}["beat"].displayed_number, "the second configuration"
    )


async def test_a_store_out_of_reach_is_told_once_and_what_was_known_goes_on(
    cti_server: CtiServerUnderTest, expected_logs: Callable[..., list[Any]]
) -> None:
    logs = expected_logs("the store is out of reach", logger="wwphone.server.services.directory")
    anna = await cti_server.signed_in("anna")
    directory = cti_server.running.directory
    store = directory._store
    broken = FakeBrokenStore(cti_server.store_url)
    directory._store = broken
    await wait_until_async(lambda: broken.asked >= 3, "three vain looks")
    directory._store = store
    await cti_server.edit(replace(BEAT, nickname="Bäti"))
    await anna.wait_for_event("presence.colleague_changed")
    assert len(logs) == 1
    await anna.close()


class FakeBrokenStore(SqlStore):
    """A store whose database is away."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.asked = 0

    async def directory_revision(self) -> int:
        self.asked += 1
        raise StoreError("away")
