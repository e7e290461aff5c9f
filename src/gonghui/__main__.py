"""`python -m gonghui`, which works where a console script does not (a checkout below a path with spaces)."""

from gonghui.doors.cli.main import main

if __name__ == "__main__":
    main()
