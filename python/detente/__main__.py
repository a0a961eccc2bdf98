"""The command line: ``python -m detente``, or the script ``detente``."""

import signal
import sys

from ._detente import command


def main() -> None:
    """Runs the command line with the arguments of the process, and exits with its code."""
    # Nothing runs in Python from here on: Ctrl-C ends the process at once, as that of the
    # program without Python does.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.exit(command(["detente", *sys.argv[1:]]))


if __name__ == "__main__":
    main()
