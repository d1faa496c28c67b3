"""Small projects with the real ``dev.py`` in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.devtools.small_project import SmallProject


@pytest.fixture
def small_project(tmp_path: Path) -> SmallProject:
    """A project that borrows our environment."""
    project = SmallProject(tmp_path)
    project.borrow_environment()
    return project


@pytest.fixture
def empty_project(tmp_path: Path) -> SmallProject:
    """A project on which dev.py was never run: no environment, nothing built."""
    return SmallProject(tmp_path)
