"""What would break Asterisk's files or the numbering plan is refused before anything is written."""

from __future__ import annotations

from dataclasses import replace

import pytest

from wwphone.server.api import PbxConfiguration, PbxError, PbxRoom, PbxUser
from wwphone.server.asterisk.configuration.validation import ConfigurationError, check_configuration
from wwphone.server.ring_group_api import PbxRingGroup

_ANNA = PbxUser("anna", "201", "Anna", "secret")
_BEAT = PbxUser("beat", "202", "Beat", "secret")
_GOOD = PbxConfiguration(
    (_ANNA, _BEAT),
    (PbxRingGroup("300", "Sales", ("anna", "beat")),),
    (PbxRoom("201", "Anna", "1234", "anna"),),
    "de",
)


def test_a_good_one_passes() -> None:
    check_configuration(_GOOD)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"user": "an na"}, "no user name"),
        ({"user": "a]\n[global"}, "no user name"),
        ({"user": "Global"}, "no user name"),
        ({"user": ""}, "no user name"),
        ({"user": "BEAT"}, "twice"),
        ({"number": "2"}, "internal number"),
        ({"number": "20 1"}, "internal number"),
        ({"number": "２０１"}, "internal number"),
        ({"number": "_X."}, "internal number"),
        ({"number": "202"}, "twice"),
        ({"number": "300"}, "twice"),
        ({"number": "710"}, "nobody can be given"),
        ({"number": "901"}, "nobody can be given"),
        ({"number": "112"}, "nobody can be given"),
        ({"sip_password": ""}, "no SIP password"),
        ({"displayed_number": "+41;44"}, "to be shown"),
        ({"displayed_number_when_forwarding": "+41;44"}, "to be shown"),
    ],
)
def test_users_are_looked_at_again(change: dict[str, str], complaint: str) -> None:
    users = (replace(_ANNA, **change), _BEAT)  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError, match=complaint):
        check_configuration(PbxConfiguration(users, (PbxRingGroup("300", "Sales", ()),)))


@pytest.mark.parametrize(
    ("group", "complaint"),
    [
        (PbxRingGroup("801", "Sales", ()), "nobody can be given"),
        (PbxRingGroup("201", "Sales", ()), "twice"),
        (PbxRingGroup("300", "Sales", ("anna", "zoe")), "no users"),
    ],
)
def test_groups_are_looked_at_again(group: PbxRingGroup, complaint: str) -> None:
    with pytest.raises(ConfigurationError, match=complaint):
        check_configuration(replace(_GOOD, ring_groups=(group,)))


@pytest.mark.parametrize(
    ("rooms", "complaint"),
    [
        ((PbxRoom("902", "A"),), "nobody can be given"),
        ((PbxRoom("850", "A"), PbxRoom("850", "B")), "twice"),
        ((PbxRoom("850", "A", "12;34"),), "PIN"),
        ((PbxRoom("850", "A", "", "zoe"),), "no user"),
        ((PbxRoom("850", "A", "", "anna"), PbxRoom("851", "B", "", "anna")), "twice"),
    ],
)
def test_rooms_are_looked_at_again(rooms: tuple[PbxRoom, ...], complaint: str) -> None:
    with pytest.raises(ConfigurationError, match=complaint):
        check_configuration(replace(_GOOD, rooms=rooms))


def test_the_language_is_looked_at() -> None:
    with pytest.raises(ConfigurationError, match="language"):
        check_configuration(replace(_GOOD, language="de\n[global]"))


def test_no_complaint_holds_a_secret() -> None:
    users = (replace(_ANNA, number="x", sip_password="top-secret"),)
    with pytest.raises(PbxError) as refusal:
        check_configuration(PbxConfiguration(users))

    assert "top-secret" not in str(refusal.value)
