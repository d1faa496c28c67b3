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
include => wwphone-shown
include => wwphone-outgoing

; Hook: numbers outside. The shown number is in WWPHONE_DISPLAYED_NUMBER; none is to be shown if CALLERID(pres) says so.
[wwphone-outgoing]

; Hook: emergency numbers, each as its own extension. Without it they go where wwphone-outgoing sends them.
[wwphone-emergency]

[wwphone-emergency-call]
exten => start,1,GotoIf($[${DIALPLAN_EXISTS(wwphone-emergency,${ARG1},1)}]?wwphone-emergency,${ARG1},1)
 same => n,GotoIf($[${DIALPLAN_EXISTS(wwphone-outgoing,${ARG1},1)}]?wwphone-outgoing,${ARG1},1)
 same => n,Goto(wwphone-ended,CHANUNAVAIL,1)

; Hook: calls from outside go to wwphone-direct (below), with a user's number, shown number or a group's number.

; ---- what a user set, in AstDB, so that it counts without the CTI server too: wwphone-reach/<user> has up to six fields,
; kinds of call that ring (or dnd), then where calls go: always, when not registered, when busy, when nobody answers; and the
; seconds until then. Nothing stored: everything rings, nothing is forwarded.

; ---- a user's devices: ARG1 user, ARG2 number, ARG3 states that count as busy, ARG4 kind, ARG5 number that was called.
; PICKUPMARK is what ** and the number look for. A call never comes twice to the same user by forwarding; who transfers it
; begins anew.
[wwphone-user]
exten => start,1,GotoIf($["${BLINDTRANSFER}" = "${WWPHONE_TRANSFERRED_BY}"]?once)
 same => n,Set(WWPHONE_TRANSFERRED_BY=${BLINDTRANSFER})
 same => n,Set(WWPHONE_WANTED=${ARG2})
 same => n,Set(WWPHONE_FORWARDED=)
 same => n,Set(GROUP(wwphone-calls)=)
 same => n,Set(REDIRECTING(count,i)=0)
 same => n(once),GotoIf($["${WWPHONE_FORWARDED}" =~ "/${ARG1}/"]?wwphone-ended,${WWPHONE_FORWARD_END},1)
 same => n,TryExec(CELGenUserEvent(wwphone-wanted,${ARG1}|${ARG4}|${ARG5}|${CALLERID(pres)}))
 same => n,Set(__PICKUPMARK=${ARG2})
 same => n,Set(WWPHONE_REACH=${DB(wwphone-reach/${ARG1})})
 same => n,Gosub(wwphone-forward,start,1(${ARG1},${ARG2},${ARG4},${CUT(WWPHONE_REACH,|,2)},cfu,UNREGISTERED))
 same => n,Set(WWPHONE_SECONDS=${CUT(WWPHONE_REACH,|,6)})
 same => n,Set(WWPHONE_SECONDS=${IF($["${WWPHONE_SECONDS}" = ""]?${WWPHONE_RING_TIMEOUT}:${WWPHONE_SECONDS})})
 same => n,Gosub(wwphone-ring,start,1(${ARG1},${ARG3},${ARG4},${ARG5},${WWPHONE_SECONDS}))
 same => n,Goto(${WWPHONE_STATUS},1)

exten => UNREGISTERED,1,Gosub(wwphone-forward,start,1(${ARG1},${ARG2},${ARG4},${CUT(WWPHONE_REACH,|,3)},unavailable,UNREGISTERED))
 same => n,Goto(wwphone-ended,${WWPHONE_STATUS},1)
exten => CHANUNAVAIL,1,GotoIf($["${HANGUPCAUSE}" = "58"]?wwphone-ended,NOCODEC,1)
 same => n,GotoIf($["${HANGUPCAUSE}" = "18"]?NOANSWER,1)
 same => n,Goto(UNREGISTERED,1)
exten => CONGESTION,1,Goto(CHANUNAVAIL,1)
exten => BUSY,1,Gosub(wwphone-forward,start,1(${ARG1},${ARG2},${ARG4},${CUT(WWPHONE_REACH,|,4)},cfb,BUSY))
 same => n,Goto(wwphone-ended,BUSY,1)
; Declined: whoever does not want the call is busy for it. Without a forwarding the caller learns that it was declined.
exten => DECLINED,1,Gosub(wwphone-forward,start,1(${ARG1},${ARG2},${ARG4},${CUT(WWPHONE_REACH,|,4)},cfb,DECLINED))
 same => n,Goto(wwphone-ended,DECLINED,1)
