"""The wheel holds what Qt's tools made, and dist/ holds nothing of an earlier build."""

from __future__ import annotations

import textwrap
import zipfile
from pathlib import Path

from devtools.wheels import missing_in
from tests.unit.devtools.small_project import SmallProject, write_wheel
from tests.unit.devtools.test_forms import FORM

PYPROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
[project]
name = "wwphone"
version = "1"
"""

BACKEND = """
import pathlib, zipfile

def build_wheel(folder, config_settings=None, metadata_directory=None):
    with zipfile.ZipFile(pathlib.Path(folder, "wwphone-1-py3-none-any.whl"), "w") as wheel:
        for file in pathlib.Path("wwphone").rglob({pattern!r}):
            wheel.write(file, file.as_posix())
        wheel.writestr("wwphone-1.dist-info/METADATA", "Metadata-Version: 2.1\\nName: wwphone\\nVersion: 1\\n")
        wheel.writestr("wwphone-1.dist-info/WHEEL", "Wheel-Version: 1.0\\nTag: py3-none-any\\n")
    return "wwphone-1-py3-none-any.whl"
"""


def project_built_by(small_project: SmallProject, pattern: str) -> SmallProject:
    """A project with one form, whose backend takes the files that fit the pattern."""
    small_project.write("pyproject.toml", PYPROJECT)
    small_project.write("backend.py", textwrap.dedent(BACKEND).replace("{pattern!r}", repr(pattern)))
    small_project.write("wwphone/__init__.py", "")
    small_project.write("ui/hello.ui", FORM)
    return small_project


def test_both_wheels_and_nothing_old(small_project: SmallProject) -> None:
    project = project_built_by(small_project, "*.py")
    project.write("dist/wwphone-0-py3-none-any.whl", "old")

    done = project.run("build")

    assert done.returncode == 0, done.stderr
    wheels = sorted((project.folder / "dist").iterdir())
    assert [wheel.name for wheel in wheels] == ["pjsua2-2.17-py3-none-any.whl", "wwphone-1-py3-none-any.whl"]
    assert "wwphone/gui/forms/ui_hello.py" in zipfile.ZipFile(wheels[1]).namelist()
    assert "dist/wwphone-1-py3-none-any.whl" in done.stderr


def test_a_wheel_without_its_forms_is_refused(small_project: SmallProject) -> None:
    done = project_built_by(small_project, "__init__.py").run("build")

    assert done.returncode == 1
    assert "wwphone-1-py3-none-any.whl lacks wwphone/gui/forms/ui_hello.py" in done.stderr


def test_what_is_missing(tmp_path: Path) -> None:
    write_wheel(tmp_path / "a.whl", "")

    assert missing_in(tmp_path / "a.whl", ["pjsua2.py", "other.py"]) == ["other.py"]
