"""Who was invited to a running conference by e-mail is told to those who control the room, over the wire, and to nobody else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.service.test_server_conference import PLAIN, STRANGER, Office, until
from tests.service.test_server_conference import office as office  # noqa: PLC0414 - a fixture
from wwphone.domain.account import Right
from wwphone.server.clock import utc_now
from wwphone.server.conference_api import PbxDoor, PbxOpening

ADDRESS = "hans@example.org"
EVENT = "conference.participant_changed"


async def test_addresses_are_told_to_those_who_control_the_room(office: Office) -> None:
    now, an_hour = utc_now(), timedelta(hours=1)
    opening = PbxOpening(now - an_hour, now, now + an_hour)
    await office.pbx.set_doors([PbxDoor("c1", "201", (opening,), (("660011", ADDRESS),))])
    anna, plain, chief = [await office.watch(user) for user in ("anna", "plain", "chief")]
    theirs = office.pbx.enter("201", "205")
    stranger = office.pbx.enter("201", STRANGER, pin="660011")
    for watcher in (anna, plain, chief):
        await until(lambda watcher=watcher: set(watcher.people) == {theirs, stranger}, "both")  # type: ignore[misc]
        seen = {one.participant_id: one.invitee for one in watcher.state.participants}
        assert seen == {theirs: "", stranger: "" if watcher is plain else ADDRESS}
    office.pbx.mute_by_key(stranger)
    await until(lambda: any(one.muted for one in plain.state.participants), "the mute")
    assert ADDRESS not in repr(plain.client.frames)
    assert all(office.matches(one, name) for one, name in ((anna, "anna"), (plain, "plain")))

    def told() -> set[str]:
        return {one.invitee for one in plain.state.participants}

    for chair in (True, False):
        assert await anna.ask("set_chair", room="201", participant_id=theirs, chair=chair) == ""
        await until(lambda chair=chair: told() == ({"", ADDRESS} if chair else {""}), "what a chair knows")  # type: ignore[misc]
        assert office.matches(plain, "plain")
    await office.edit(replace(PLAIN, rights=PLAIN.rights | {Right.ADMINISTRATE}))
    await until(lambda: told() == {"", ADDRESS}, "what an administrator knows")
    assert office.matches(plain, "plain")
    assert len(anna.client.event_bodies(EVENT)) <= 5, "who knows it already is not told again"


async def test_whoever_came_by_e_mail_is_not_told_of_it_without_control(office: Office) -> None:
    now, an_hour = utc_now(), timedelta(hours=1)
    opening = PbxOpening(now - an_hour, now, now + an_hour)
    await office.pbx.set_doors([PbxDoor("c1", "201", (opening,), (("660011", ADDRESS),))])
    anna, plain = await office.watch("anna"), await office.watch("plain")
    office.pbx.enter("201", "205", pin="660011")
    await until(lambda: [one.invitee for one in anna.state.participants] == [ADDRESS], "the address")
    await until(lambda: [one.user for one in plain.state.participants] == ["plain"], "oneself")
    assert ADDRESS not in repr(plain.client.frames)
    assert office.matches(plain, "plain")