exten => NOANSWER,1,Gosub(wwphone-forward,start,1(${ARG1},${ARG2},${ARG4},${CUT(WWPHONE_REACH,|,5)},cfnr,NOANSWER))
 same => n,Goto(wwphone-ended,NOANSWER,1)
; Kept from ringing: that is like being busy, and whoever forwards unanswered calls only wants them forwarded too.
exten => SILENT,1,Set(WWPHONE_STATUS=${IF($["${CUT(WWPHONE_REACH,|,1)}" = "dnd"]?BUSY:SILENT)})
 same => n,Gosub(wwphone-forward,start,1(${ARG1},${ARG2},${ARG4},${CUT(WWPHONE_REACH,|,4)},cfb,${WWPHONE_STATUS}))
 same => n,Gosub(wwphone-forward,start,1(${ARG1},${ARG2},${ARG4},${CUT(WWPHONE_REACH,|,5)},cfnr,${WWPHONE_STATUS}))
 same => n,Goto(wwphone-ended,${WWPHONE_STATUS},1)
exten => ANSWER,1,Goto(wwphone-ended,ANSWER,1)
exten => CANCEL,1,Goto(wwphone-ended,CANCEL,1)
exten => i,1,Goto(wwphone-ended,i,1)

; ---- the same within a group: no time limit of its own, the number that was called is the group's, nothing is forwarded
[wwphone-member]
exten => start,1,GotoIf($["${DB(wwphone-group/${WWPHONE_CALLED}/${ARG1})}" = "out"]?wwphone-ended,SILENT,1)
 same => n,TryExec(CELGenUserEvent(wwphone-wanted,${ARG1}|group|${WWPHONE_CALLED}|${CALLERID(pres)}))
 same => n,Set(__PICKUPMARK=${ARG2})
 same => n,Set(WWPHONE_REACH=${DB(wwphone-reach/${ARG1})})
 same => n,Gosub(wwphone-ring,start,1(${ARG1},${ARG3},group,${WWPHONE_CALLED},))
 same => n,Goto(wwphone-ended,${WWPHONE_STATUS},1)

; ---- ARG1 user, ARG2 busy states, ARG3 kind, ARG4 called number, ARG5 seconds; what became of it is in WWPHONE_STATUS
[wwphone-ring]
exten => start,1,Set(WWPHONE_STATUS=UNREGISTERED)
 same => n,Set(WWPHONE_CONTACTS=${PJSIP_DIAL_CONTACTS(${ARG1})})
 same => n,GotoIf($["${WWPHONE_CONTACTS}" = ""]?done)
 same => n,Set(WWPHONE_STATUS=SILENT)
 same => n,GotoIf($["${WWPHONE_REACH}" != "" & !("${CUT(WWPHONE_REACH,|,1)}" =~ "${ARG3}")]?done)
 same => n,Set(WWPHONE_STATUS=BUSY)
 same => n,GotoIf($["${DEVICE_STATE(PJSIP/${ARG1})}" =~ "^(${ARG2})$"]?done)
 same => n,Set(__FORWARD_CONTEXT=wwphone-deflected)
 same => n,Dial(${WWPHONE_CONTACTS},${ARG5},b(wwphone-callee^start^1(${ARG3}^${ARG4}^${CHANNEL}))U(wwphone-taken))
 same => n,Set(WWPHONE_STATUS=${DIALSTATUS})
 same => n(done),Return()
; one of the devices declined while Dial waits: the caller comes from there, and is still within this subroutine
exten => declined,1,Set(WWPHONE_STATUS=DECLINED)
 same => n,Return()

