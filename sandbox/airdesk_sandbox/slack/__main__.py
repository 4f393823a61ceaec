"""`python -m airdesk_sandbox.slack` starts the server; see `main.py`."""

from __future__ import annotations

import sys

from airdesk_sandbox.slack.main import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
