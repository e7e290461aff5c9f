"""The directory's modules, imported when a test first asks one: models need Django set up."""

import importlib


class Room:
    """``unions.move_union`` is that function of the module."""

    def __init__(self, name):
        self._name = f"gonghui.ground.directory.{name}"

    def __getattr__(self, name):
        if name.startswith(("_", "pytest")):  # pytest looks at everything that a test module has
            raise AttributeError(name)
        return getattr(importlib.import_module(self._name), name)


models = Room("models")
bodies = Room("services.bodies")
delegations = Room("services.delegations")
employments = Room("services.employments")
hardships = Room("services.hardships")
imports = Room("services.imports")
numbers = Room("services.numbers")
persons = Room("services.persons")
post_kinds = Room("services.post_kinds")
posts = Room("services.posts")
unions = Room("services.unions")
units = Room("services.units")
people = Room("queries.persons")
responsibility = Room("queries.responsibility")
tree = Room("queries.unions")
