"""The part of the dial plan by which people enter conference rooms, and are called into them.

Who is let in is decided here, from AstDB, so it counts while the CTI server is down (`wwphone.server.asterisk.doors` writes
it). What a person hears is in our own prompts (`resources/prompts`) where Asterisk has no such sentence.
"""

from __future__ import annotations

from collections.abc import Iterator

from wwphone.domain.conference import MAX_PARTICIPANTS
from wwphone.server.api import PbxConfiguration, PbxRoom
from wwphone.server.asterisk.configuration.rooms import (
    GUEST_PROFILE,
    INVITED_PROFILE,
    MENU,
    OWNER_PROFILE,
    ROOM_PROFILE,
    prompts_folder,
)
from wwphone.server.asterisk.settings import AsteriskSettings

ROOMS = f"""\
; ---- conference rooms. AstDB has the planned conferences: wwphone-conference-pin/<PIN> those it is a PIN of, with / between them;
; wwphone-conference/<conference> room|zone|time|time..., each time from-until in seconds since 1970.
; A channel that enters says in WWPHONE_CONFERENCE: room|1 for a chair|conference|PIN|invitation|since|number that was
; invited|its uniqueid, since who is handed over into its place takes the variable over.

; ---- somebody dialled the number of the room WWPHONE_AT, whose own PIN is WWPHONE_ROOM_PIN; PINs of planned conferences let
; in as well. From outside nobody gets in without a PIN.
[wwphone-room]
exten => start,1,GotoIf($["${{WWPHONE_INVITATION}}" != ""]?wwphone-ended,UNKNOWN,1)
 same => n,GotoIf($["${{WWPHONE_ROOM_PIN}}" != ""]?pin)
 same => n,GotoIf($["${{WWPHONE_FROM_OUTSIDE}}" != ""]?wwphone-conference,entry,wrong)
 same => n,Answer()
 same => n,Set(WWPHONE_PLAN=)
 same => n,Set(WWPHONE_PIN=)
 same => n,Goto(wwphone-conference,guest,1)
 same => n(pin),Answer()
 same => n,Set(WWPHONE_TRIES=0)
 same => n,Set(WWPHONE_SAY=${{WWPHONE_PROMPTS}}/pin)
 same => n(ask),Read(WWPHONE_ASKED,${{WWPHONE_SAY}},16,,1,10)
 same => n,Set(WWPHONE_ASKED=${{FILTER(0-9,${{WWPHONE_ASKED}})}})
 same => n,Set(WWPHONE_PLAN=)
 same => n,Set(WWPHONE_PIN=)
 same => n,GotoIf($["=${{WWPHONE_ASKED}}" = "=${{WWPHONE_ROOM_PIN}}"]?wwphone-conference,guest,1)
 same => n,Gosub(wwphone-conference-pin,start,1(${{WWPHONE_ASKED}}))
 same => n,GotoIf($["${{WWPHONE_DOOR}}" != ""]?wwphone-conference,door,1)
 same => n,Set(WWPHONE_TRIES=$[${{WWPHONE_TRIES}} + 1])
 same => n,GotoIf($[${{WWPHONE_TRIES}} >= 3]?wwphone-conference-refused,three-times,1)
 same => n,Set(WWPHONE_SAY=${{WWPHONE_PROMPTS}}/wrong&${{WWPHONE_PROMPTS}}/pin)
 same => n,Goto(ask)

; ---- one number for all conferences, 902 inside: a PIN of a planned conference, or the number of a room
[wwphone-conference]
exten => entry,1,Answer()
 same => n,Set(WWPHONE_TRIES=0)
 same => n,Set(WWPHONE_SAY=${{WWPHONE_PROMPTS}}/enter)
 same => n(ask),Read(WWPHONE_ASKED,${{WWPHONE_SAY}},16,,1,10)
 same => n,Set(WWPHONE_ASKED=${{FILTER(0-9,${{WWPHONE_ASKED}})}})
 same => n,Gosub(wwphone-conference-pin,start,1(${{WWPHONE_ASKED}}))
 same => n,GotoIf($["${{WWPHONE_DOOR}}" != ""]?door,1)
 same => n,GotoIf($["${{WWPHONE_ASKED}}" = ""]?wrong)
 same => n,GotoIf($[${{DIALPLAN_EXISTS(wwphone-rooms,${{WWPHONE_ASKED}},1)}}]?wwphone-rooms,${{WWPHONE_ASKED}},1)
 same => n(wrong),Set(WWPHONE_TRIES=$[${{WWPHONE_TRIES}} + 1])
 same => n,GotoIf($[${{WWPHONE_TRIES}} >= 3]?wwphone-conference-refused,three-times,1)
 same => n,Set(WWPHONE_SAY=${{WWPHONE_PROMPTS}}/wrong&${{WWPHONE_PROMPTS}}/enter)
 same => n,Goto(ask)

; a PIN is behind a door that is open, or will be, or was
exten => door,1,Set(WWPHONE_PIN=${{WWPHONE_ASKED}})
 same => n,GotoIf($["${{WWPHONE_DOOR}}" != "open"]?wwphone-conference-refused,${{WWPHONE_DOOR}},1)
 same => n,GotoIf($[${{DIALPLAN_EXISTS(wwphone-rooms,${{WWPHONE_AT}},1)}}]?guest,1)
 same => n,Goto(wwphone-conference-refused,late,1)

exten => guest,1,GotoIf($["${{CONFBRIDGE_INFO(locked,${{WWPHONE_AT}})}}" = "1"]?wwphone-conference-refused,locked,1)
 same => n,Gosub(wwphone-conference-join,start,1({GUEST_PROFILE},0,${{WWPHONE_PLAN}},${{WWPHONE_PIN}}))

; 901: the room is one's own, so one is its chair, and needs no PIN
exten => owner,1,GotoIf($["${{WWPHONE_INVITATION}}" != ""]?wwphone-ended,UNKNOWN,1)
 same => n,Answer()
 same => n,Gosub(wwphone-conference-join,start,1({OWNER_PROFILE},1,,))

; ---- ARG1 PIN. What is behind it is in WWPHONE_DOOR: open, early, late, or nothing; its room in WWPHONE_AT, its conference in
; WWPHONE_PLAN, when it opens in WWPHONE_OPENS and WWPHONE_ZONE. A PIN may be of several conferences, never at the same time.
[wwphone-conference-pin]
exten => start,1,Set(WWPHONE_DOOR=)
 same => n,Set(WWPHONE_LEFT=)
 same => n,ExecIf($["${{ARG1}}" != ""]?Set(WWPHONE_LEFT=${{DB(wwphone-conference-pin/${{ARG1}})}}))
 same => n(plan),GotoIf($["${{WWPHONE_LEFT}}" = ""]?over)
 same => n,Set(WWPHONE_THIS=${{CUT(WWPHONE_LEFT,/,1)}})
 same => n,Set(WWPHONE_LEFT=${{CUT(WWPHONE_LEFT,/,2-)}})
 same => n,Set(WWPHONE_TIMES=${{DB(wwphone-conference/${{WWPHONE_THIS}})}})
 same => n,Set(WWPHONE_THERE=${{CUT(WWPHONE_TIMES,|,1)}})
 same => n,Set(WWPHONE_THERE_ZONE=${{CUT(WWPHONE_TIMES,|,2)}})
 same => n,Set(WWPHONE_TIMES=${{CUT(WWPHONE_TIMES,|,3-)}})
 same => n,GotoIf($["${{WWPHONE_DOOR}}" != "" | "${{WWPHONE_THERE}}" = ""]?time)
 same => n,Set(WWPHONE_DOOR=late)
 same => n,Set(WWPHONE_AT=${{WWPHONE_THERE}})
 same => n,Set(WWPHONE_PLAN=${{WWPHONE_THIS}})
 same => n(time),GotoIf($["${{WWPHONE_TIMES}}" = ""]?plan)
 same => n,Set(WWPHONE_FROM=${{CUT(WWPHONE_TIMES,|,1)}})
 same => n,Set(WWPHONE_TIMES=${{CUT(WWPHONE_TIMES,|,2-)}})
 same => n,Set(WWPHONE_UNTIL=${{CUT(WWPHONE_FROM,-,2)}})
 same => n,Set(WWPHONE_FROM=${{CUT(WWPHONE_FROM,-,1)}})
 same => n,GotoIf($[${{EPOCH}} < ${{WWPHONE_FROM}}]?early)
 same => n,GotoIf($[${{EPOCH}} < ${{WWPHONE_UNTIL}}]?open)
 same => n,Goto(time)
 same => n(early),GotoIf($["${{WWPHONE_DOOR}}" = "early" & ${{WWPHONE_FROM}} >= 0${{WWPHONE_OPENS}}]?time)
 same => n,Set(WWPHONE_DOOR=early)
 same => n,Goto(take)
 same => n(open),Set(WWPHONE_DOOR=open)
 same => n,Set(WWPHONE_LEFT=)
 same => n,Set(WWPHONE_TIMES=)
 same => n(take),Set(WWPHONE_AT=${{WWPHONE_THERE}})
 same => n,Set(WWPHONE_PLAN=${{WWPHONE_THIS}})
 same => n,Set(WWPHONE_OPENS=${{WWPHONE_FROM}})
 same => n,Set(WWPHONE_ZONE=${{WWPHONE_THERE_ZONE}})
 same => n,Goto(time)
 same => n(over),Return()

; ---- into the room WWPHONE_AT: ARG1 profile, ARG2 chair, ARG3 conference, ARG4 PIN, ARG5 invitation
[wwphone-conference-join]
exten => start,1,GotoIf($[0${{CONFBRIDGE_INFO(parties,${{WWPHONE_AT}})}} >= {MAX_PARTICIPANTS}]?wwphone-conference-refused,full,1)
 same => n,Set(WWPHONE_CONFERENCE=${{WWPHONE_AT}}|${{ARG2}}|${{ARG3}}|${{ARG4}}|${{ARG5}}|${{EPOCH}}|${{WWPHONE_INVITED}}|${{UNIQUEID}})
 same => n,UserEvent(WwphoneConference,Enters: ${{WWPHONE_CONFERENCE}})
 same => n,ConfBridge(${{WWPHONE_AT}},{ROOM_PROFILE},${{ARG1}},{MENU})
 same => n,Hangup()

; ---- ARG1 of noted: why somebody is not let in, said to them and written down
[wwphone-conference-refused]
exten => early,1,Gosub(noted,1(early))
 same => n,Set(WWPHONE_TODAY=${{STRFTIME(${{EPOCH}},${{WWPHONE_ZONE}},%F)}})
 same => n,Set(WWPHONE_DAY=${{STRFTIME(${{WWPHONE_OPENS}},${{WWPHONE_ZONE}},%F)}})
 same => n,GotoIf($["${{CHANNEL(language):0:2}}" = "de"]?german)
 same => n,SayUnixTime(${{WWPHONE_OPENS}},${{WWPHONE_ZONE}},${{IF($["${{WWPHONE_DAY}}" = "${{WWPHONE_TODAY}}"]?:ABd)}}IMp)
 same => n,Hangup()
; for one o'clock Asterisk wants a sound "1N" that only some German sounds have
 same => n(german),Set(WWPHONE_HOUR=${{IF($["${{STRFTIME(${{WWPHONE_OPENS}},${{WWPHONE_ZONE}},%H)}}" = "01"]?'digits/1':k)}})
 same => n,SayUnixTime(${{WWPHONE_OPENS}},${{WWPHONE_ZONE}},${{IF($["${{WWPHONE_DAY}}" = "${{WWPHONE_TODAY}}"]?:AdB)}}${{WWPHONE_HOUR}}M)
 same => n,Hangup()
exten => late,1,Gosub(noted,1(late))
 same => n,Hangup()
exten => locked,1,Gosub(noted,1(locked))
 same => n,Hangup()
exten => full,1,Gosub(noted,1(full))
 same => n,Hangup()
exten => three-times,1,Gosub(noted,1(three-times))
 same => n,Hangup()
exten => noted,1,TryExec(CELGenUserEvent(wwphone-conference-refused,${{WWPHONE_AT}}|${{ARG1}}))
 same => n,Log(NOTICE,a caller was not let into the conference room ${{WWPHONE_AT}}: ${{ARG1}})
 same => n,Playback(${{WWPHONE_PROMPTS}}/${{ARG1}})
 same => n,Return()

; ---- somebody is called into a room: by a Local channel, whose one half dials with the rights and the number of who invites
; (WWPHONE_NUMBER) and whose other half enters when that is answered. No mailbox answers instead of a person.
[wwphone-conference-numbers]
include => wwphone-internal
include => wwphone-outgoing

[wwphone-conference-call]
exten => _[+0-9]!,1,Set(CALLERID(num)=${{WWPHONE_NUMBER}})
 same => n,GotoIf($[${{DIALPLAN_EXISTS(wwphone-emergency-numbers,${{EXTEN}},1)}}]?wwphone-ended,UNKNOWN,1)
 same => n,GotoIf($[${{DIALPLAN_EXISTS(wwphone-conference-numbers,${{EXTEN}},1)}}]?wwphone-conference-numbers,${{EXTEN}},1)
 same => n,Goto(wwphone-ended,UNKNOWN,1)

; they hear who invites them: a name that was spoken in advance (WWPHONE_INVITED_BY_NAME), else the number (WWPHONE_INVITED_BY)
[wwphone-conference-invited]
exten => _X!,1,Set(CHANNEL(language)=${{WWPHONE_LANGUAGE}})
 same => n,UserEvent(WwphoneInvited)
 same => n,Set(WWPHONE_AT=${{EXTEN}})
 same => n,Wait(0.5)
 same => n,GotoIf($["${{WWPHONE_INVITED_BY_NAME}}" = ""]?number)
 same => n,Playback(${{WWPHONE_PROMPTS}}/invited-by&${{WWPHONE_PROMPTS}}/${{WWPHONE_INVITED_BY_NAME}})
 same => n,GotoIf($["${{PLAYBACKSTATUS}}" = "SUCCESS"]?join)
 same => n(number),Playback(${{WWPHONE_PROMPTS}}/invited)
 same => n,SayDigits(${{WWPHONE_INVITED_BY}})
 same => n(join),Gosub(wwphone-conference-join,start,1({INVITED_PROFILE},0,,,${{WWPHONE_INVITATION}}))
"""


