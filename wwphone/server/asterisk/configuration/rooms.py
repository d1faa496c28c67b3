"""`confbridge.conf`: how conference rooms work, who enters them with which PIN, and what a steered phone is merged with."""

from __future__ import annotations

from wwphone.domain.desk_phone import MOST_MERGED
from wwphone.server.api import PbxConfiguration, PbxRoom

ROOM_PROFILE = "wwphone.room"
OWNER_PROFILE = "wwphone.owner"
MENU = "wwphone.menu"

_COMMON = f"""\
[{ROOM_PROFILE}]
type = bridge
max_members = 80
video_mode = none
record_conference = no

[{OWNER_PROFILE}]
type = user
admin = yes
marked = yes
quiet = no
announce_user_count = no
announce_join_leave = no
music_on_hold_when_empty = yes
talk_detection_events = yes

[wwphone.guest](!)
type = user
announce_user_count = no
announce_join_leave = no
music_on_hold_when_empty = yes
talk_detection_events = yes

[{MENU}]
type = menu
1 = toggle_mute

[wwphone.merged]
type = bridge
max_members = {MOST_MERGED + 1}
video_mode = none
record_conference = no

[wwphone.merging]
type = user
marked = yes
quiet = yes
dtmf_passthrough = yes

[wwphone.party]
type = user
end_marked = yes
quiet = yes
dtmf_passthrough = yes
"""


def guest_profile(room: PbxRoom) -> str:
    """The profile of those who enter this room."""
    return f"wwphone.guest.{room.number}"


def confbridge_conf(configuration: PbxConfiguration) -> str:
    """Return the file for these rooms."""
    sections = [_COMMON]
    for room in configuration.rooms:
        lines = [f"[{guest_profile(room)}](wwphone.guest)"]
        if room.pin:
            lines.append(f"pin = {room.pin}")
        sections.append("\n".join([*lines, ""]))
    return "\n".join(sections)
