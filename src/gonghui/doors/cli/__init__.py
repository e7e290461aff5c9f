"""The command line: `gonghui …`, also `python -m gonghui …`."""
