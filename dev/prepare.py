"""`python -m dev.prepare`: bring the database to the newest migration, and outside production load the demo data.

Both in one process: to import the service takes longer than either, once they have been done before.
"""

from flask_migrate import upgrade

from dev.demo.__main__ import load_all
from server.app import create_app
from server.core.settings import settings


def main() -> None:
    app = create_app()
    with app.app_context():
        upgrade()
        if not settings().production:
            load_all()


if __name__ == "__main__":
    main()
