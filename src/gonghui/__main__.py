"""`python -m gonghui`: the command without its console script, so that any path will do."""

from gonghui.doors.cli.main import main

if __name__ == "__main__":
    main()
