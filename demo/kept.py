"""No process outlives the demo: when its holder is gone, in whatever way, the pipe on standard input ends, and so does it.

`python -m demo.kept MODULE ARGUMENT...` runs a module as a program that ends so; others call `when_alone` themselves.
"""

from __future__ import annotations

import os
import runpy
import sys
import threading
from collections.abc import Callable


def when_alone(action: Callable[[], object]) -> None:
    """Call `action`, on a thread of its own, as soon as nobody holds the other end of standard input."""

    def read() -> None:
        while os.read(0, 1024):
            continue
        action()

    threading.Thread(target=read, name="holder", daemon=True).start()


def main() -> None:
    """Become the module that the first argument names."""
    when_alone(lambda: os._exit(1))  # nobody is left to whom an orderly end would matter
    module = sys.argv[1]
    sys.argv[:] = sys.argv[1:]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
