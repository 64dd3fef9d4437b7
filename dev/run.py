"""`python -m dev.run`, behind `make run`."""

import os
import sys

from dev.stop_request import Forced
from dev.supervisor import Plan, Supervisor
from dev.trouble import Trouble


def main() -> int:
    try:
        Supervisor(Plan.from_env(os.environ)).run()
    except Trouble as trouble:
        print(f"✗ {trouble}", file=sys.stderr)
        return 1
    except Forced:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
