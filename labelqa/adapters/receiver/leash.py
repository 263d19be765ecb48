"""A command of labelqa that ends with whoever started it, also when that one is killed.

``python -m labelqa.adapters.receiver.leash WORDS`` runs ``labelqa WORDS`` until it is done or its standard input ends.
"""

from __future__ import annotations

import os
import signal
import sys
from threading import Thread

from labelqa.adapters.cli.main import main


def _wait() -> None:
    while os.read(0, 4096):
        continue
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # it stops as with Ctrl-C: in good order
    Thread(target=_wait, name="labelqa-leash", daemon=True).start()
    sys.exit(main())
