"""The part of the dial plan that lets callers of a ring group wait for their turn."""

from __future__ import annotations

from collections.abc import Iterator

from wwphone.server.api import PbxUser
from wwphone.server.ring_group_api import PbxRingGroup

QUEUE = """\
; ---- a ring group with a limit, a waiting queue, or somewhere else to go: ARG1 number, ARG2 calls at once (0: any), ARG3 how
; many may wait, ARG4 seconds, ARG5 what they hear, ARG6 number and ARG7 mailbox where a call goes that the group does not take.
; Everybody takes a ticket; whose is the lowest that is still there may ring, as soon as there is room and a member is free.
; GROUP (func_groupcount) says which tickets are there, how many wait and how many ring or talk: it ends with the channel, so
; who hangs up leaves nothing behind. LOCK makes looking and taking one step.
[wwphone-group]
exten => start,1,Set(WWPHONE_SINCE=${EPOCH})
 same => n,Set(WWPHONE_UNTIL=$[${WWPHONE_SINCE} + ${ARG4}])
 same => n,Set(WWPHONE_WAITS=)
 same => n,Set(WWPHONE_STATUS=BUSY)
 same => n,Set(WWPHONE_LOCKED=${LOCK(wwphone-group-${ARG1})})
 same => n,Set(WWPHONE_TICKET=$[0${GLOBAL(WWPHONE_TICKET_${ARG1})} + 1])
 same => n,Set(GLOBAL(WWPHONE_TICKET_${ARG1})=${WWPHONE_TICKET})
 same => n,Set(GROUP(wwphone-line-${ARG1})=${WWPHONE_TICKET})
 same => n,Goto(next)
 same => n(look),Set(WWPHONE_LOCKED=${LOCK(wwphone-group-${ARG1})})
 same => n,GotoIf($["${SHARED(WWPHONE_PULLED)}" != ""]?pulled)
 same => n(next),Set(WWPHONE_FIRST=$[0${GLOBAL(WWPHONE_FIRST_${ARG1})} + 0])
 same => n,GotoIf($[${WWPHONE_FIRST} >= ${WWPHONE_TICKET}]?first)
 same => n,GotoIf($[${GROUP_COUNT(${WWPHONE_FIRST}@wwphone-line-${ARG1})} > 0]?later)
 same => n,Set(WWPHONE_FORMER=${DB_DELETE(wwphone-waiter/${ARG1}/${WWPHONE_FIRST})})
 same => n,Set(GLOBAL(WWPHONE_FIRST_${ARG1})=$[${WWPHONE_FIRST} + 1])
 same => n,Goto(next)
 same => n(first),GotoIf($[${ARG2} = 0]?room)
 same => n,GotoIf($[${GROUP_COUNT(${ARG1}@wwphone-calls)} >= ${ARG2}]?later)
 same => n(room),GotoIf($[${ARG3} = 0]?ring)
 same => n,Set(WWPHONE_FREE=)
 same => n,Gosub(wwphone-group-free,${ARG1},1)
 same => n,GotoIf($["${WWPHONE_FREE}" = ""]?later)
 same => n(ring),Set(GROUP(wwphone-calls)=${ARG1})
 same => n,Set(GROUP(wwphone-line-${ARG1})=)
 same => n,Set(GROUP(wwphone-waits)=)
 same => n,Set(GLOBAL(WWPHONE_FIRST_${ARG1})=$[${WWPHONE_TICKET} + 1])
 same => n,Set(WWPHONE_LOCKED=${UNLOCK(wwphone-group-${ARG1})})
 same => n,ExecIf($["${WWPHONE_WAITS}" != ""]?Gosub(wwphone-waiting,start,1(,${ARG1})))
 same => n,Set(WWPHONE_LEFT=$[${WWPHONE_UNTIL} - ${EPOCH}])
 same => n,Set(WWPHONE_LEFT=${IF($[${ARG3} = 0 | ${WWPHONE_LEFT} > ${WWPHONE_RING_TIMEOUT}]?${WWPHONE_RING_TIMEOUT}:${WWPHONE_LEFT})})
 same => n,Set(WWPHONE_LEFT=${IF($[${WWPHONE_LEFT} < 1]?1:${WWPHONE_LEFT})})
 same => n,ExecIf($["${WWPHONE_WAITS}" = "music"]?StopMusicOnHold())
 same => n,Dial(${WWPHONE_RUNG},${WWPHONE_LEFT},${IF($["${WWPHONE_WAITS}" = "music"]?m)})
 same => n,Set(WWPHONE_STATUS=${DIALSTATUS})
 same => n,Set(GROUP(wwphone-calls)=)
 same => n,GotoIf($[${ARG3} = 0 | ${EPOCH} >= ${WWPHONE_UNTIL}]?then)
; nobody took it: back to one's place, and after a moment again
 same => n(back),Set(WWPHONE_LOCKED=${LOCK(wwphone-group-${ARG1})})
 same => n,Set(GROUP(wwphone-line-${ARG1})=${WWPHONE_TICKET})
 same => n,ExecIf($["${WWPHONE_WAITS}" != ""]?Set(GROUP(wwphone-waits)=${ARG1}))
 same => n,Set(WWPHONE_FIRST=$[0${GLOBAL(WWPHONE_FIRST_${ARG1})} + 0])
 same => n,ExecIf($[${WWPHONE_FIRST} > ${WWPHONE_TICKET}]?Set(GLOBAL(WWPHONE_FIRST_${ARG1})=${WWPHONE_TICKET}))
 same => n,ExecIf($["${WWPHONE_WAITS}" = "music"]?StartMusicOnHold())
 same => n,Set(WWPHONE_PAUSE=3)
 same => n,Goto(wait)
 same => n(later),Set(WWPHONE_PAUSE=1)
 same => n(wait),GotoIf($["${WWPHONE_WAITS}" != ""]?again)
 same => n,GotoIf($[${GROUP_COUNT(${ARG1}@wwphone-waits)} >= ${ARG3}]?full)
 same => n,Set(GROUP(wwphone-waits)=${ARG1})
 same => n,Set(WWPHONE_WAITS=${ARG5})
 same => n,Set(WWPHONE_LOCKED=${UNLOCK(wwphone-group-${ARG1})})
 same => n,ExecIf($["${ARG5}" = "music"]?Answer())
 same => n,ExecIf($["${ARG5}" = "music"]?StartMusicOnHold():Ringing())
 same => n(again),Set(WWPHONE_LOCKED=${UNLOCK(wwphone-group-${ARG1})})
 same => n,GotoIf($["${WWPHONE_WAITING}" != ""]?still)
 same => n,Gosub(wwphone-waiting,start,1(${ARG1}/${WWPHONE_SINCE}/${CALLERID(pres)},${ARG1}))
 same => n(still),NoOp()
 same => n,GotoIf($[${EPOCH} >= ${WWPHONE_UNTIL}]?then)
 same => n,WaitForCondition(#,#["#{SHARED(WWPHONE_PULLED)}" != ""],${WWPHONE_PAUSE},0.1)
 same => n,Goto(look)
; a member took it out of the queue: that is a call of the group like every other. Has the member hung up, back to one's place
 same => n(pulled),Set(GROUP(wwphone-calls)=${ARG1})
 same => n,Set(GROUP(wwphone-line-${ARG1})=)
 same => n,Set(GROUP(wwphone-waits)=)
 same => n,Set(WWPHONE_LOCKED=${UNLOCK(wwphone-group-${ARG1})})
 same => n,Gosub(wwphone-waiting,start,1(,${ARG1}))
 same => n,ExecIf($["${WWPHONE_WAITS}" = "music"]?StopMusicOnHold())
 same => n,Answer()
 same => n,Set(CONNECTEDLINE(all)=${SHARED(WWPHONE_PULLER)})
 same => n,Bridge(${SHARED(WWPHONE_PULLED)})
 same => n,GotoIf($["${BRIDGERESULT}" = "SUCCESS"]?over)
 same => n,Set(WWPHONE_WAITS=music)
 same => n,Set(SHARED(WWPHONE_PULLED)=)
 same => n,Set(GROUP(wwphone-calls)=)
 same => n,Goto(back)
 same => n(over),Hangup()
 same => n(full),Set(WWPHONE_LOCKED=${UNLOCK(wwphone-group-${ARG1})})
 same => n(then),Set(GROUP(wwphone-line-${ARG1})=)
 same => n,ExecIf($["${WWPHONE_WAITING}" != ""]?Gosub(wwphone-waiting,start,1(,${ARG1})))
 same => n,Set(GROUP(wwphone-waits)=)
 same => n,ExecIf($["${WWPHONE_WAITS}" = "music"]?StopMusicOnHold())
 same => n,GotoIf($["${ARG6}${ARG7}" != ""]?wwphone-instead,start,1)
 same => n,GotoIf($["${WWPHONE_WAITS}" = ""]?wwphone-ended,${WWPHONE_STATUS},1)
 same => n,Busy(5)

; ---- it is told who waits: ARG1 group, since when, and whether the caller may be named, or nothing any more; ARG2 group.
; The CTI server hears of it; for a member at a phone the ticket leads to the channel, and that says what it is.
[wwphone-waiting]
exten => start,1,Set(WWPHONE_WAITING=${ARG1})
 same => n,GotoIf($["${ARG1}" = ""]?over)
 same => n,Set(SHARED(WWPHONE_PLACE)=${ARG2}/${WWPHONE_TICKET})
 same => n,Set(SHARED(WWPHONE_WAITER)=${IF($["${CALLERID(pres):0:6}" = "prohib"]?:${CALLERID(all)})})
 same => n,Set(DB(wwphone-waiter/${ARG2}/${WWPHONE_TICKET})=${CHANNEL})
 same => n,Goto(tell)
 same => n(over),Set(WWPHONE_FORMER=${DB_DELETE(wwphone-waiter/${ARG2}/${WWPHONE_TICKET})})
 same => n(tell),UserEvent(WwphoneWaiting,Waiting: ${ARG1})
 same => n,Return()

; ---- a member takes somebody out of the queue: EXTEN group, WWPHONE_CLAIMED whose channel is meant; without it, who waits
; longest. Whoever waits sees it in WWPHONE_PULLED, and comes. Two members never get the same: LOCK makes looking and taking one step.
[wwphone-pull]
exten => _X!,1,Set(CALLERID(all)=${PJSIP_ENDPOINT(${WWPHONE_USER},callerid)})
 same => n,Goto(wwphone-pulling,${EXTEN},1)

[wwphone-pulling]
exten => _X!,1,Set(WWPHONE_PULLS=)
 same => n,Set(WWPHONE_LOCKED=${LOCK(wwphone-group-${EXTEN})})
 same => n,GotoIf($["${WWPHONE_CLAIMED}" = ""]?first)
 same => n,Gosub(wwphone-pullable,start,1(${EXTEN},${WWPHONE_CLAIMED}))
 same => n,Goto(found)
 same => n(first),Set(WWPHONE_NEXT=$[0${GLOBAL(WWPHONE_FIRST_${EXTEN})} + 0])
 same => n(next),GotoIf($[${WWPHONE_NEXT} > 0${GLOBAL(WWPHONE_TICKET_${EXTEN})}]?found)
 same => n,Gosub(wwphone-pullable,start,1(${EXTEN},${DB(wwphone-waiter/${EXTEN}/${WWPHONE_NEXT})}))
 same => n,GotoIf($["${WWPHONE_PULLS}" != ""]?found)
 same => n,Set(WWPHONE_NEXT=$[${WWPHONE_NEXT} + 1])
 same => n,Goto(next)
 same => n(found),GotoIf($["${WWPHONE_PULLS}" = ""]?none)
 same => n,Set(SHARED(WWPHONE_PULLER,${WWPHONE_PULLS})=${CALLERID(all)})
 same => n,Set(SHARED(WWPHONE_PULLED,${WWPHONE_PULLS})=${CHANNEL})
 same => n,Set(WWPHONE_LOCKED=${UNLOCK(wwphone-group-${EXTEN})})
 same => n,UserEvent(WwphonePulls,Offer: group/${EXTEN})
 same => n,TryExec(CELGenUserEvent(wwphone-pulls,${WWPHONE_USER}|${EXTEN}|${WWPHONE_PULLS}))
 same => n,Set(CONNECTEDLINE(all)=${SHARED(WWPHONE_WAITER,${WWPHONE_PULLS})})
 same => n,Answer()
 same => n,Wait(10)
 same => n,Goto(late)
 same => n(none),Set(WWPHONE_LOCKED=${UNLOCK(wwphone-group-${EXTEN})})
 same => n(late),UserEvent(WwphoneTooLate)
 same => n,Goto(wwphone-ended,NOTHING,1)

; ---- may this channel be taken out of the queue: ARG1 group, ARG2 the channel; if so it is in WWPHONE_PULLS
[wwphone-pullable]
exten => start,1,GotoIf($["${ARG2}" = ""]?no)
 same => n,GotoIf($[${CHANNEL_EXISTS(${ARG2})} = 0]?no)
 same => n,Set(WWPHONE_PLACE=${SHARED(WWPHONE_PLACE,${ARG2})})
 same => n,GotoIf($["${CUT(WWPHONE_PLACE,/,1)}" != "${ARG1}"]?no)
 same => n,GotoIf($[${GROUP_COUNT(${CUT(WWPHONE_PLACE,/,2)}@wwphone-line-${ARG1})} = 0]?no)
 same => n,GotoIf($["${SHARED(WWPHONE_PULLED,${ARG2})}" != ""]?no)
 same => n,Set(WWPHONE_PULLS=${ARG2})
 same => n(no),Return()

; ---- where a call goes that a group does not take, or that a switch sends elsewhere: ARG6 number or ARG7 mailbox. Five times, no more.
[wwphone-instead]
exten => start,1,Set(WWPHONE_INSTEAD=$[0${WWPHONE_INSTEAD} + 1])
 same => n,GotoIf($[${WWPHONE_INSTEAD} > 5]?wwphone-ended,BUSY,1)
 same => n,GotoIf($["${ARG6}" = ""]?mailbox)
 same => n,TryExec(CELGenUserEvent(wwphone-forwards,|${ARG6}))
 same => n,GotoIf($[${DIALPLAN_EXISTS(wwphone-emergency-numbers,${ARG6},1)}]?wwphone-ended,UNKNOWN,1)
 same => n,GotoIf($["${WWPHONE_NUMBER}" = "" & ${DIALPLAN_EXISTS(wwphone-direct,${ARG6},1)}]?wwphone-direct,${ARG6},1)
 same => n,GotoIf($[${DIALPLAN_EXISTS(wwphone-internal,${ARG6},1)}]?wwphone-internal,${ARG6},1)
 same => n,Gosub(wwphone-forward-shown,start,1)
 same => n,GotoIf($[${DIALPLAN_EXISTS(wwphone-outgoing,${ARG6},1)}]?wwphone-outgoing,${ARG6},1)
 same => n,Goto(wwphone-ended,UNKNOWN,1)
 same => n(mailbox),Answer()
 same => n,VoiceMail(${ARG7}@wwphone,u)
 same => n,Hangup()

; ---- whether a member would ring for the group in WWPHONE_CALLED: ARG1 user, ARG2 states that count as busy
[wwphone-member-free]
exten => start,1,GotoIf($["${WWPHONE_FREE}" = "yes"]?over)
 same => n,GotoIf($["${DB(wwphone-group/${WWPHONE_CALLED}/${ARG1})}" = "out"]?over)
 same => n,Set(WWPHONE_REACH=${DB(wwphone-reach/${ARG1})})
 same => n,GotoIf($["${WWPHONE_REACH}" != "" & !("${CUT(WWPHONE_REACH,|,1)}" =~ "group")]?over)
 same => n,GotoIf($["${PJSIP_DIAL_CONTACTS(${ARG1})}" = ""]?over)
 same => n,GotoIf($["${DEVICE_STATE(PJSIP/${ARG1})}" =~ "^(${ARG2})$"]?over)
 same => n,Set(WWPHONE_FREE=yes)
 same => n(over),Return()
"""


def queued(group: PbxRingGroup, users: dict[str, PbxUser]) -> str:
    """The step that lets a call of this group ring or wait."""
    waiting = group.waiting
    mailbox = users[waiting.then_mailbox_of].number if waiting.then_mailbox_of in users else ""
    arguments = [
        group.number,
        str(group.calls_at_once),
        str(waiting.most),
        str(waiting.longest_s),
        waiting.hears.value,
        waiting.then_number,
        mailbox,
    ]
    return f" same => n,Gosub(wwphone-group,start,1({','.join(arguments)}))"


def free(group: PbxRingGroup, states: dict[str, str]) -> Iterator[str]:
    """Is any member free? `states`: those that count as busy, by user."""
    yield f"exten => {group.number},1,NoOp()"
    for member in dict.fromkeys(group.members):
        yield f" same => n,Gosub(wwphone-member-free,start,1({member},{states[member]}))"
    yield " same => n,Return()"
