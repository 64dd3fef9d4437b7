"""`python -m dev.external_engines COMMAND…`: run a command, such as the tests, on Debian's PostgreSQL 15 and Redis 7.

They are what production has, where the wheels are newer (PostgreSQL) and older (Redis). Started in a folder of their
own under `var/`, told to the command by TEST_DATABASE_URL and TEST_REDIS_URL, stopped when it ends.
"""

import os
import subprocess
import sys
from pathlib import Path

from dev.bootstrap import ensure_debian_packages
from dev.embedded_postgres import SUPERUSER
from dev.testing_engines import start_in_a_free_folder
from dev.trouble import Trouble

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("postgresql-15", "redis-server")
POSTGRES_BINARIES = Path("/usr/lib/postgresql/15/bin")
REDIS_BINARY = Path("/usr/bin/redis-server")
REDIS_DATABASES = 64


def main(command: list[str]) -> int:
    if not command:
        print("usage: python -m dev.external_engines COMMAND…", file=sys.stderr)
        return 2
    try:
        ensure_debian_packages(PACKAGES)
        engines = start_in_a_free_folder(
            ROOT / "var",
            "external",
            redis_databases=REDIS_DATABASES,
            postgres_binaries=POSTGRES_BINARIES,
            redis_binary=REDIS_BINARY,
        )
    except Trouble as trouble:
        print(f"✗ {trouble}", file=sys.stderr)
        return 1
    with engines:
        urls = {"TEST_DATABASE_URL": engines.postgres.url(SUPERUSER), "TEST_REDIS_URL": engines.redis.url()}
        return subprocess.run(command, env=os.environ | urls, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
