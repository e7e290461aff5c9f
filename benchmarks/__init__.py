"""How fast Gonghui decides, measured: see README.md."""
