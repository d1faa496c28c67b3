"""The generated files: what stands in them, and that no name, however hostile, changes anything but the name shown."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.server.asterisk.asterisk_syntax import Section, Step, read_sections, read_steps
from wwphone.domain.account import MediaEncryption
from wwphone.domain.numbers import EMERGENCY_NUMBERS
from wwphone.server.api import PbxConfiguration, PbxRoom, PbxUser
from wwphone.server.asterisk.configuration import MODULE_OF_FILE, ConfigurationError, generate
from wwphone.server.asterisk.configuration.escaping import display_name
from wwphone.server.asterisk.settings import AmiAccount, AsteriskSettings, DigestAlgorithm
from wwphone.server.ring_group_api import PbxRingGroup
from wwphone.server.services.phone_numbers import trunk_prefix_in

GOLDEN = Path(__file__).parent / "golden"

SETTINGS = AsteriskSettings(
    AmiAccount("127.0.0.1", 5038, "cti", "ami-secret"), Path("wwphone"), media_address="127.0.0.1"
)
ANNA = PbxUser(
    "anna", "201", "Anna Muster", "sip-secret-1", "+41445556677", "anna@example.org", pickup_group="Büro",
    shown_numbers=("+41445556600", "0800123456"),
)  # fmt: skip
BEAT = PbxUser(
    "beat_2-x", "202", "Beat Öztürk", "sip-secret-2", media_encryption=MediaEncryption.REQUIRED, tls_only=True,
    busy_when_in_call=True, busy_when_ringing=True,
)  # fmt: skip
COMPANY = PbxConfiguration(
    (ANNA, BEAT),
    (PbxRingGroup("300", "Verkauf", ("anna", "beat_2-x", "anna")), PbxRingGroup("301", "Leer", ())),
    (PbxRoom("201", "Anna", "1234", "anna"), PbxRoom("850", "Sitzung")),
    "de",
)


def section(text: str, name: str, options: str = "") -> Section:
    (found,) = [s for s in read_sections(text) if (s.name, s.options) == (name, options)]
    return found


def steps(text: str, context: str) -> list[Step]:
    return [step for step in read_steps(text) if step.context == context]


@pytest.mark.parametrize("name", MODULE_OF_FILE)
def test_the_files_of_a_small_company(name: str) -> None:
    """To change the files on purpose, write what is generated into golden/ and read the difference."""
    assert generate(COMPANY, SETTINGS)[name] == (GOLDEN / name).read_text("utf-8")


def test_generating_twice_gives_the_same() -> None:
    assert generate(COMPANY, SETTINGS) == generate(COMPANY, SETTINGS)


def test_no_password_stands_anywhere_only_digests() -> None:
    texts = generate(COMPANY, SETTINGS)
    everything = "\n".join(texts.values())

    assert "sip-secret" not in everything
    assert "ami-secret" not in everything
    md5 = hashlib.md5(b"anna:wwphone:sip-secret-1").hexdigest()
    assert section(texts["pjsip.conf"], "wwphone.auth", "!").get("auth_type") == "md5"
    assert section(texts["pjsip.conf"], "anna", "wwphone.auth").get("md5_cred") == md5
    assert "password" not in texts["pjsip.conf"]


def test_sha_256_beside_md5_for_those_who_want_it() -> None:
    both = replace(SETTINGS, digests=(DigestAlgorithm.MD5, DigestAlgorithm.SHA_256))
    text = generate(COMPANY, both)["pjsip.conf"]

    md5 = hashlib.md5(b"anna:wwphone:sip-secret-1").hexdigest()
    sha = hashlib.sha256(b"anna:wwphone:sip-secret-1").hexdigest()
    auth = section(text, "anna", "wwphone.auth")
    assert section(text, "wwphone.auth", "!").get("auth_type") == "digest"
    assert auth.get("password_digest") == f"md5:{md5},sha-256:{sha}"
    assert auth.get("supported_algorithms_uas") == "md5,sha-256"
    assert "sip-secret" not in text


def test_three_devices_and_no_more() -> None:
    aor = section(generate(COMPANY, SETTINGS)["pjsip.conf"], "wwphone.aor", "!")

    assert (aor.get("max_contacts"), aor.get("remove_existing")) == ("3", "no")
    assert aor.get("qualify_frequency") == "30"


def test_what_is_asked_of_a_user_with_tls() -> None:
    text = generate(COMPANY, SETTINGS)["pjsip.conf"]
    beat, anna = section(text, "beat_2-x", "wwphone.endpoint"), section(text, "anna", "wwphone.endpoint")

    assert beat.get("transport") == "transport-tls"
    assert (beat.get("media_encryption"), beat.get("media_encryption_optimistic")) == ("sdes", "no")
    assert anna.all("transport") == anna.all("media_encryption") == []


def test_sound_stays_where_it_is_told_to_only_if_told() -> None:
    with_address = section(generate(COMPANY, SETTINGS)["pjsip.conf"], "wwphone.endpoint", "!")
    without = section(
        generate(COMPANY, replace(SETTINGS, media_address=""))["pjsip.conf"], "wwphone.endpoint", "!"
    )

    assert with_address.get("media_address") == "127.0.0.1"
    assert with_address.get("bind_rtp_to_media_address") == "yes"
    assert without.all("media_address") == without.all("bind_rtp_to_media_address") == []


def test_users_of_a_group_may_pick_up_for_each_other_and_nobody_else() -> None:
    texts = generate(COMPANY, SETTINGS)
    anna = section(texts["pjsip.conf"], "anna", "wwphone.endpoint")
    group = anna.get("named_pickup_group")

    assert anna.get("named_call_group") == group
    assert re.fullmatch(r"g-[0-9a-f]{16}", group)
    pickup = steps(texts["extensions.conf"], "wwphone-pickup")
    assert [step.data for step in pickup if step.extension == "**201"] == [
        f'$["${{WWPHONE_PICKUP_GROUPS}}" =~ ":{group}:"]?:wwphone-ended,NOTPERMITTED,1',
        "201@PICKUPMARK",
        "wwphone-ended,NOTHING,1",
    ]
    assert [step.data for step in pickup if step.extension == "**202"] == ["wwphone-ended,NOTPERMITTED,1"]


def test_who_picks_up_in_other_groups_has_them_named_and_who_may_nowhere_has_none() -> None:
    users = (
        replace(ANNA, picks_up_in=("Büro", "Lager")),
        replace(BEAT, pickup_group="Lager", picks_up_in=()),
    )
    texts = generate(replace(COMPANY, users=users), SETTINGS)
    anna = section(texts["pjsip.conf"], "anna", "wwphone.endpoint")
    beat = section(texts["pjsip.conf"], "beat_2-x", "wwphone.endpoint")

    assert anna.get("named_pickup_group") == f"{anna.get('named_call_group')},Lager"
    assert f"WWPHONE_PICKUP_GROUPS=:{anna.get('named_call_group')}:Lager:" in anna.all("set_var")
    assert (beat.get("named_call_group"), beat.all("named_pickup_group")) == ("Lager", [])
    assert not [line for line in beat.all("set_var") if "PICKUP" in line]
    pickup = steps(texts["extensions.conf"], "wwphone-pickup")
    assert next(s.data for s in pickup if s.extension == "**202").startswith(
        '$["${WWPHONE_PICKUP_GROUPS}" =~ ":Lager:"]'
    )


def test_busy_as_the_user_wants_it() -> None:
    internal = steps(generate(COMPANY, SETTINGS)["extensions.conf"], "wwphone-internal")
    rings = {step.extension: step.data for step in internal if step.application == "Gosub"}

    assert rings == {
        "201": "wwphone-user,start,1(anna,201,-,internal,201)",
        "202": "wwphone-user,start,1(beat_2-x,202,INUSE|BUSY|ONHOLD|RINGINUSE|RINGING,internal,202)",
    }


def test_a_call_from_outside_is_told_by_the_number_that_was_called() -> None:
    direct = steps(generate(COMPANY, SETTINGS)["extensions.conf"], "wwphone-direct")

    assert [(step.extension, step.data) for step in direct] == [
        ("201", "wwphone-user,start,1(anna,201,-,direct,201)"),
        ("+41445556677", "wwphone-user,start,1(anna,201,-,direct,+41445556677)"),
        ("202", "wwphone-user,start,1(beat_2-x,202,INUSE|BUSY|ONHOLD|RINGINUSE|RINGING,direct,202)"),
        ("300", "wwphone-groups,300,1"),
        ("301", "wwphone-groups,301,1"),
    ]


def test_a_number_that_several_show_rings_nobody_by_itself() -> None:
    main, own = "+41445550000", "+41445550201"
    anna = replace(ANNA, displayed_number=main, displayed_number_when_forwarding=own)
    beat = replace(BEAT, displayed_number=main)
    texts = generate(replace(COMPANY, users=(anna, beat)), SETTINGS)

    called = [step.extension for step in steps(texts["extensions.conf"], "wwphone-direct")]
    assert called == ["201", own, "202", "300", "301"]
    endpoint = section(texts["pjsip.conf"], "anna", "wwphone.endpoint")
    assert f"WWPHONE_DISPLAYED_WHEN_FORWARDING={own}" in endpoint.all("set_var")


def test_a_group_rings_each_member_once_and_an_empty_one_nobody() -> None:
    groups = steps(generate(COMPANY, SETTINGS)["extensions.conf"], "wwphone-groups")

    assert [step.data for step in groups if step.application == "Dial"] == [
        "Local/201@wwphone-members&Local/202@wwphone-members,${WWPHONE_RING_TIMEOUT}"
    ]
    assert [s.data for s in groups if (s.extension, s.application) == ("301", "Goto")] == [
        "wwphone-ended,CHANUNAVAIL,1"
    ]


def test_rooms_of_a_user_are_entered_by_901_and_902_and_others_also_by_their_number() -> None:
    texts = generate(COMPANY, SETTINGS)
    plan = texts["extensions.conf"]

    assert section(texts["pjsip.conf"], "anna", "wwphone.endpoint").all("set_var") == [
        "WWPHONE_NUMBER=201",
        "WWPHONE_DISPLAYED_NUMBER=+41445556677",
        "WWPHONE_SHOWN_NUMBERS=+41445556600/0800123456",
        "WWPHONE_ROOM=201",
        f"WWPHONE_PICKUP_GROUPS=:g-{hashlib.sha256('Büro'.encode()).hexdigest()[:16]}:",
    ]
    doors = {
        (s.context, s.extension): s.data
        for s in read_steps(plan)
        if s.context in ("wwphone-rooms", "wwphone-own-rooms") and s.application == "Goto"
    }
    assert doors == {
        ("wwphone-rooms", "201"): "wwphone-room,start,1",
        ("wwphone-rooms", "850"): "wwphone-room,start,1",
        ("wwphone-own-rooms", "201"): "wwphone-conference,owner,1",
        ("wwphone-own-rooms", "850"): "wwphone-conference,owner,1",
    }
    pins = [s.data for s in steps(plan, "wwphone-rooms") if s.data.startswith("WWPHONE_ROOM_PIN")]
    assert pins == ["WWPHONE_ROOM_PIN=1234", "WWPHONE_ROOM_PIN="]
    assert "1234" not in texts["confbridge.conf"]
    assert [s.data for s in steps(plan, "wwphone-internal") if s.extension == "850"] == [
        "wwphone-rooms,850,1"
    ]


def test_emergency_numbers_are_looked_for_before_everything_else() -> None:
    text = generate(COMPANY, SETTINGS)["extensions.conf"]

    assert section(text, "wwphone-phones").all("include")[0] == "wwphone-emergency-numbers"
    assert {step.extension for step in steps(text, "wwphone-emergency-numbers")} == EMERGENCY_NUMBERS


def test_every_jump_leads_somewhere() -> None:
    text = generate(COMPANY, SETTINGS)["extensions.conf"]
    contexts = {s.name for s in read_sections(text)} | {"parkedcalls"}
    plan = {(step.context, step.extension) for step in read_steps(text)}

    for found in read_sections(text):
        assert set(found.all("include")) <= contexts
    for step in read_steps(text):
        for context, extension in re.findall(r"(wwphone-[a-z-]+)[,^]([A-Za-z0-9*+]+)[,^]1", step.data):
            assert (context, extension) in plan, step


def test_a_mailbox_is_closed_to_others_by_a_pin_nobody_knows() -> None:
    mailboxes = section(generate(COMPANY, SETTINGS)["voicemail.conf"], "wwphone")

    pins = [value.split(",")[0] for _, value in mailboxes.lines]
    assert [key for key, _ in mailboxes.lines] == ["201", "202"]
    assert all(re.fullmatch(r"-[0-9]{12}", pin) for pin in pins)
    assert len(set(pins)) == 2


def test_what_may_not_be_written_is_refused() -> None:
    with pytest.raises(ConfigurationError):
        generate(replace(COMPANY, users=(replace(ANNA, number="112"),)), SETTINGS)


@pytest.mark.parametrize("change", [{"realm": 'a"\nb'}, {"tls_transport": "x;y"}, {"media_address": "::1]"}])
def test_settings_cannot_break_out_either(change: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="cannot stand"):
        replace(SETTINGS, **change)  # type: ignore[arg-type]


_HOSTILE = st.text(
    st.sampled_from("aÄ0 \"\\;,|&=#[](){}<>$^%'\n\r\t\0\x85\u2028-!@:"), max_size=40
) | st.text(max_size=40)


def plain(configuration: PbxConfiguration) -> PbxConfiguration:
    """The same with every name for people replaced by N."""
    return replace(
        configuration,
        users=tuple(replace(user, display_name="N") for user in configuration.users),
        ring_groups=tuple(replace(group, name="N") for group in configuration.ring_groups),
        rooms=tuple(replace(room, name="N") for room in configuration.rooms),
    )


@given(_HOSTILE, _HOSTILE, _HOSTILE, _HOSTILE)
def test_no_name_changes_more_than_the_name_that_is_shown(
    user: str, group: str, room: str, pickup: str
) -> None:
    pickup_group = pickup.encode(errors="replace").decode()
    hostile = replace(
        COMPANY,
        users=(replace(ANNA, display_name=user, email=room, pickup_group=pickup_group), BEAT),
        ring_groups=(replace(COMPANY.ring_groups[0], name=group),),
        rooms=(replace(COMPANY.rooms[0], name=room),),
    )
    harmless = generate(plain(hostile), SETTINGS)

    for name, text in generate(hostile, SETTINGS).items():
        found, wanted = read_sections(text), read_sections(harmless[name])
        assert [(s.name, s.options) for s in found] == [(s.name, s.options) for s in wanted]
        for one, other in zip(found, wanted, strict=True):
            changed = [(a, b) for a, b in zip(one.lines, other.lines, strict=True) if a != b]
            for (key, value), (same_key, plain_value) in changed:
                assert key == same_key
                assert value in variants(plain_value, user, group)


def variants(plain_value: str, user: str, group: str) -> set[str]:
    """What a line with the name N may look like with the real names in its place."""
    spaced = user.replace(",", " ").replace("|", " ")
    shown = {display_name(user, "anna"), display_name(spaced, "anna"), display_name(group, "300")}
    shown |= {"Beat Öztürk"}
    found = {plain_value.replace('"N"', f'"{name}"') for name in shown}
    return found | {f"{plain_value[:-1]}{name}" for name in shown if plain_value.endswith(",N")}


@given(_HOSTILE)
def test_no_name_holds_a_variable_of_the_dial_plan(name: str) -> None:
    hostile = replace(COMPANY, users=(replace(ANNA, display_name=name), BEAT))
    text = generate(hostile, SETTINGS)["extensions.conf"]

    shown = [
        step.data
        for step in read_steps(text)
        if step.data.startswith("CONNECTEDLINE(all)=") and "201" in step.data
    ]
    assert len(shown) == 1
    assert not re.search(r"\$[{\[]", shown[0])
    assert re.fullmatch(r'CONNECTEDLINE\(all\)="[^"\\<>]*" <201>', shown[0])


def test_with_a_trunk_prefix_everything_outside_goes_by_way_of_it() -> None:
    prefix = trunk_prefix_in("CH", "0")
    users = (ANNA, replace(BEAT, number="0112"))
    text = generate(replace(COMPANY, users=users), replace(SETTINGS, trunk_prefix=prefix))["extensions.conf"]

    assert prefix.home in section(text, "globals").get("WWPHONE_HOME_NUMBERS")
    outgoing = {step.context for step in read_steps(text) if "wwphone-outgoing," in step.data}
    assert outgoing == {"wwphone-outside", "wwphone-emergency-call"}
    emergencies = {step.extension for step in steps(text, "wwphone-emergency-numbers")}
    assert {"0117", "117", "112"} < emergencies
    assert "0112" not in emergencies, "somebody's internal number"
    first = {step.extension: step.data for step in reversed(steps(text, "wwphone-direct"))}
    assert set(first.values()) == {"wwphone-caller,start,1"}
    assert "wwphone-outside" not in generate(COMPANY, SETTINGS)["extensions.conf"]
