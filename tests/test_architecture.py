"""The house's rules as tests: who owns which outside library, how big things may get, what is never written.

``dev.py check`` runs this file as a program (``python -m tests.test_architecture [PATH …]``), so that both commands
use the same tables. The layers themselves are import-linter's contracts in pyproject.toml.
"""

from __future__ import annotations

import ast
import functools
import re
import sys
import tomllib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from devtools.places import ROOT
from devtools.rules import RULES, Finding, SourceFile, python_files

CHECKED = ("wwphone", "demo", "tests", "benchmarks", "devtools", "packaging", "resources", "docs", "dev.py")

OWNERS: dict[str, tuple[str, ...]] = {
    "PySide6": ("wwphone.gui", "wwphone.app"),
    "qtawesome": ("wwphone.gui.icons",),
    "qasync": ("wwphone.app",),
    "pjsua2": ("wwphone.sip.pjsua",),
    "websockets": ("wwphone.cti.link", "wwphone.server.listener", "wwphone.server.lines"),
    "msgspec": ("wwphone.protocol.codec",),
    "keyring": ("wwphone.config.secrets", "wwphone.server.recordings.keys"),
    "platformdirs": ("wwphone.config.paths",),
    "xcffib": ("wwphone.hotkeys.x11",),
    "sqlalchemy": ("wwphone.server.store",),
    "alembic": ("wwphone.server.store",),
    "argon2": ("wwphone.server.services.passwords",),
    "uvloop": ("wwphone.server.event_loop",),
    "cryptography": ("wwphone.server.certificates", "wwphone.server.recordings.vault"),
    "phonenumbers": ("wwphone.server.services.phone_numbers", "wwphone.gui.numbers"),
    "aiosmtplib": ("wwphone.server.mail",),
    "icalendar": ("wwphone.server.mail",),
    "idna": ("wwphone.server.mail",),
    "imapclient": ("wwphone.server.mail.inbox",),
    "pyasn1": ("wwphone.server.sources",),
    "pyasn1_modules": ("wwphone.server.sources",),
    "aiohttp": ("wwphone.cti.link", "wwphone.server.sources"),
    "defusedxml": ("wwphone.server.sources",),
    "soundfile": ("wwphone.server.recordings.sound",),
    "numpy": ("wwphone.server.recordings", "wwphone.server.asterisk.speech"),
    "prometheus_client": ("wwphone.server.listener", "wwphone.server.metrics"),
}
"""Which modules (and what is under them) may import an outside library; a library not named here is not allowed.

ARCHITECTURE.md has the same table, with the reasons.
"""

NEVER_IMPORTED = {"psycopg"}
"""Dependencies that another library finds by itself: SQLAlchemy's driver for PostgreSQL."""

DISTRIBUTIONS = {
    "IMAPClient": "imapclient",
    "PySide6-Essentials": "PySide6",
    "PySide6-Addons": "PySide6",
    "argon2-cffi": "argon2",
    "prometheus-client": "prometheus_client",
    "pyasn1-modules": "pyasn1_modules",
    "QtAwesome": "qtawesome",
    "SQLAlchemy": "sqlalchemy",
}
"""Names on the package index that differ from the name one imports."""


def foreign_imports(source: SourceFile) -> Iterator[Finding]:
    """Each outside library is imported by its owner only, so that it can be replaced in one place."""
    if not source.path.startswith("wwphone/"):
        return
    module = source.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    for line, library in _outside_libraries(source):
        owners = OWNERS.get(library)
        if owners is None:
            text = f"{library} has no owner: add it to OWNERS in tests/test_architecture.py and say why"
            yield Finding(source.path, line, text)
        elif not any(module == owner or module.startswith(owner + ".") for owner in owners):
            yield Finding(source.path, line, f"{library} may only be imported in {', '.join(owners)}")


def _outside_libraries(source: SourceFile) -> Iterator[tuple[int, str]]:
    for node in source.nodes:
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [node.module or ""]
        else:
            continue
        for name in names:
            library = name.split(".")[0]
            if library not in sys.stdlib_module_names and library != "wwphone":
                yield node.lineno, library


ALL_RULES: dict[str, Callable[[SourceFile], Iterator[Finding]]] = {**RULES, "owners": foreign_imports}


@functools.cache
def sources(*paths: str) -> list[SourceFile]:
    """Everything somebody wrote at or under the given places."""
    places = [(ROOT / path).resolve() for path in paths]
    return [SourceFile.read(file, ROOT) for file in python_files(p for p in places if p.exists())]


def findings(paths: Sequence[str | Path] = CHECKED) -> list[Finding]:
    """What breaks any rule, sorted by place."""
    read = sources(*map(str, paths))
    return sorted(found for rule in ALL_RULES.values() for source in read for found in rule(source))


@pytest.mark.parametrize("rule", ALL_RULES)
def test_the_house_keeps_its_rule(rule: str) -> None:
    broken = [str(found) for source in sources(*CHECKED) for found in ALL_RULES[rule](source)]
    assert not broken, "\n" + "\n".join(broken)


def test_every_dependency_has_an_owner() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    optional = project["optional-dependencies"]
    required = [*project["dependencies"], *optional["client"], *optional["server"]]
    names = [re.split(r"[<>=\[; ]", line, maxsplit=1)[0] for line in required]
    assert len(names) >= 10
    imported = {DISTRIBUTIONS.get(name, name) for name in names} - NEVER_IMPORTED
    assert imported | {"pjsua2"} == set(OWNERS)


def test_architecture_md_names_the_same_owners() -> None:
    chapter = (ROOT / "ARCHITECTURE.md").read_text("utf-8").split("\n## One owner per outside library\n")[1]
    rows = re.findall(r"^\| ([^|]+) \| (`[^|]+`) \|", chapter.split("\n## ")[0], re.MULTILINE)
    told = {
        DISTRIBUTIONS.get(library, library): tuple(
            f"wwphone.{owner}" for owner in re.findall("`([^`]+)`", owners)
        )
        for libraries, owners in rows
        for library in libraries.split(", ")
    }
    assert told == OWNERS


if __name__ == "__main__":
    found_here = findings(sys.argv[1:] or CHECKED)
    print("\n".join(map(str, found_here)))
    sys.exit(1 if found_here else 0)
