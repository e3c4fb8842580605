"""The command line: ``cardline``. Each command is a thin shell around an action or a server."""

import gc
import sys

from psycopg import OperationalError

from cardline.app import commands
from cardline.app.commandline import app
from cardline.core.errors import CardlineError


def main() -> None:
    """Run the command line; an expected error is a sentence, not a traceback."""
    gc.disable()  # modules stay: looking through them while they are read costs a tenth of it
    commands.register()
    gc.freeze()
    gc.enable()
    try:
        app()
    except CardlineError as error:
        sys.stderr.write(error.message + "\n")
        sys.exit(1)
    except OperationalError as error:
        sys.stderr.write(f"the database cannot be reached: {str(error).splitlines()[0]}\n")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
