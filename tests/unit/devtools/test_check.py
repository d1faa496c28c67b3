"""``dev.py check`` shows the findings of all tools, not only of the first one, and has one exit code."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from devtools.places import ROOT
from tests.unit.devtools.small_project import SmallProject

GOOD = '"""A word."""\n\nfrom __future__ import annotations\n\nWORD: str = "hello"\n'
UGLY = "x  =  1\n"
BAD_LINT = GOOD + "\nimport os\n"
BAD_TYPE = GOOD + "\nNUMBER: int = WORD\n"
BAD_RULE = GOOD + "\n# TO" + "DO: more\n"
BAD_LAYER = GOOD + "\nfrom wwphone.services import calls  # noqa: E402, F401\n"

CONTRACT_LISTS = ("layers", "modules", "source_modules", "forbidden_modules")


@pytest.fixture
def project(small_project: SmallProject, types_cache: Path) -> SmallProject:
    """All layers of the real project, empty but for one good module; and its real rules."""
    for module in _modules_of_the_contracts():
        folder = small_project.folder / module.replace(".", "/")
        for package in (folder, *folder.relative_to(small_project.folder).parents[:-1]):
            small_project.write(f"{package}/__init__.py", '"""Nothing yet."""\n')
    small_project.write("wwphone/services/calls.py", GOOD)
    small_project.write(
        "tests/test_architecture.py", (ROOT / "tests/test_architecture.py").read_text("utf-8")
    )
    for recipe in "packaging/pjsua2/build.py", "packaging/asterisk/fetch.py":
        (small_project.folder / recipe).unlink()
    (small_project.folder / ".mypy_cache").symlink_to(types_cache, target_is_directory=True)
    return small_project


@pytest.fixture(scope="module")
def types_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What mypy knows of the standard library: it need not read that anew for each project."""
    return tmp_path_factory.mktemp("types")


def _modules_of_the_contracts() -> set[str]:
    """Every module a layer contract names: import-linter wants them to exist."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    lists = [contract.get(kind, []) for contract in settings["contracts"] for kind in CONTRACT_LISTS]
    return {
        module.strip(" ()") for entries in lists for entry in entries for module in re.split("[|:]", entry)
    }


def verdicts(output: str) -> dict[str, str]:
    """What each tool's line says."""
    found = re.findall(r"^(?!check)([a-z0-9/ ]+?): (ok|findings) .*\([0-9.]+ s\)$", output, re.MULTILINE)
    return dict(found)


def test_nothing_found(project: SmallProject) -> None:
    done = project.run("check")

    assert set(verdicts(done.stderr)) == {
        "format", "lint", "types of the project", "house rules", "layers", "translations",
    }  # fmt: skip
    assert set(verdicts(done.stderr).values()) == {"ok"}, done.stderr
    assert "check: nothing found" in done.stderr
    assert done.returncode == 0


def test_findings_of_every_tool_are_shown(project: SmallProject) -> None:
    project.write("wwphone/services/ugly.py", UGLY)
    project.write("wwphone/services/bad_lint.py", BAD_LINT)
    project.write("wwphone/services/bad_type.py", BAD_TYPE)
    project.write("wwphone/services/bad_rule.py", BAD_RULE)
    project.write("wwphone/domain/bad_layer.py", BAD_LAYER)

    done = project.run("check")

    assert done.returncode == 1
    assert [name for name, verdict in verdicts(done.stderr).items() if verdict == "ok"] == ["translations"]
    for told in (
        "wwphone/services/ugly.py",
        "wwphone/services/bad_lint.py:7:8: F401",
        'wwphone/services/bad_type.py:7: error: Incompatible types in assignment (expression has type "str"',
        "wwphone/services/bad_rule.py:7: unfinished",
        "wwphone.domain is not allowed to import wwphone.services",
    ):
        assert told in done.stderr


def test_paths_limit_the_check(project: SmallProject) -> None:
    project.write("wwphone/services/bad_type.py", BAD_TYPE)
    project.write("wwphone/domain/bad_rule.py", BAD_RULE)

    assert project.run("check", "wwphone/sip", "wwphone/domain/__init__.py").returncode == 0
    only_types = project.run("check", "wwphone/services/bad_type.py")
    assert "Incompatible types" in only_types.stderr
    assert "bad_rule" not in only_types.stderr
    assert verdicts(only_types.stderr)["house rules"] == "ok"
    only_rules = project.run("check", "wwphone/domain")
    assert verdicts(only_rules.stderr)["house rules"] == "findings"
    assert verdicts(only_rules.stderr)["types of the project"] == "ok"


def test_a_path_that_is_not_there_is_told(project: SmallProject) -> None:
    done = project.run("check", "wwphone/nothing")

    assert done.returncode == 1
    assert "There is no wwphone/nothing" in done.stderr


def test_scripts_beside_each_other_are_typed_by_folder(project: SmallProject) -> None:
    for folder in "packaging/asterisk", "packaging/pjsua2":
        project.write(f"{folder}/build.py", GOOD + "\nfrom other import NUMBER  # noqa: E402, F401\n")
        project.write(f"{folder}/other.py", GOOD + "\nNUMBER: int = WORD\n")

    done = project.run("check", "packaging")

    assert verdicts(done.stderr)["types of packaging/asterisk"] == "findings"
    assert done.stderr.count("Incompatible types") == 2
    assert "Duplicate module" not in done.stderr


def test_the_small_project_has_the_real_rules(project: SmallProject, tmp_path: Path) -> None:
    assert (project.folder / "pyproject.toml").read_bytes() == (ROOT / "pyproject.toml").read_bytes()
    assert project.folder == tmp_path
