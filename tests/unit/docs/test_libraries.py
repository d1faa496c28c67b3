"""The page of libraries tells the truth about the lock file, and every licence goes with ours."""

from __future__ import annotations

import importlib.util
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
_spec = importlib.util.spec_from_file_location("make_libraries", ROOT / "docs" / "make_libraries.py")
assert _spec
assert _spec.loader
make_libraries = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(make_libraries)

COMPATIBLE = (
    "MIT", "BSD", "Apache", "ISC", "PSF", "Python Software Foundation", "LGPL", "GPL", "MPL", "Mozilla",
    "Unlicense", "0BSD", "Zlib", "ISCL",
)  # fmt: skip


def test_the_page_is_what_the_lock_file_makes() -> None:
    assert make_libraries.PAGE.read_text("utf-8") == make_libraries.page()


def test_every_licence_goes_with_the_gpl() -> None:
    strange = {
        name: make_libraries.licence(name)
        for name in make_libraries.locked()
        if not any(word in make_libraries.licence(name) for word in COMPATIBLE)
    }
    assert strange == {}
