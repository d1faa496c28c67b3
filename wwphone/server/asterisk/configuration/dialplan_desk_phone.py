"""The part of the dial plan by which the CTI server steers desk phones (`wwphone.server.asterisk.desk_phone`)."""

from __future__ import annotations

DESK_PHONE = """\
; Desk-phone mode: the phone's one channel is connected with one party after the other. The CTI server sends it, and whom
; it is connected with, to the lines below; the channels of the others wait in wwphone-held.

; ---- the phone's channel. Here it waits while its calls are held: each of them counts in the group wwphone-held, under
; the uniqueid of the phone's channel. Without any, the phone is put down.
[wwphone-desk]
exten => wait,1,UserEvent(WwphoneDeskWaits,Cause: ${HANGUPCAUSE})
 same => n,TryExec(CELGenUserEvent(wwphone-desk-waits,${HANGUPCAUSE}))
 same => n(again),GotoIf($[${GROUP_COUNT(${UNIQUEID}@wwphone-held)} = 0]?over)
 same => n,Wait(1)
 same => n,Goto(again)
 same => n(over),Hangup()

; ---- it is connected with the channel WWPHONE_PEER, and waits again afterwards
exten => connect,1,Bridge(${WWPHONE_PEER})
 same => n,Goto(wait,1)

; ---- it talks with several others at once, in a room that has its uniqueid for a name; they come there by wwphone-merged
exten => merge,1,UserEvent(WwphoneDeskMerges)
 same => n,ConfBridge(wwphone-${UNIQUEID},wwphone.merged,wwphone.merging)
 same => n,Goto(wait,1)

; ---- it calls a number, and waits again afterwards, whatever came of it: so the call is made by a Local channel, which
; vanishes when somebody answers
[wwphone-desk-dial]
exten => _[+*#0-9]!,1,Set(WWPHONE_DIRECTION=outgoing)
 same => n,Set(WWPHONE_DIALS=${IF($["${EXTEN:0:4}" = "*31*"]?${EXTEN:4}:${EXTEN})})
 same => n,UserEvent(WwphoneDeskDials,Number: ${WWPHONE_DIALS})
 same => n,TryExec(CELGenUserEvent(wwphone-desk-dials,${WWPHONE_USER}|${WWPHONE_DIALS}))
 same => n,Set(CONNECTEDLINE(all)="" <${WWPHONE_DIALS}>)
 same => n,Set(_WWPHONE_TO_SHOW=${WWPHONE_TO_SHOW})
 same => n,Set(_WWPHONE_SHOWN_NUMBERS=${WWPHONE_SHOWN_NUMBERS})
 same => n,Set(_WWPHONE_NUMBER=${WWPHONE_NUMBER})
 same => n,Set(_WWPHONE_DISPLAYED_NUMBER=${WWPHONE_DISPLAYED_NUMBER})
 same => n,Set(_WWPHONE_DISPLAYED_WHEN_FORWARDING=${WWPHONE_DISPLAYED_WHEN_FORWARDING})
 same => n,Set(_WWPHONE_ROOM=${WWPHONE_ROOM})
 same => n,Set(_WWPHONE_PICKUP_GROUPS=${WWPHONE_PICKUP_GROUPS})
 same => n,Dial(Local/${EXTEN}@wwphone-desk-out,,g)
 same => n,Goto(wwphone-desk,wait,1)

[wwphone-desk-out]
exten => _[+*#0-9]!,1,Set(CALLERID(all)=${PJSIP_ENDPOINT(${WWPHONE_USER},callerid)})
 same => n,GotoIf($[${DIALPLAN_EXISTS(wwphone-phones,${EXTEN},1)}]?wwphone-phones,${EXTEN},1)
 same => n,Goto(wwphone-ended,UNKNOWN,1)

; ---- a party that is held. WWPHONE_HELD: user|the phone's channel|its uniqueid|number|name of this party. Was the phone put
; down meanwhile, the call rings at all devices of the user. Those at "together" were merged, and will be again.
[wwphone-held]
exten => start,1,MusicOnHold(,2)
 same => n,GotoIf(${CHANNEL_EXISTS(${CUT(WWPHONE_HELD,|,2)})}?start,1)
 same => n(rings),UserEvent(WwphoneHeldRings)
 same => n,Set(GROUP(wwphone-held)=none)
 same => n,Set(WWPHONE_CONTACTS=${PJSIP_DIAL_CONTACTS(${CUT(WWPHONE_HELD,|,1)})})
 same => n,GotoIf($["${WWPHONE_CONTACTS}" = ""]?wwphone-ended,UNREGISTERED,1)
 same => n,Dial(${WWPHONE_CONTACTS},${WWPHONE_RING_TIMEOUT},mb(wwphone-held-callee^start^1))
 same => n,Goto(wwphone-ended,${DIALSTATUS},1)

exten => together,1,MusicOnHold(,2)
 same => n,GotoIf(${CHANNEL_EXISTS(${CUT(WWPHONE_HELD,|,2)})}?together,1)
 same => n,Goto(start,rings)

; ---- it is connected with the channel WWPHONE_PEER, and leaves the phone alone
exten => join,1,Bridge(${WWPHONE_PEER})
 same => n,Hangup()

; ---- a party that is merged with the phone of WWPHONE_HELD. When the phone is put down, all of this is over (end_marked); when
; the last party hangs up, the phone waits for the calls it has besides, or is put down.
[wwphone-merged]
exten => start,1,ConfBridge(wwphone-${CUT(WWPHONE_HELD,|,3)},wwphone.merged,wwphone.party)
 same => n,Hangup()
exten => h,1,Set(WWPHONE_PHONE=${CUT(WWPHONE_HELD,|,2)})
 same => n,GotoIf($[${CONFBRIDGE_INFO(parties,wwphone-${CUT(WWPHONE_HELD,|,3)})} != 1]?over)
 same => n,ExecIf(${CHANNEL_EXISTS(${WWPHONE_PHONE})}?ChannelRedirect(${WWPHONE_PHONE},wwphone-desk,wait,1))
 same => n(over),NoOp()

[wwphone-held-callee]
exten => start,1,Set(PJSIP_HEADER(add,X-Wwphone-Kind)=internal)
 same => n,TryExec(CELGenUserEvent(wwphone-again,${CHANNEL(pjsip,call-id)}))
 same => n,Set(WWPHONE_DIRECTION=incoming)
 same => n,Return()
"""
