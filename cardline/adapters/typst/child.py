"""One document, in a process of its own: a task on standard input, the PDF on standard output.

Run as a file, so that it needs nothing of ours. Exit 0 with the PDF, or 1 with the reason.
"""

import json
import resource
import sys

import typst

_MOST_MEMORY = 2 * 1024**3


def main() -> int:
    """Set the document that standard input describes."""
    task = json.load(sys.stdin)
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (task["seconds"], task["seconds"]))
    try:
        pdf = typst.compile(
            task["template"],
            root=task["root"],
            font_paths=task["fonts"],
            ignore_system_fonts=True,
            sys_inputs={"data": task["data"]},
            pdf_standards=["a-2a"],
            timestamp=task["timestamp"],
        )
    except typst.TypstError as error:
        sys.stderr.write(str(error)[:2000])
        return 1
    sys.stdout.buffer.write(pdf)
    return 0


if __name__ == "__main__":
    sys.exit(main())
