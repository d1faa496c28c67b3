"""The part of the dial plan that knows what people dial in front of numbers outside; there is none without such a prefix."""

from __future__ import annotations

from collections.abc import Container, Iterator

from wwphone.domain.numbers import EMERGENCY_NUMBERS, RESERVED_NUMBERS
from wwphone.domain.trunk_prefix import TrunkPrefix

CALLER = "Gosub(wwphone-caller,start,1)"
"""The step by which a caller's number that the line delivers with the prefix loses it."""

_CONTEXTS = """\
; ---- numbers outside, with or without the trunk prefix {digits} in front: wwphone-outgoing gets them without
[wwphone-outside]
include => wwphone-outgoing
exten => _{digits}X.,1,Gosub(wwphone-without-prefix,start,1(${{EXTEN}}))
 same => n,GotoIf($[${{DIALPLAN_EXISTS(wwphone-outgoing,${{WWPHONE_OUTSIDE}},1)}}]?wwphone-outgoing,${{WWPHONE_OUTSIDE}},1)
 same => n,Goto(wwphone-ended,UNKNOWN,1)
exten => _{digits}+X.,1,GotoIf($[${{DIALPLAN_EXISTS(wwphone-outgoing,${{EXTEN:{length}}},1)}}]?wwphone-outgoing,${{EXTEN:{length}}},1)
 same => n,Goto(wwphone-ended,UNKNOWN,1)

; ---- ARG1, which begins like the prefix, as it is dialled outside, in WWPHONE_OUTSIDE: a number of the home country stays as it is;
; else what follows is, if it is one; else a number with its country in front stays
[wwphone-without-prefix]
exten => start,1,Set(WWPHONE_OUTSIDE=${{ARG1}})
 same => n,GotoIf(${{REGEX("${{WWPHONE_HOME_NUMBERS}}" ${{ARG1}})}}?over)
 same => n,GotoIf(${{REGEX("${{WWPHONE_HOME_NUMBERS}}" ${{ARG1:{length}}})}}?without)
 same => n,GotoIf(${{REGEX("${{WWPHONE_NUMBERS_ABROAD}}" ${{ARG1}})}}?over)
 same => n(without),Set(WWPHONE_OUTSIDE=${{ARG1:{length}}})
 same => n(over),Return()

; ---- a caller whose number the line delivers with the prefix is shown without, where a number outside follows beyond doubt
[wwphone-caller]
exten => start,1,Set(WWPHONE_OUTSIDE=${{FILTER(+0-9,${{CALLERID(num)}})}})
 same => n,GotoIf($["=${{WWPHONE_OUTSIDE:0:{length}}}" != "={digits}"]?over)
 same => n,GotoIf($[${{DIALPLAN_EXISTS(wwphone-internal,${{WWPHONE_OUTSIDE}},1)}}]?over)
 same => n,GotoIf($[${{DIALPLAN_EXISTS(wwphone-emergency-numbers,${{WWPHONE_OUTSIDE:{length}}},1)}}]?without)
 same => n,GotoIf(${{REGEX("${{WWPHONE_HOME_NUMBERS}}" ${{WWPHONE_OUTSIDE}})}}?over)
 same => n,GotoIf(${{REGEX("${{WWPHONE_HOME_NUMBERS}}" ${{WWPHONE_OUTSIDE:{length}}})}}?without)
 same => n,GotoIf(${{REGEX("${{WWPHONE_NUMBERS_ABROAD}}" ${{WWPHONE_OUTSIDE}})}}?over)
 same => n,GotoIf(${{REGEX("${{WWPHONE_NUMBERS_ABROAD}}" ${{WWPHONE_OUTSIDE:{length}}})}}?without:over)
 same => n(without),Set(CALLERID(num)=${{WWPHONE_OUTSIDE:{length}}})
 same => n(over),Return()
"""


def globals_of(prefix: TrunkPrefix) -> Iterator[str]:
    """What the contexts tell numbers by."""
    if prefix:
        yield f"WWPHONE_HOME_NUMBERS = {prefix.home}"
        yield f"WWPHONE_NUMBERS_ABROAD = {prefix.abroad}"


def contexts(prefix: TrunkPrefix) -> list[str]:
    """The contexts, as one section."""
    text = _CONTEXTS.format(digits=prefix.digits, length=len(prefix.digits))
    return [text.rstrip("\n")] if prefix else []


def outside(shared: str, prefix: TrunkPrefix) -> str:
    """A shared part of the dial plan, in which all numbers outside but those of emergencies go by way of the prefix."""
    if not prefix:
        return shared
    for argument in ("${ARG4}", "${ARG6}"):
        step = f"DIALPLAN_EXISTS(wwphone-outgoing,{argument},1)}}]?wwphone-outgoing,"
        shared = shared.replace(step, step.replace("wwphone-outgoing", "wwphone-outside"))
    return shared.replace("include => wwphone-outgoing\n", "include => wwphone-outside\n")


def emergencies(prefix: TrunkPrefix, internal: Container[str]) -> Iterator[str]:
    """Emergency numbers behind the prefix; what is dialled inside stays inside."""
    for number in sorted(EMERGENCY_NUMBERS):
        dialled = prefix.digits + number
        if prefix and not any(dialled in taken for taken in (internal, RESERVED_NUMBERS, EMERGENCY_NUMBERS)):
            yield f"exten => {dialled},1,Gosub(wwphone-emergency-call,start,1({number}))"
