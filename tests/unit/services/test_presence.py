"""Colleagues: kept from the mirror, ordered by group and name, found by any part of name or number."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.unit.services.conftest import Ground
from wwphone.cti.api import CommandRefusedError, ErrorCode, LinkProblem, WireError
from wwphone.domain.calls import PhoneState
from wwphone.domain.presence import Colleague, Presence, PresenceGroup, PresenceStatus
from wwphone.protocol.calls import PhoneStateChanged
from wwphone.protocol.presence import (
    ColleagueChanged,
    ColleagueRemoved,
    GroupsChanged,
    PresenceChanged,
    SetPresence,
)
from wwphone.services.presence import ColleagueLine, PresenceService, folded

NOW = datetime.now(UTC)


def presence(ground: Ground) -> PresenceService:
    return ground.services.presence


def nickname(ground: Ground, user: str) -> str:
    line = presence(ground).line(user)
    assert line
    return line.colleague.nickname


def names(ground: Ground, text: str = "") -> dict[str, list[str]]:
    return {
        group: [nickname(ground, user) for user in users] for group, users in presence(ground).by_group(text)
    }


@pytest.mark.parametrize(
    ("text", "forms"),
    [
        ("Müller", {"muller", "mueller"}),
        ("Größle", {"grossle", "groessle"}),
        ("Özlem Yıldız", {"ozlem", "yildiz", "oezlem", "yıldız"}),
        ("André", {"andre", "andré"}),
        ("Anna", {"anna"}),
        ("Łukasz Ørsted", {"lukasz", "orsted", "łukasz", "ørsted"}),
        ("Mu\u0308ller", {"muller", "mueller"}),
        ("", set()),
    ],
)
def test_letters_are_found_with_and_without_accents(text: str, forms: set[str]) -> None:
    assert set(folded(text).split()) == forms


async def test_before_signing_in_there_is_nobody(ground: Ground) -> None:
    assert names(ground) == {}
    assert presence(ground).own is None
    assert presence(ground).find("a") == ()
    assert presence(ground).line("beat") is None


async def test_groups_and_people_in_order(signed_in: Ground) -> None:
    found = names(signed_in)
    assert list(found) == ["Reception", "Sales", "Engineering", "Management"]
    assert found["Management"] == ["Günther Lämmle", "Özlem Yıldız", "Verena Hürlimann"]
    assert sum(map(len, found.values())) == 24


async def test_who_belongs_to_no_known_group_comes_last(signed_in: Ground) -> None:
    signed_in.link.change(ColleagueChanged(Colleague("x", "298", "Xaver", "Nowhere")))
    assert list(names(signed_in))[-1] == "Nowhere"


async def test_a_filter_leaves_no_empty_group(signed_in: Ground) -> None:
    assert names(signed_in, "lüthi") == {"Reception": ["Dario Lüthi"]}
    assert names(signed_in, "wilhelm") == {}
    assert names(signed_in, "  ") == names(signed_in)


@pytest.mark.parametrize(
    ("text", "first"),
    [("207", "Beat Keller"), ("kel", "Beat Keller"), ("beat k", "Beat Keller"), ("GRÖSS", "Moritz Größle")],
)
async def test_the_best_hit_comes_first(signed_in: Ground, text: str, first: str) -> None:
    assert presence(signed_in).find(text)[0].nickname == first


async def test_hits_are_limited_and_leave_oneself_out(signed_in: Ground) -> None:
    assert len(presence(signed_in).find("e", limit=3)) == 3
    assert presence(signed_in).find("muster") == ()
    assert presence(signed_in).find("204") == ()


async def test_who_has_a_number(signed_in: Ground) -> None:
    service = presence(signed_in)
    found = service.with_number("204")
    assert found is not None
    assert found.user == "anna"
    assert service.with_number("20") is None
    signed_in.link.change(ColleagueChanged(Colleague("beat", "299", "Beat Keller", "Sales")))
    assert service.with_number("207") is None
    assert service.with_number("299") is not None
    signed_in.link.change(ColleagueRemoved("beat"))
    assert service.with_number("299") is None


async def test_changes_in_place_are_told_once_a_batch(signed_in: Ground) -> None:
    told: list[frozenset[str]] = []
    replaced: list[None] = []
    presence(signed_in).changed.subscribe(told.append)
    presence(signed_in).replaced.subscribe(replaced.append)
    signed_in.link.change(
        PhoneStateChanged("beat", PhoneState.RINGING),
        PhoneStateChanged("beat", PhoneState.BUSY),
        PresenceChanged("eva", Presence(PresenceStatus.UNAVAILABLE, NOW, connected=True)),
        PhoneStateChanged("a user one may not see", PhoneState.BUSY),
    )
    assert told == [{"beat", "eva"}]
    lines = [presence(signed_in).line(user) for user in ("beat", "eva")]
    assert [(line.phone, line.status) for line in lines if line] == [
        (PhoneState.BUSY, PresenceStatus.AVAILABLE),
        (PhoneState.BUSY, PresenceStatus.UNAVAILABLE),
    ]
    assert replaced == []


async def test_people_and_groups_that_change_are_told_as_a_whole(signed_in: Ground) -> None:
    replaced: list[None] = []
    presence(signed_in).replaced.subscribe(replaced.append)
    signed_in.link.change(ColleagueChanged(Colleague("beat", "207", "Beat Ammann", "Sales")))
    signed_in.link.change(ColleagueRemoved("eva"), ColleagueRemoved("nobody"))
    signed_in.link.change(GroupsChanged((PresenceGroup("Sales", 1),)))
    assert len(replaced) == 3
    assert presence(signed_in).find("keller") == ()
    assert presence(signed_in).find("ammann")[0].user == "beat"
    assert presence(signed_in).line("eva") is None
    assert next(iter(names(signed_in))) == "Sales"


async def test_who_is_not_connected_is_offline_whatever_they_chose(signed_in: Ground) -> None:
    signed_in.link.change(PresenceChanged("beat", Presence(PresenceStatus.AVAILABLE, NOW, connected=False)))
    line = presence(signed_in).line("beat")
    assert line is not None
    assert line.status is PresenceStatus.OFFLINE
    silent = ColleagueLine(Colleague("x", "1", "X", "G"), None, PhoneState.FREE)
    assert silent.status is PresenceStatus.OFFLINE


async def test_a_cut_line_leaves_everything_as_of_then(signed_in: Ground) -> None:
    replaced: list[None] = []
    presence(signed_in).replaced.subscribe(replaced.append)
    signed_in.link.cut(LinkProblem.LINE_LOST)
    as_of = presence(signed_in).as_of
    assert as_of is not None
    assert abs(as_of - datetime.now(UTC)) < timedelta(seconds=10)
    assert sum(map(len, names(signed_in).values())) == 24
    signed_in.link.change(PhoneStateChanged("beat", PhoneState.BUSY))
    signed_in.link.heal()
    assert presence(signed_in).as_of is None
    line = presence(signed_in).line("beat")
    assert line is not None
    assert line.phone is PhoneState.BUSY
    assert len(replaced) == 2


async def test_signing_out_empties_the_list(signed_in: Ground) -> None:
    await signed_in.services.account.sign_out()
    assert names(signed_in) == {}
    assert presence(signed_in).with_number("207") is None


async def test_choosing_ones_own(signed_in: Ground) -> None:
    until = NOW + timedelta(minutes=30)
    await presence(signed_in).set(PresenceStatus.BE_RIGHT_BACK, until)
    assert signed_in.link.commands == [SetPresence(PresenceStatus.BE_RIGHT_BACK, until)]
    own = presence(signed_in).own
    assert own is not None
    assert (own.status, own.back_at) == (PresenceStatus.BE_RIGHT_BACK, until)


async def test_a_refusal_is_passed_on(signed_in: Ground) -> None:
    signed_in.link.refuse(SetPresence, WireError(ErrorCode.NOT_PERMITTED, "no"))
    with pytest.raises(CommandRefusedError):
        await presence(signed_in).set(PresenceStatus.UNAVAILABLE)
