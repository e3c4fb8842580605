"""The description of the HTTP API, from the application alone: ``python -m tools.openapi``."""

import json
import sys
from typing import cast
from unittest.mock import MagicMock

from cardline.app.http.application import make_application
from cardline.app.running import Running


def main() -> int:
    """Print the description; nothing runs for it, the routes are only put together."""
    application = make_application(cast(Running, MagicMock()))
    json.dump(application.openapi(), sys.stdout, ensure_ascii=False, indent=1, sort_keys=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
