"""How Asterisk reads its files (`main/config.c`, `pbx/pbx_config.c`), written anew as a judge of what we generate.

It follows Asterisk where a name could break out: comments at `;` unless escaped, block comments, sections, templates,
directives, variables. What it cannot read is an AssertionError.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_SECTION = re.compile(r"\[([^\]]*)\](?:\(([^)]*)\))?")


@dataclass
class Section:
    """One `[name](options)` with its lines, in order."""

    name: str
    options: str = ""
    lines: list[tuple[str, str]] = field(default_factory=list)

    def all(self, key: str) -> list[str]:
        """Every value of a key."""
        return [value for name, value in self.lines if name == key]

    def get(self, key: str) -> str:
        """The only value of a key."""
        (value,) = self.all(key)
        return value


@dataclass(frozen=True)
class Step:
    """One priority of an extension."""

    context: str
    extension: str
    priority: str
    application: str
    data: str


def read_sections(text: str) -> list[Section]:
    """Read a file into its sections; directives are in a section called `#`."""
    assert ";--" not in text, "a block comment begins"
    sections: list[Section] = []
    directives = Section("#")
    for raw in text.split("\n"):
        assert "\r" not in raw
        assert "\0" not in raw
        line = re.split(r"(?<!\\);", raw)[0].strip()
        if not line:
            continue
        if line.startswith("#"):
            name, _, value = line.partition(" ")
            directives.lines.append((name, value))
        elif line.startswith("["):
            match = _SECTION.fullmatch(line)
            assert match is not None, line
            sections.append(Section(match[1], match[2] or ""))
        else:
            key, equals, value = line.partition("=")
            assert equals, f"no key: {line}"
            sections[-1].lines.append((key.strip(), value.removeprefix(">").strip()))
    return [*sections, directives]


def read_steps(text: str) -> list[Step]:
    """Read a dial plan into its priorities."""
    steps: list[Step] = []
    for section in read_sections(text):
        extension = ""
        for key, value in section.lines:
            if key == "exten":
                extension, rest = value.split(",", 1)
            elif key == "same":
                rest = value
            else:
                continue
            priority, rest = rest.split(",", 1)
            application, _, data = rest.partition("(")
            steps.append(Step(section.name, extension, priority, application, data.rpartition(")")[0]))
    return steps