; ---- ARG1 user, ARG2 number, ARG3 kind, ARG4 where to, if anywhere, ARG5 why (as REDIRECTING(reason) says it), ARG6 how the call
; ends if it would come here again. A call that was forwarded five times, here or before it came (RFC 5806), goes no further.
[wwphone-forward]
exten => start,1,GotoIf($["${ARG4}" = ""]?back)
 same => n,GotoIf($[0${REDIRECTING(count)} >= 5]?wwphone-ended,${ARG6},1)
 same => n,GotoIf($[${DIALPLAN_EXISTS(wwphone-emergency-numbers,${ARG4},1)}]?wwphone-ended,UNKNOWN,1)
 same => n,GotoIf($["${ARG4}" = "900" & "${WWPHONE_INVITATION}" != ""]?wwphone-ended,${IF($["${ARG5}" = "cfu"]?NOANSWER:${ARG6})},1)
 same => n,GotoIf($["${ARG4}" = "900"]?mailbox,1)
 same => n,Set(WWPHONE_FORWARDED=${WWPHONE_FORWARDED}/${ARG1}/)
 same => n,Set(WWPHONE_FORWARD_END=${ARG6})
 same => n,TryExec(CELGenUserEvent(wwphone-forwards,${ARG1}|${ARG4}))
 same => n,Set(REDIRECTING(from-all,i)=${PJSIP_ENDPOINT(${ARG1},callerid)})
 same => n,Set(REDIRECTING(to-num,i)=${ARG4})
 same => n,Set(REDIRECTING(reason,i)=${ARG5})
 same => n,Set(REDIRECTING(count,i)=$[0${REDIRECTING(count)} + 1])
 same => n,Gosub(wwphone-forward-shown,start,1)
 same => n,GotoIf($["${ARG3}" = "direct" & ${DIALPLAN_EXISTS(wwphone-direct,${ARG4},1)}]?wwphone-direct,${ARG4},1)
 same => n,GotoIf($[${DIALPLAN_EXISTS(wwphone-internal,${ARG4},1)}]?wwphone-internal,${ARG4},1)
 same => n,GotoIf($[${DIALPLAN_EXISTS(wwphone-outgoing,${ARG4},1)}]?wwphone-outgoing,${ARG4},1)
 same => n,Goto(wwphone-ended,UNKNOWN,1)
 same => n(back),Return()

exten => mailbox,1,Answer()
 same => n,VoiceMail(${ARG2}@wwphone,${IF($["${ARG5}" = "cfb"]?b:u)})
 same => n,Hangup()

; ---- what wwphone-outgoing shows of a forwarded call: a colleague's number for that, else what they always show; of somebody
; outside, their own number
[wwphone-forward-shown]
exten => start,1,GotoIf($["${WWPHONE_NUMBER}" = ""]?outside)
 same => n,ExecIf($["${WWPHONE_DISPLAYED_WHEN_FORWARDING}" != ""]?Set(WWPHONE_DISPLAYED_NUMBER=${WWPHONE_DISPLAYED_WHEN_FORWARDING}))
 same => n,Return()
 same => n(outside),Set(WWPHONE_DISPLAYED_NUMBER=${CALLERID(num)})
 same => n,Return()

; ---- *31* and a number outside: a call with another shown number. X-Wwphone-Shown names it, and it counts only if it is one of the
; caller's own, or in the list of what may be shown besides; without that header none is shown. A steered phone
; has no header: there WWPHONE_TO_SHOW stands for it. Colleagues and emergency services see who calls all the same.
[wwphone-shown]
exten => _*31*[+0-9]!,1,Set(WWPHONE_ASKED=${FILTER(+0-9,${WWPHONE_TO_SHOW})})
 same => n,ExecIf($["${CHANNEL(channeltype)}" = "PJSIP"]?Set(WWPHONE_ASKED=${FILTER(+0-9,${PJSIP_HEADER(read,X-Wwphone-Shown)})}))
 same => n,GotoIf($[${DIALPLAN_EXISTS(wwphone-emergency-numbers,${EXTEN:4},1)}]?dial)
 same => n,GotoIf($[${DIALPLAN_EXISTS(wwphone-internal,${EXTEN:4},1)}]?dial)
 same => n,GotoIf($["${WWPHONE_ASKED}" = ""]?none)
 same => n,GotoIf($["=${WWPHONE_ASKED}" = "=${WWPHONE_NUMBER}"]?take)
 same => n,GotoIf($["=${WWPHONE_ASKED}" = "=${WWPHONE_DISPLAYED_WHEN_FORWARDING}"]?take)
 same => n,GotoIf($["=${WWPHONE_SHOWN_NUMBERS}" = "="]?dial)
 same => n,GotoIf($["=${LISTFILTER(WWPHONE_SHOWN_NUMBERS,/,${WWPHONE_ASKED})}" = "=${WWPHONE_SHOWN_NUMBERS}"]?dial)
 same => n(take),Set(WWPHONE_DISPLAYED_NUMBER=${WWPHONE_ASKED})
 same => n,Goto(dial)
 same => n(none),Set(CALLERID(pres)=prohib)
 same => n,Set(WWPHONE_DISPLAYED_NUMBER=)
 same => n(dial),GotoIf($[${DIALPLAN_EXISTS(wwphone-phones,${EXTEN:4},1)}]?wwphone-phones,${EXTEN:4},1)
 same => n,Goto(wwphone-ended,UNKNOWN,1)

