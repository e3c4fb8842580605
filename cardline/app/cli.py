"""The command line: ``cardline``. Each command is a thin shell around an action or a server."""

import sys

from cardline.app.commandline import app
from cardline.core.errors import CardlineError


def main() -> None:
    """Run the command line; an expected error is a sentence, not a traceback."""
    try:
        app()
    except CardlineError as error:
        sys.stderr.write(error.message + "\n")
        sys.exit(1)
    except _errors_of_the_database() as error:
        sys.stderr.write(f"the database cannot be reached: {str(error).splitlines()[0]}\n")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


def _errors_of_the_database() -> tuple[type[Exception], ...]:
    """Return what its driver raises; nothing where the command did without it."""
    if "psycopg" not in sys.modules:
        return ()
    from psycopg import OperationalError

    return (OperationalError,)
