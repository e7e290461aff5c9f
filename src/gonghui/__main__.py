"""The console script, and `python -m gonghui`, for which any path will do.

Nothing is imported before it is known what to do when somebody interrupts: that takes a while.
"""

import signal
import sys


def main() -> None:
    """One command. Ctrl-C and a request to end (SIGTERM) are one: nothing half-made is left."""
    try:
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        from gonghui.config import commands
        from gonghui.config.startup import open_house
        from gonghui.doors.cli import house
        from gonghui.doors.cli.main import main as command

        house.furnish(open_house, (commands,))
        command()
    except KeyboardInterrupt:  # before the command could see to it, or after
        print("已中断。Interrupted.", file=sys.stderr)
        sys.exit(130)


if __name__ == "__main__":
    main()