; ---- runs on each called device before its INVITE is sent: ARG1 kind, ARG2 called number, ARG3 the caller's channel
[wwphone-callee]
exten => start,1,Set(PJSIP_HEADER(add,X-Wwphone-Kind)=${ARG1})
 same => n,Set(PJSIP_HEADER(add,X-Wwphone-Called)=${ARG2})
 same => n,ExecIf($["${WWPHONE_INVITED_TO}" != ""]?Set(PJSIP_HEADER(add,X-Wwphone-Conference)=${WWPHONE_INVITED_TO}))
 same => n,Set(WWPHONE_DIRECTION=incoming)
 same => n,Set(WWPHONE_CALLER=${ARG3})
 same => n,Set(WWPHONE_OFFER=${ARG1}/${ARG2})
 same => n,UserEvent(WwphoneOffer,Offer: ${WWPHONE_OFFER})
 same => n,TryExec(CELGenUserEvent(wwphone-offer,${ARG1}|${ARG2}|${CHANNEL(pjsip,call-id)}))
 same => n,Set(CHANNEL(hangup_handler_push)=wwphone-callee-gone,start,1(${ARG3}))
 same => n,Return()

; ---- one device declined (cause 21): none of the user's others shall ring on (RFC 3261 section 21.6, 603 Decline)
[wwphone-callee-gone]
exten => start,1,ExecIf($["${HANGUPCAUSE}" = "21"]?ChannelRedirect(${ARG1},wwphone-ring,declined,1))
 same => n,Return()

