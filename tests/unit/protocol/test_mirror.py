"""The mirror: what each event does, in what order states are compared, and that its cost does not grow."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wwphone.domain.calls import LegState, PhoneState
from wwphone.domain.presence import Colleague, PresenceGroup, PresenceStatus
from wwphone.protocol import registry
from wwphone.protocol.account import ProfileChanged
from wwphone.protocol.calls import LegChanged, LegEnded, PbxStateChanged, PhoneStateChanged
from wwphone.protocol.codec import decode_server_frame, encode_frame
from wwphone.protocol.devices import RegistrationsChanged
from wwphone.protocol.examples import EVENTS, SNAPSHOT
from wwphone.protocol.frames import EventsFrame, SnapshotFrame
from wwphone.protocol.message import Event
from wwphone.protocol.mirror import Mirror
from wwphone.protocol.presence import ColleagueChanged, ColleagueRemoved, GroupsChanged, PresenceChanged

STATE = SNAPSHOT.state
_LEG_EVENT = EVENTS[LegChanged]
assert isinstance(_LEG_EVENT, LegChanged)
LEG = _LEG_EVENT.leg


@pytest.fixture
def mirror() -> Mirror:
    return Mirror(STATE, 10)


def test_a_snapshot_comes_out_as_it_went_in_but_sorted(mirror: Mirror) -> None:
    shuffled = replace(
        STATE, colleagues=STATE.colleagues[::-1], presences=STATE.presences[::-1], phones=STATE.phones[::-1]
    )
    assert Mirror(shuffled, 1).state() == mirror.state()
    assert mirror.state() == STATE, "the example is in canonical order"


def test_every_event_has_its_effect(mirror: Mirror) -> None:
    for shape in registry.EVENTS.values():
        mirror.apply(mirror.revision + 1, [EVENTS[shape]])
    assert mirror.revision == 10 + len(registry.EVENTS)


def test_profile(mirror: Mirror) -> None:
    other = replace(STATE.profile, nickname="Ann")
    mirror.apply(11, [ProfileChanged(other)])
    assert mirror.profile == other


def test_presence_and_phone(mirror: Mirror) -> None:
    absent = replace(mirror.presences["anna_muster"], status=PresenceStatus.UNAVAILABLE)
    mirror.apply(
        11, [PresenceChanged("anna_muster", absent), PhoneStateChanged("beat_keller", PhoneState.FREE)]
    )
    assert mirror.presences["anna_muster"] == absent
    assert mirror.phones["beat_keller"] is PhoneState.FREE


def test_a_colleague_comes_changes_and_leaves_with_all_that_is_theirs(mirror: Mirror) -> None:
    mirror.apply(11, [ColleagueChanged(Colleague("carla", "208", "Carla", "Sales"))])
    mirror.apply(12, [ColleagueChanged(Colleague("carla", "209", "Carla", "Reception"))])
    assert mirror.colleagues["carla"].number == "209"
    mirror.apply(13, [ColleagueRemoved("beat_keller"), ColleagueRemoved("nobody")])
    assert set(mirror.colleagues) == {"anna_muster", "carla"}
    assert "beat_keller" not in mirror.presences
    assert "beat_keller" not in mirror.phones


def test_groups_and_registrations_are_replaced_whole(mirror: Mirror) -> None:
    mirror.apply(11, [GroupsChanged((PresenceGroup("All", 0),)), RegistrationsChanged(())])
    assert mirror.groups == (PresenceGroup("All", 0),)
    assert mirror.registrations == ()


def test_legs_come_change_and_end(mirror: Mirror) -> None:
    mirror.apply(11, [LegChanged(LEG)])
    mirror.apply(12, [LegChanged(replace(LEG, state=LegState.UP))])
    assert mirror.legs[LEG.leg_id].state is LegState.UP
    mirror.apply(13, [LegEnded(LEG.leg_id, 16), LegEnded("unknown", 16)])
    assert dict(mirror.legs) == {}


def test_pbx(mirror: Mirror) -> None:
    mirror.apply(11, [PbxStateChanged(connected=False)])
    assert mirror.pbx_connected is False


@pytest.mark.parametrize("revision", [10, 9, 0, -1])
def test_the_revision_must_grow(mirror: Mirror, revision: int) -> None:
    with pytest.raises(ValueError, match="does not follow 10"):
        mirror.apply(revision, [PbxStateChanged(connected=False)])
    assert mirror.pbx_connected is True
    assert mirror.revision == 10


def test_a_class_that_is_no_event_is_an_error(mirror: Mirror) -> None:
    with pytest.raises(KeyError):
        mirror.apply(11, [Event()])


def test_views_are_read_only_and_live(mirror: Mirror) -> None:
    colleagues = mirror.colleagues
    with pytest.raises(TypeError):
        colleagues["x"] = Colleague("x", "1", "X", "Y")  # type: ignore[index]
    mirror.apply(11, [ColleagueRemoved("beat_keller")])
    assert set(colleagues) == {"anna_muster"}
    mirror.replace(1, STATE)
    assert set(colleagues) == {"anna_muster", "beat_keller"}


def test_an_empty_mirror_has_nothing_to_compare(mirror: Mirror) -> None:
    mirror.clear()
    assert (mirror.revision, mirror.profile, mirror.groups, dict(mirror.legs)) == (0, None, (), {})
    with pytest.raises(LookupError):
        mirror.state()


USERS = st.sampled_from(["anna_muster", "beat_keller", "carla"])
ANY_EVENT = st.one_of(
    st.builds(PhoneStateChanged, USERS, st.sampled_from(PhoneState)),
    st.builds(PbxStateChanged, connected=st.booleans()),
    st.builds(ColleagueRemoved, USERS),
    USERS.map(lambda user: ColleagueChanged(Colleague(user, "210", user, "Sales"))),
    USERS.map(lambda user: PresenceChanged(user, STATE.presences[0][1])),
    st.sampled_from([LegChanged(LEG), LegEnded(LEG.leg_id, 16)]),
)


@given(st.lists(st.lists(ANY_EVENT, max_size=4), max_size=12), st.integers(0, 12))
def test_a_snapshot_on_the_way_makes_no_difference(batches: list[list[Event]], snapshot_at: int) -> None:
    """A client that got everything as events equals one that came late and got a snapshot, over the wire."""
    server, early, late = Mirror(STATE, 1), Mirror(STATE, 1), Mirror()
    for number, batch in enumerate(batches):
        if number == snapshot_at:
            frame = decode_server_frame(encode_frame(SnapshotFrame(server.revision, server.state())))
            assert isinstance(frame, SnapshotFrame)
            late.replace(frame.revision, frame.state)
        server.apply(server.revision + 1, batch)
        sent = decode_server_frame(encode_frame(EventsFrame(server.revision, tuple(batch))))
        assert isinstance(sent, EventsFrame)
        for client in (early, late):
            if client.profile is not None:
                client.apply(sent.revision, sent.events)
    assert early.state() == server.state()
    if late.profile is not None:
        assert late.state() == server.state()


class CountingDict(dict[str, PhoneState]):
    """Counts how many entries are touched."""

    touched = 0

    def __setitem__(self, key: str, value: PhoneState) -> None:
        self.touched += 1
        super().__setitem__(key, value)


def test_a_change_touches_one_entry_however_many_there_are() -> None:
    phones = tuple((f"user{number}", PhoneState.FREE) for number in range(10_000))
    mirror = Mirror(replace(STATE, phones=phones), 1)
    counting = CountingDict(mirror.phones)
    mirror._phones = counting
    mirror.apply(2, [PhoneStateChanged("user5000", PhoneState.BUSY)])
    assert counting.touched == 1
