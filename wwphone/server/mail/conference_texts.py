"""The texts of an invitation: templates checked and filled in, as plain text and as a page."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from wwphone.domain.conference_plans import (
    MAX_ADDRESS,
    MAX_DESCRIPTION,
    MAX_INVITEES,
    MAX_PLACE,
    MAX_TITLE,
    NUMBER_VARIABLE,
    PIN_VARIABLE,
    VARIABLES,
    ConferencePlan,
    Invitee,
    PlannedConference,
    PlanProblem,
    PlanRemark,
)
from wwphone.server.conference_api import LetterKind, Organizer
from wwphone.server.mail.addresses import compared, taken_apart
from wwphone.server.mail.conference_calendar import Entry
from wwphone.server.mail.conference_words import opens_of, repeats_of, when_of, words_of
from wwphone.server.mail_rules import one_line

_VARIABLE = re.compile(r"<\s*[^\W\d_][\w .-]{0,40}>")
"""A word in brackets: no address and no link, which people write there, too."""
_FILLED = re.compile("|".join(map(re.escape, VARIABLES)), re.IGNORECASE)
_NO_LINE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_LINK = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)\]']|tel:[+0-9*#,;%A-Fa-f-]+")
_MOST_DETAIL = 120
_LEAST_NUMBER = 6
"""Characters: shorter ones stand in other words, too."""
_BREAK = "\n"
WriteNumber = Callable[[str], str]
"""A number as people write it."""


def remarks_on(plan: ConferencePlan) -> Iterator[PlanRemark]:
    """What is wrong with texts and addresses."""
    texts = {"title": plan.title, "place": plan.place, "description": plan.description}
    limits = {"title": MAX_TITLE, "place": MAX_PLACE, "description": MAX_DESCRIPTION}
    if not plan.title.strip():
        yield PlanRemark(PlanProblem.NO_TITLE)
    for name, text in texts.items():
        if len(text) > limits[name]:
            yield PlanRemark(PlanProblem.TOO_LONG, name)
        if (_NO_TEXT if name == "description" else _NO_LINE).search(text):
            yield PlanRemark(PlanProblem.CONTROL_CHARACTERS, name)
    found = dict.fromkeys(word for text in texts.values() for word in _VARIABLE.findall(text))
    for word in found:
        if word.lower() not in VARIABLES:
            yield PlanRemark(PlanProblem.UNKNOWN_VARIABLE, word)
    description = plan.description.lower()
    if NUMBER_VARIABLE not in description:
        yield PlanRemark(PlanProblem.NO_NUMBER)
    if PIN_VARIABLE not in description:
        yield PlanRemark(PlanProblem.NO_PIN)
    yield from _remarks_on_addresses(plan)


def invitees_of(plan: ConferencePlan) -> tuple[Invitee, ...]:
    """Everybody once, in their order. Raises ValueError."""
    found: dict[str, Invitee] = {}
    for text in plan.addresses:
        name, address = taken_apart(text)
        found.setdefault(compared(address), Invitee(address, name))
    return tuple(found.values())


def entry_of(conference: PlannedConference, invitee: Invitee, write_number: WriteNumber) -> Entry:
    """What stands in somebody's calendar."""
    plan, number = conference.plan, write_number(conference.number)
    return Entry(
        one_line(_filled(plan.title, number, invitee.pin)),
        _filled(_lines(plan.description), number, invitee.pin).strip(),
        one_line(_filled(plan.place, number, invitee.pin)),
        number,
        _link(conference, invitee),
        words_of(plan.language).link,
    )


def subject_of(entry: Entry, kind: LetterKind, language: str) -> str:
    """One line."""
    return words_of(language).subjects[kind].format(title=entry.title)