; ---- one device deflected (302): not only its own ringing is sent on, the caller is, and the user's others fall silent. For
; that, Dial's Local channel to the new number answers at once, and instead of connecting, Dial lets the caller go on there.
[wwphone-deflected]
exten => _[+*#0-9a-z]!,1,Answer()
 same => n,Wait(10)
 same => n,Hangup()

; ---- runs on whatever channel answered, before the caller is connected: only on that of a deflection it does something. A
; claim by somebody with several devices comes as a Local channel too, of another context.
[wwphone-taken]
exten => s,1,GotoIf($["${CHANNEL}" =~ "^Local/[^@]+@wwphone-deflected-"]?:connect)
 same => n,Set(WWPHONE_SENT_TO=${CUT(CHANNEL,@,1)})
 same => n,Set(GOSUB_RESULT=GOTO:wwphone-deflection^${WWPHONE_SENT_TO:6}^1)
 same => n(connect),GotoIf($["${CHANNEL(channeltype)}" != "PJSIP"]?over)
 same => n,TryExec(CELGenUserEvent(wwphone-device,${PJSIP_RESPONSE_HEADER(read,User-Agent)}))
 same => n(over),Return()

; ---- where the caller goes; two who deflect to each other do not do so for ever
[wwphone-deflection]
exten => voicemail,1,GotoIf($["${WWPHONE_INVITATION}" != ""]?wwphone-ended,NOANSWER,1)
 same => n,Answer()
 same => n,VoiceMail(${PICKUPMARK}@wwphone,u)
 same => n,Hangup()
exten => _[+*#0-9]!,1,Set(WWPHONE_DEFLECTIONS=$[0${WWPHONE_DEFLECTIONS} + 1])
 same => n,GotoIf($[${WWPHONE_DEFLECTIONS} > 5]?wwphone-ended,BUSY,1)
 same => n,TryExec(CELGenUserEvent(wwphone-forwards,|${EXTEN}))
 same => n,GotoIf($[${DIALPLAN_EXISTS(wwphone-emergency-numbers,${EXTEN},1)}]?wwphone-ended,UNKNOWN,1)
 same => n,GotoIf($[${DIALPLAN_EXISTS(wwphone-phones,${EXTEN},1)}]?wwphone-phones,${EXTEN},1)
 same => n,Goto(wwphone-ended,UNKNOWN,1)
exten => i,1,Goto(wwphone-ended,UNKNOWN,1)

; ---- a call that was transferred unseen, and that nobody took, goes back to who transferred it: ARG1 why.
; BLINDTRANSFER is that phone's channel, PJSIP/user-00000000; it counts once.
[wwphone-return]
exten => start,1,GotoIf($["${BLINDTRANSFER:0:6}" != "PJSIP/"]?over)
 same => n,Set(WWPHONE_CONTACTS=${PJSIP_DIAL_CONTACTS(${BLINDTRANSFER:6:-9})})
 same => n,Set(BLINDTRANSFER=)
 same => n,GotoIf($["${WWPHONE_CONTACTS}" = ""]?over)
 same => n,Dial(${WWPHONE_CONTACTS},${WWPHONE_RING_TIMEOUT},b(wwphone-returned^start^1(${WWPHONE_WANTED}^${ARG1})))
 same => n(over),Return()

; ---- runs on each device to which a call goes back: ARG1 the number that did not take it, ARG2 why
[wwphone-returned]
exten => start,1,Set(PJSIP_HEADER(add,X-Wwphone-Kind)=internal)
 same => n,Set(PJSIP_HEADER(add,X-Wwphone-Returned)=${ARG1} ${ARG2})
 same => n,TryExec(CELGenUserEvent(wwphone-again,${CHANNEL(pjsip,call-id)}))
 same => n,Set(WWPHONE_DIRECTION=incoming)
 same => n,Return()

; ---- how a call nobody took ends: Q.850 cause, SIP status, what the caller is told
[wwphone-ended]
exten => ANSWER,1,Hangup()
exten => CANCEL,1,Hangup()
exten => BUSY,1,Gosub(wwphone-return,start,1(busy))
 same => n,Hangup(17)
exten => NOANSWER,1,Gosub(wwphone-return,start,1(no_answer))
 same => n,Hangup(19)
exten => DECLINED,1,Gosub(wwphone-return,start,1(declined_there))
 same => n,Hangup(16)
exten => NOTPERMITTED,1,Hangup(21)
exten => NOTHING,1,Hangup(19)
exten => UNKNOWN,1,Hangup(1)
exten => SILENT,1,Gosub(wwphone-return,start,1(unreachable))
 same => n,Hangup(34)
exten => UNREGISTERED,1,Goto(SILENT,1)
exten => CHANUNAVAIL,1,GotoIf($["${HANGUPCAUSE}" = "58"]?NOCODEC,1)
 same => n,GotoIf($["${HANGUPCAUSE}" = "18"]?NOANSWER,1)
 same => n,Gosub(wwphone-return,start,1(unreachable))
 same => n,Hangup(34)
exten => CONGESTION,1,Goto(CHANUNAVAIL,1)
exten => NOCODEC,1,Gosub(wwphone-return,start,1(no_common_codec))
 same => n,Hangup(58)
exten => i,1,Hangup(34)

; ---- numbers of the PBX itself
[wwphone-services]
exten => *8,1,Pickup()
 same => n,Goto(wwphone-ended,NOTHING,1)

; *41 and a ring group's number logs in there, *42 logs out: each member for oneself, by a call of one's own
exten => _*4[12]XX!,1,GotoIf($["${BLINDTRANSFER}${WWPHONE_DEFLECTIONS}" != ""]?wwphone-ended,NOTPERMITTED,1)
 same => n,Set(WWPHONE_ASKED=${EXTEN:3}-${WWPHONE_NUMBER})
 same => n,GotoIf($[${DIALPLAN_EXISTS(wwphone-memberships,${WWPHONE_ASKED},1)}]?:wwphone-ended,NOTPERMITTED,1)
 same => n,Gosub(wwphone-memberships,${WWPHONE_ASKED},1)
 same => n,Set(WWPHONE_OUT=${IF($["${EXTEN:2:1}" = "2"]?out)})
 same => n,Gosub(wwphone-keyed,start,1(group,${EXTEN:3}/${WWPHONE_MEMBER},${WWPHONE_OUT},${WWPHONE_MEMBER}))
 same => n,Answer()
 same => n,Playback(${IF($["${WWPHONE_OUT}" = "out"]?agent-loggedoff:agent-loginok)})
 same => n,Hangup()

; *43 and a ring group's number takes who waits longest for it: each member, by a call of one's own
exten => _*43XX!,1,GotoIf($["${BLINDTRANSFER}${WWPHONE_DEFLECTIONS}" != ""]?wwphone-ended,NOTPERMITTED,1)
 same => n,Set(WWPHONE_ASKED=${EXTEN:3}-${WWPHONE_NUMBER})
 same => n,GotoIf($[${DIALPLAN_EXISTS(wwphone-memberships,${WWPHONE_ASKED},1)}]?:wwphone-ended,NOTPERMITTED,1)
 same => n,Goto(wwphone-pulling,${EXTEN:3},1)

; *51 and a switch's code switches it on, *52 off, for who may: by a call of one's own
exten => _*5[12]X!,1,GotoIf($["${BLINDTRANSFER}${WWPHONE_DEFLECTIONS}" != ""]?wwphone-ended,NOTPERMITTED,1)
 same => n,Set(WWPHONE_ASKED=${EXTEN:3}-${WWPHONE_NUMBER})
 same => n,GotoIf($[${DIALPLAN_EXISTS(wwphone-switch-codes,${WWPHONE_ASKED},1)}]?:wwphone-ended,NOTPERMITTED,1)
 same => n,Gosub(wwphone-switch-codes,${WWPHONE_ASKED},1)
 same => n,Set(WWPHONE_OUT=${IF($["${EXTEN:2:1}" = "1"]?on)})
 same => n,Gosub(wwphone-keyed,start,1(switch,${WWPHONE_SWITCH},${WWPHONE_OUT},${WWPHONE_MEMBER}))
 same => n,Answer()
 same => n,Playback(${IF($["${WWPHONE_OUT}" = "on"]?activated:de-activated)})
 same => n,Hangup()

exten => 700,1,Goto(wwphone-park,start,1)

exten => 801,1,Answer()
 same => n,Echo()
 same => n,Hangup()

exten => 900,1,GotoIf($["${WWPHONE_NUMBER}" = ""]?wwphone-ended,NOTPERMITTED,1)
 same => n,Answer()
 same => n,VoiceMailMain(${WWPHONE_NUMBER}@wwphone,s)
 same => n,Hangup()

exten => 901,1,GotoIf($["${WWPHONE_ROOM}" = ""]?wwphone-ended,NOTPERMITTED,1)
 same => n,Goto(wwphone-own-rooms,${WWPHONE_ROOM},1)

exten => 902,1,GotoIf($["${WWPHONE_INVITATION}" != ""]?wwphone-ended,UNKNOWN,1)
 same => n,Goto(wwphone-conference,entry,1)

; ---- somebody keyed in what counts from now on: ARG1 kind, ARG2 which, ARG3 what stands in AstDB (nothing: no entry), ARG4 user.
; It counts at once. The CTI server hears of it, or finds the note in wwphone-keyed when it is back, and deletes that.
[wwphone-keyed]
exten => start,1,GotoIf($["${ARG3}" = ""]?off)
 same => n,Set(DB(wwphone-${ARG1}/${ARG2})=${ARG3})
 same => n,Goto(note)
 same => n(off),Set(WWPHONE_FORMER=${DB_DELETE(wwphone-${ARG1}/${ARG2})})
 same => n(note),Set(WWPHONE_AGENT=)
 same => n,ExecIf($["${CHANNEL(channeltype)}" = "PJSIP"]?Set(WWPHONE_AGENT=${PJSIP_HEADER(read,User-Agent)}))
 same => n,Set(WWPHONE_NOTE=${IF($["${ARG3}" = ""]?0:1)}|${EPOCH}|${ARG4}|${FILTER(a-zA-Z0-9 ./_,${WWPHONE_AGENT:0:60})})
 same => n,Set(DB(wwphone-keyed/${ARG1}/${ARG2})=${WWPHONE_NOTE})
 same => n,UserEvent(WwphoneKeyed,Flag: ${ARG1}/${ARG2},Keyed: ${WWPHONE_NOTE})
 same => n,Return()

; ---- parking: a transfer to 700 ends here, and the CTI server sends calls here. BLINDTRANSFER is the channel that did
; so, PJSIP/user-0000001a; without it somebody parks himself and hears the place.
[wwphone-park]
exten => start,1,Set(WWPHONE_PARKER=${BLINDTRANSFER:6:-9})
 same => n,Park(default,${IF($["${WWPHONE_PARKER}" = ""]?:s)}t(${WWPHONE_PARKING_TIME})c(wwphone-parked-back,start,1))
 same => n,Goto(wwphone-parked-back,start,1)

; ---- nobody fetched it in time, or no place was free: all devices of who parked it ring; nobody there, or do not
; disturb, and it waits on
[wwphone-parked-back]
exten => start,1,GotoIf($["${WWPHONE_PARKER}" = ""]?again)
 same => n,GotoIf($["${DB(wwphone-reach/${WWPHONE_PARKER}):0:3}" = "dnd"]?remember)
 same => n,Set(WWPHONE_CONTACTS=${PJSIP_DIAL_CONTACTS(${WWPHONE_PARKER})})
 same => n,GotoIf($["${WWPHONE_CONTACTS}" = ""]?remember)
 same => n,Dial(${WWPHONE_CONTACTS},${WWPHONE_RING_TIMEOUT},mb(wwphone-parked-callee^start^1(${PARKING_SPACE})))
 same => n(remember),Set(BLINDTRANSFER=PJSIP/${WWPHONE_PARKER}-00000000)
 same => n(again),Park(default,st(${WWPHONE_PARKING_TIME})c(wwphone-parked-back,start,1))
 same => n,Wait(5)
 same => n,Goto(start,1)

[wwphone-parked-callee]
exten => start,1,Set(PJSIP_HEADER(add,X-Wwphone-Parked)=${ARG1})
 same => n,TryExec(CELGenUserEvent(wwphone-again,${CHANNEL(pjsip,call-id)}))
 same => n,Set(WWPHONE_DIRECTION=incoming)
 same => n,Return()

; ---- click to dial: the CTI server rings the user's own device, which comes here when it is answered
[wwphone-click]
exten => _[+*#0-9]!,1,Set(CALLERID(all)=${PJSIP_ENDPOINT(${WWPHONE_USER},callerid)})
 same => n,TryExec(CELGenUserEvent(wwphone-dials,${WWPHONE_USER}|${EXTEN}))
 same => n,GotoIf($[${DIALPLAN_EXISTS(wwphone-phones,${EXTEN},1)}]?wwphone-phones,${EXTEN},1)
 same => n,Playback(pbx-invalid)
 same => n,Goto(wwphone-ended,UNKNOWN,1)

; ---- fetching a parked call: as click to dial, but nothing is said to whom a phone was faster
[wwphone-fetch]
exten => _7XX,1,Set(CALLERID(all)=${PJSIP_ENDPOINT(${WWPHONE_USER},callerid)})
 same => n,TryExec(CELGenUserEvent(wwphone-fetches,${WWPHONE_USER}))
 same => n,GotoIf($["${DEVICE_STATE(park:${EXTEN}@parkedcalls)}" != "INUSE"]?wwphone-ended,NOTHING,1)
 same => n,ParkedCall(default,${EXTEN})
 same => n,Hangup()

; ---- another device of a user was answered that is to go on with a call: it takes the place of the one before, which ends
[wwphone-move]
exten => 1,1,Set(CALLERID(all)=${PJSIP_ENDPOINT(${WWPHONE_USER},callerid)})
 same => n,TryExec(CELGenUserEvent(wwphone-moves,${WWPHONE_USER}|${WWPHONE_PEER}))
 same => n,Bridge(${WWPHONE_PEER})
 same => n,Hangup()

; ---- click to dial with several own devices: all ring, the one that is answered is used
[wwphone-own-devices]
exten => start,1,Dial(${PJSIP_DIAL_CONTACTS(${WWPHONE_USER})},${WWPHONE_RING_TIMEOUT},b(wwphone-own-device^start^1))
 same => n,Goto(wwphone-ended,${DIALSTATUS},1)

[wwphone-own-device]
exten => start,1,Set(WWPHONE_DIRECTION=outgoing)
 same => n,Return()

; ---- claim: the CTI server rings the user's own device, which comes here when it is answered, and takes the ringing
; channel WWPHONE_CLAIMED. It is the user's own name that the caller is told.
[wwphone-claim]
exten => start,1,Set(CALLERID(all)=${PJSIP_ENDPOINT(${WWPHONE_USER},callerid)})
 same => n,TryExec(CELGenUserEvent(wwphone-claims,${WWPHONE_USER}))
 same => n,PickupChan(${WWPHONE_CLAIMED})
 same => n,Goto(wwphone-ended,NOTHING,1)
"""
