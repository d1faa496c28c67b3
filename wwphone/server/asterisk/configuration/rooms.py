"""`confbridge.conf`: how conference rooms work, and what a steered phone is merged with.

Who may enter is decided by the dial plan (`dialplan_rooms`) before anybody comes here.
"""

from __future__ import annotations

from wwphone.domain.conference import MAX_PARTICIPANTS
from wwphone.domain.desk_phone import MOST_MERGED
from wwphone.server.asterisk.settings import AsteriskSettings

ROOM_PROFILE = "wwphone.room"
OWNER_PROFILE = "wwphone.owner"
GUEST_PROFILE = "wwphone.guest"
INVITED_PROFILE = "wwphone.invited"
"""Lets in also when the room is locked: that takes a ConfBridge admin, which is no chair of ours."""
MENU = "wwphone.menu"
PROMPTS_FOLDER = "prompts"
"""Beside the generated files: what our dial plan says, a folder for each language."""


def prompts_folder(settings: AsteriskSettings) -> str:
    """Where Asterisk finds our prompts; it looks into the language's folder there."""
    return f"{settings.configuration_folder}/{PROMPTS_FOLDER}"


def confbridge_conf(settings: AsteriskSettings) -> str:
    """Return the file."""
    return f"""\
[{ROOM_PROFILE}]
type = bridge
max_members = {MAX_PARTICIPANTS}
video_mode = none
record_conference = no
sound_kicked = {prompts_folder(settings)}/over

[{GUEST_PROFILE}]
type = user
announce_user_count = no
announce_join_leave = no
music_on_hold_when_empty = yes
; A participant counts as silent after 2.5 s without a word, so nobody is flooded with their pauses.
talk_detection_events = yes
dsp_silence_threshold = 2500

[{OWNER_PROFILE}]({GUEST_PROFILE})
admin = yes
marked = yes

[{INVITED_PROFILE}]({GUEST_PROFILE})
admin = yes

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
