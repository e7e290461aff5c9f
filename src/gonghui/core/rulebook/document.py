"""A YAML file as a tree of text with places; nothing is guessed to be a number, a date or a truth.

Refused: anchors, aliases, tags, merge keys, duplicate keys, more than one document, files over
MAX_BYTES and trees deeper than MAX_DEPTH. (An alias is what makes a "YAML bomb".)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import yaml

from gonghui.core.errors import N_, Place, Refusal

MAX_BYTES = 256 * 1024
MAX_DEPTH = 24


@dataclass(frozen=True, slots=True)
class Node:
    """One entry: ``content`` is its text, list or mapping; ``path`` is how people name it."""

    content: str | tuple[Node, ...] | Mapping[str, Node]
    place: Place
    path: str = ""
    key_place: Place | None = field(default=None, compare=False)

    @property
    def is_text(self) -> bool:
        return isinstance(self.content, str)

    @property
    def is_list(self) -> bool:
        return isinstance(self.content, tuple)

    @property
    def is_mapping(self) -> bool:
        return isinstance(self.content, Mapping)

    @property
    def text(self) -> str:
        """The text of a scalar; refuses a list or mapping."""
        if isinstance(self.content, str):
            return self.content
        raise self.refusal(N_("Here a single value is needed."), N_("Write one value, no list."))

    @property
    def items(self) -> tuple[Node, ...]:
        """The entries of a list; refuses anything else."""
        if isinstance(self.content, tuple):
            return self.content
        raise self.refusal(N_("Here a list is needed."), N_("Write [a, b] or lines with “- ”."))

    @property
    def mapping(self) -> Mapping[str, Node]:
        """The entries of a mapping; refuses anything else."""
        if isinstance(self.content, Mapping):
            return self.content
        raise self.refusal(N_("Here entries “key: value” are needed."), N_("Write key: value."))

    def refusal(self, what: str, todo: str, **values: object) -> Refusal:
        """A refusal that points at this entry."""
        return Refusal(what, todo, place=self.place, field=self.path, **values)

    def moved(self, path: str) -> Node:
        """The same tree under another path."""
        content = self.content
        if isinstance(content, tuple):
            content = tuple(
                child.moved(f"{path}.{_step(child, index)}") for index, child in enumerate(content)
            )
        elif isinstance(content, Mapping):
            content = {
                key: child.moved(path if key == "is" else f"{path}.{key}" if path else key)
                for key, child in content.items()
            }
        return replace(self, content=content, path=path)


def _step(child: Node, index: int) -> str:
    """How an entry of a list is named: by its ``id`` if it has one, else by position from 1."""
    if isinstance(child.content, Mapping) and "id" in child.content:
        identifier = child.content["id"].content
        if isinstance(identifier, str):
            return identifier
    return str(index + 1)


def parse(data: bytes, file: str) -> Node:
    """The tree of a YAML file. ``file`` is only used in refusals."""
    if len(data) > MAX_BYTES:
        raise Refusal(
            N_("The file has {size} bytes; at most {limit} are read."),
            N_("Check that this is the right file."),
            place=Place(file),
            size=len(data),
            limit=MAX_BYTES,
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise Refusal(
            N_("The file is not UTF-8 text."),
            N_("Save it as UTF-8."),
            place=Place(file, line, 1),
        ) from error
    try:
        return _Builder(yaml.parse(text, Loader=yaml.SafeLoader), file).document().moved("")
    except yaml.YAMLError as error:
        raise _not_yaml(error, file) from error


def _not_yaml(error: yaml.YAMLError, file: str) -> Refusal:
    mark = getattr(error, "problem_mark", None)
    place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file)
    problem = getattr(error, "problem", None) or str(error).splitlines()[0]
    return Refusal(
        N_("The file cannot be read as YAML ({problem})."),
        N_("Check indentation, brackets and quotes at this place."),
        place=place,
        problem=problem,
    )


class _Builder:
    """Reads the parser's events; a loader would resolve aliases before we could refuse them.

    One event at a time: to read a file of brackets to its end would take the parser hours.
    """

    def __init__(self, events: Iterable[yaml.Event], file: str) -> None:
        self._events: Iterator[yaml.Event] = iter(events)
        self._file = file

    def document(self) -> Node:
        next(self._events)  # the start of the stream
        if isinstance(next(self._events), yaml.StreamEndEvent):
            raise Refusal(
                N_("The file is empty; it holds exactly one document."),
                N_("Keep one document in one file."),
                place=Place(self._file),
            )
        node = self._node(next(self._events), 0)
        next(self._events)  # the end of the document
        following = next(self._events)
        if not isinstance(following, yaml.StreamEndEvent):
            raise Refusal(
                N_("Here a second document begins; a file holds exactly one."),
                N_("Keep one document in one file."),
                place=self._place(following),
            )
        return node

    def _place(self, event: yaml.Event) -> Place:
        mark = event.start_mark
        assert mark is not None  # only events made by hand have none
        return Place(self._file, mark.line + 1, mark.column + 1)

    def _node(self, event: yaml.Event, depth: int) -> Node:
        place = self._place(event)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise Refusal(
                N_("Anchors (&) and aliases (*) are not used here."),
                N_("Write the value out; a revised rule book uses “extends”."),
                place=place,
            )
        if getattr(event, "tag", None) is not None:
            raise Refusal(N_("Tags (!) are not used here."), N_("Remove the tag."), place=place)
        if depth > MAX_DEPTH:
            raise Refusal(
                N_("The entries are nested too deeply."), N_("Flatten them."), place=place
            )
        if isinstance(event, yaml.ScalarEvent):
            return Node(event.value.strip(), place)
        if isinstance(event, yaml.SequenceStartEvent):
            children = []
            while not isinstance(following := next(self._events), yaml.SequenceEndEvent):
                children.append(self._node(following, depth + 1))
            return Node(tuple(children), place)
        return Node(self._entries(depth), place)

    def _entries(self, depth: int) -> dict[str, Node]:
        entries: dict[str, Node] = {}
        while not isinstance(following := next(self._events), yaml.MappingEndEvent):
            key = self._node(following, depth + 1)
            if not key.is_text or key.text == "<<" or key.text in entries:
                raise Refusal(
                    N_("The key “{key}” cannot stand here (not text, a merge key, or twice)."),
                    N_("Write every key once, as plain text."),
                    place=key.place,
                    key=key.content if key.is_text else "",
                )
            value = self._node(next(self._events), depth + 1)
            entries[key.text] = replace(value, key_place=key.place)
        return entries
