"""The part of the dial plan that is the same for every company."""

from __future__ import annotations

COMMON = """\
; Phones of users start here. A number found nowhere is refused by chan_pjsip itself: 404, unknown number.
[wwphone-phones]
include => wwphone-emergency-numbers
include => wwphone-services
include => wwphone-internal
include => wwphone-pickup
include => parkedcalls
include => wwphone-outgoing

; Hook: numbers outside. The shown number is in WWPHONE_DISPLAYED_NUMBER.
[wwphone-outgoing]

; Hook: emergency numbers, each as its own extension. Without it they go where wwphone-outgoing sends them.
[wwphone-emergency]

[wwphone-emergency-call]
exten => start,1,GotoIf($[${DIALPLAN_EXISTS(wwphone-emergency,${ARG1},1)}]?wwphone-emergency,${ARG1},1)
 same => n,GotoIf($[${DIALPLAN_EXISTS(wwphone-outgoing,${ARG1},1)}]?wwphone-outgoing,${ARG1},1)
 same => n,Goto(wwphone-ended,CHANUNAVAIL,1)

; Hook: calls from outside go to wwphone-direct (below), with a user's number, shown number or a group's number.

; ---- a user's devices: ARG1 user, ARG2 number, ARG3 states that count as busy, ARG4 kind, ARG5 number that was called.
; PICKUPMARK is what ** and the number look for.
[wwphone-user]
exten => start,1,Set(__PICKUPMARK=${ARG2})
 same => n,Gosub(wwphone-ring,start,1(${ARG1},${ARG3},${ARG4},${ARG5},${WWPHONE_RING_TIMEOUT}))
 same => n,Return()

; ---- the same within a group: no time limit of its own, and the number that was called is the group's
[wwphone-member]
exten => start,1,Set(__PICKUPMARK=${ARG2})
 same => n,Gosub(wwphone-ring,start,1(${ARG1},${ARG3},group,${WWPHONE_CALLED},))
 same => n,Return()

; ---- ARG1 user, ARG2 busy states, ARG3 kind, ARG4 called number, ARG5 seconds
[wwphone-ring]
exten => start,1,GotoIf($["${DEVICE_STATE(PJSIP/${ARG1})}" =~ "^(${ARG2})$"]?wwphone-ended,BUSY,1)
 same => n,Set(WWPHONE_CONTACTS=${PJSIP_DIAL_CONTACTS(${ARG1})})
 same => n,GotoIf($["${WWPHONE_CONTACTS}" = ""]?wwphone-ended,CHANUNAVAIL,1)
 same => n,Dial(${WWPHONE_CONTACTS},${ARG5},b(wwphone-callee^start^1(${ARG3}^${ARG4}^${CHANNEL})))
 same => n,Goto(wwphone-ended,${DIALSTATUS},1)

; ---- runs on each called device before its INVITE is sent: ARG1 kind, ARG2 called number, ARG3 the caller's channel
[wwphone-callee]
exten => start,1,Set(PJSIP_HEADER(add,X-Wwphone-Kind)=${ARG1})
 same => n,Set(PJSIP_HEADER(add,X-Wwphone-Called)=${ARG2})
 same => n,Set(WWPHONE_DIRECTION=incoming)
 same => n,Set(CHANNEL(hangup_handler_push)=wwphone-callee-gone,start,1(${ARG3}))
 same => n,Return()

; ---- one device declined (cause 21): none of the user's others shall ring on (RFC 3261 section 21.6, 603 Decline)
[wwphone-callee-gone]
exten => start,1,ExecIf($["${HANGUPCAUSE}" = "21"]?ChannelRedirect(${ARG1},wwphone-ended,DECLINED,1))
 same => n,Return()

; ---- how a call nobody took ends: Q.850 cause, SIP status, what the caller is told
[wwphone-ended]
exten => ANSWER,1,Hangup()
exten => CANCEL,1,Hangup()
exten => BUSY,1,Hangup(17)
exten => NOANSWER,1,Hangup(19)
exten => DECLINED,1,Hangup(16)
exten => NOTPERMITTED,1,Hangup(21)
exten => NOTHING,1,Hangup(19)
exten => UNKNOWN,1,Hangup(1)
exten => CHANUNAVAIL,1,GotoIf($["${HANGUPCAUSE}" = "58"]?NOCODEC,1)
 same => n,GotoIf($["${HANGUPCAUSE}" = "18"]?NOANSWER,1)
 same => n,Hangup(34)
exten => CONGESTION,1,Goto(CHANUNAVAIL,1)
exten => NOCODEC,1,Hangup(58)
exten => i,1,Hangup(34)

; ---- numbers of the PBX itself
[wwphone-services]
exten => *8,1,Pickup()
 same => n,Goto(wwphone-ended,NOTHING,1)

exten => 801,1,Answer()
 same => n,Echo()
 same => n,Hangup()

exten => 900,1,GotoIf($["${WWPHONE_NUMBER}" = ""]?wwphone-ended,NOTPERMITTED,1)
 same => n,Answer()
 same => n,VoiceMailMain(${WWPHONE_NUMBER}@wwphone,s)
 same => n,Hangup()

exten => 901,1,GotoIf($["${WWPHONE_ROOM}" = ""]?wwphone-ended,NOTPERMITTED,1)
 same => n,Goto(wwphone-own-rooms,${WWPHONE_ROOM},1)

exten => 902,1,Answer()
 same => n,Set(WWPHONE_TRIES=0)
 same => n(ask),Read(WWPHONE_ASKED,conf-getconfno,16,,1,10)
 same => n,Set(WWPHONE_ASKED=${FILTER(0-9,${WWPHONE_ASKED})})
 same => n,GotoIf($[${DIALPLAN_EXISTS(wwphone-rooms,${WWPHONE_ASKED},1)}]?wwphone-rooms,${WWPHONE_ASKED},1)
 same => n,Playback(conf-invalid)
 same => n,Set(WWPHONE_TRIES=$[${WWPHONE_TRIES} + 1])
 same => n,GotoIf($[${WWPHONE_TRIES} < 3]?ask)
 same => n,Hangup()

; ---- click to dial: the CTI server rings the user's own device, which comes here when it is answered
[wwphone-click]
exten => _[+*#0-9]!,1,Set(CALLERID(all)=${PJSIP_ENDPOINT(${WWPHONE_USER},callerid)})
 same => n,GotoIf($[${DIALPLAN_EXISTS(wwphone-phones,${EXTEN},1)}]?wwphone-phones,${EXTEN},1)
 same => n,Playback(pbx-invalid)
 same => n,Goto(wwphone-ended,UNKNOWN,1)

; ---- click to dial with several own devices: all ring, the one that is answered is used
[wwphone-own-devices]
exten => start,1,Dial(${PJSIP_DIAL_CONTACTS(${WWPHONE_USER})},${WWPHONE_RING_TIMEOUT},b(wwphone-own-device^start^1))
 same => n,Goto(wwphone-ended,${DIALSTATUS},1)

[wwphone-own-device]
exten => start,1,Set(WWPHONE_DIRECTION=outgoing)
 same => n,Return()
"""