@dataclass(frozen=True)
class LetterText:
    """What an e-mail says: paragraphs, then rows of a head and a value each, then a remark."""

    paragraphs: tuple[str, ...] = field(repr=False)
    rows: tuple[tuple[str, str], ...] = field(repr=False)
    remark: str
    number: str = field(repr=False)
    link: str = field(repr=False)

    def plain(self) -> str:
        """As plain text."""
        width = max(len(head) for head, _ in self.rows) + 1
        lines = "\n".join(f"{head + ':':{width}} {value}" for head, value in self.rows)
        return "\n\n".join(filter(None, (*self.paragraphs, lines, self.remark))) + "\n"

    def page(self, title: str, language: str) -> str:
        """As a page: nothing in it is more than text, but for its links."""
        paragraphs = [
            f"<p>{self._marked(one).replace(_BREAK, f'<br>{_BREAK}')}</p>" for one in self.paragraphs
        ]
        rows = [
            f'<tr><th align="left" valign="top" style="padding-right: 1em">{html.escape(head)}</th>'
            f"<td>{self._marked(value)}</td></tr>"
            for head, value in self.rows
        ]
        remark = [f"<p><small>{html.escape(self.remark)}</small></p>"] if self.remark else []
        return "\n".join(
            [
                "<!DOCTYPE html>",
                f'<html lang="{html.escape(language)}">',
                f'<head><meta charset="utf-8"><title>{html.escape(title)}</title></head>',
                '<body style="font-family: sans-serif; line-height: 1.4">',
                *paragraphs,
                f"<table>\n{_BREAK.join(rows)}\n</table>",
                *remark,
                "</body></html>\n",
            ]
        )

    def _marked(self, text: str) -> str:
        """Escaped, and what can be opened or dialled as a link. Spaces stand as they were written."""
        pattern = _LINK
        if len(self.number) >= _LEAST_NUMBER and self.link:
            pattern = re.compile(f"{_LINK.pattern}|{re.escape(self.number)}")
        shown, at = [], 0
        for match in pattern.finditer(text):
            target = self.link if match[0] == self.number else match[0]
            label = match[0].removeprefix("tel:").replace("%23", "#")
            shown += [
                _escaped(text[at : match.start()]),
                f'<a href="{html.escape(target)}">{html.escape(label)}</a>',
            ]
            at = match.end()
        return "".join([*shown, _escaped(text[at:])])


def text_of(
    conference: PlannedConference, entry: Entry, kind: LetterKind, organizer: Organizer
) -> LetterText:
    """What the e-mail says. A cancellation has no number and no PIN any more."""
    plan, words = conference.plan, words_of(conference.plan.language)
    cancelled = kind is LetterKind.CANCELLATION
    rows = [(words.when, when_of(plan)), (words.repeated, repeats_of(plan)), (words.where, entry.place)]
    if not cancelled:
        rows += [(words.opens, opens_of(plan)), (words.direct, entry.link)]
    rows.append((words.invited_by, one_line(organizer.name or organizer.reply_to)))
    return LetterText(
        tuple(filter(None, (words.first[kind], "" if cancelled else entry.description))),
        tuple((head, value) for head, value in rows if value),
        "" if cancelled or not entry.link else words.own_pin,
        entry.number,
        entry.link,
    )


# ------------------------------------------------------------ inside


def _remarks_on_addresses(plan: ConferencePlan) -> Iterator[PlanRemark]:
    seen = set()
    for text in (*plan.addresses, *filter(None, [plan.reply_to])):
        if _NO_LINE.search(text):
            of_answers = text == plan.reply_to
            yield PlanRemark(PlanProblem.CONTROL_CHARACTERS, "reply_to" if of_answers else "addresses")
            continue
        try:
            seen.add(compared(taken_apart(text)[1]))
        except ValueError:
            problem = PlanProblem.BAD_ADDRESS if len(text) <= 2 * MAX_ADDRESS else PlanProblem.TOO_LONG
            yield PlanRemark(problem, one_line(text, _MOST_DETAIL))
    if not plan.addresses:
        yield PlanRemark(PlanProblem.NO_ADDRESS)
    elif len(plan.addresses) > MAX_INVITEES:
        yield PlanRemark(PlanProblem.TOO_MANY_ADDRESSES)


def _filled(text: str, number: str, pin: str) -> str:
    """In one go: what is filled in is not looked through again. Variables count in whatever case they are written."""
    values = {NUMBER_VARIABLE: number, PIN_VARIABLE: pin}
    return _FILLED.sub(lambda match: values[match[0].lower()], text)


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _link(conference: PlannedConference, invitee: Invitee) -> str:
    """RFC 3966 has no pauses; every phone takes commas for them."""
    if invitee.link or not conference.number:
        return invitee.link
    return f"tel:{conference.number},,{invitee.pin}%23" if invitee.pin else f"tel:{conference.number}"


def _escaped(text: str) -> str:
    return html.escape(text).replace("  ", "&nbsp; ")