def globals_of_rooms(configuration: PbxConfiguration, settings: AsteriskSettings) -> Iterator[str]:
    """Where our prompts are, and in which language strangers hear them."""
    yield f"WWPHONE_PROMPTS = {prompts_folder(settings)}"
    yield f"WWPHONE_LANGUAGE = {configuration.language}"


def entry_from_outside(configuration: PbxConfiguration, *first: str) -> Iterator[str]:
    """What the number does that is dialled from outside to enter a conference."""
    number = configuration.conference_number
    if not number:
        return
    steps = [
        *first,
        "Set(WWPHONE_FROM_OUTSIDE=yes)",
        "Set(CHANNEL(language)=${WWPHONE_LANGUAGE})",
        "Goto(wwphone-conference,entry,1)",
    ]
    yield f"exten => {number},1,{steps[0]}"
    yield from (f" same => n,{step}" for step in steps[1:])


def room(one: PbxRoom) -> Iterator[str]:
    """What its number does."""
    yield f"exten => {one.number},1,Set(WWPHONE_AT={one.number})"
    yield f" same => n,Set(WWPHONE_ROOM_PIN={one.pin})"
    yield " same => n,Goto(wwphone-room,start,1)"


def own_room(one: PbxRoom) -> Iterator[str]:
    """What 901 does for its owner."""
    yield f"exten => {one.number},1,Set(WWPHONE_AT={one.number})"
    yield " same => n,Goto(wwphone-conference,owner,1)"
