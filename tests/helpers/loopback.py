"""Keeps programs that insist on listening everywhere on 127.0.0.1, so that no test opens a port to the network."""

from __future__ import annotations

import atexit
import functools
import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.helpers.waiting import SECONDS

_SOURCE = Path(__file__).resolve().parents[2] / "packaging" / "asterisk" / "loopbind.c"


@functools.cache
def loopback_environment() -> dict[str, str]:
    """Return the environment that makes a program on Linux bind 127.0.0.1 where it asks for every address.

    Compiles the shim once in each test run. Raises FileNotFoundError without a C compiler.
    """
    folder = Path(tempfile.mkdtemp(prefix="wwphone-loopback-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    library = folder / "loopbind.so"
    done = subprocess.run(
        ["cc", "-shared", "-fPIC", "-O2", "-o", library, _SOURCE],
        capture_output=True,
        text=True,
        check=False,
        timeout=60 * SECONDS,
    )
    assert done.returncode == 0, f"the loopback shim does not compile:\n{done.stderr}"
    return {"LD_PRELOAD": str(library)}
