"""A column: its names, what may stand in it, and how its cells are read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from .cells import Cell, CellError, Read, Words, folded, trimmed, wordings
from .kinds import (
    Choice,
    Choices,
    CreditCode,
    Date,
    Degrees,
    Flag,
    Given,
    IdNumber,
    Kind,
    Lookup,
    Money,
    Name,
    Phone,
    Plain,
    Text,
    Whole,
)
from .lookups import Ambiguous, LookupTable, lookup_table

__all__ = [
    "Ambiguous",
    "CellError",
    "Choice",
    "Column",
    "Context",
    "CreditCode",
    "Date",
    "Degrees",
    "Flag",
    "IdNumber",
    "Kind",
    "Lookup",
    "LookupTable",
    "Money",
    "Name",
    "Phone",
    "Plain",
    "Text",
    "Whole",
    "lookup_table",
]

Context = Mapping[str, Mapping[str, object]]


@dataclass(frozen=True)
class Column:
    """`name` is the field. `aliases` are other headers seen in the wild. `width` in characters,
    0 for the kind's own. `secret` values are never quoted in messages."""

    name: str
    title: Words
    kind: Kind | type[Kind]
    required: bool = False
    help: Words = ""
    aliases: tuple[str, ...] = ()
    width: int = 0
    choices: Choices | Callable[[], Choices] = ()
    unique: bool = False
    secret: bool = False
    example: str = ""

    @property
    def of(self) -> Kind:
        """The kind, also where the class alone was declared."""
        return self.kind() if isinstance(self.kind, type) else self.kind

    def headers(self) -> set[str]:
        """All folded header texts that mean this column."""
        return {folded(text) for text in (*wordings(self.title), *self.aliases, self.name)}

    def given(self, context: Context) -> Given:
        """What the kind is told at reading time."""
        choices = self.choices() if callable(self.choices) else self.choices
        kind = self.of
        source = kind.source if isinstance(kind, Lookup) and kind.source else self.name
        return Given(tuple(choices), context.get(source, {}), self.secret)

    def options(self, context: Context) -> list[str]:
        return self.of.options(self.given(context))

    def reader(self, context: Context) -> Read:
        """Cell → value; raises CellError."""
        empty, required = self.of.empty, self.required
        read = self.of.bound(self.given(context))

        def value(cell: Cell) -> object:
            if type(cell) is str:
                cell = trimmed(cell)
                if not cell:
                    if required:
                        raise CellError("required", _("必填"))
                    return empty
            return read(cell)

        return value


class Memo(dict[Cell, object]):
    """Cell → value or CellError; each distinct cell of a column is read once."""

    def __init__(self, read: Read) -> None:
        super().__init__()
        self.read = read
        self.refuses = False

    def __missing__(self, cell: Cell) -> object:
        value: object
        try:
            value = self.read(cell)
        except CellError as error:
            value = error
            self.refuses = True
        self[cell] = value
        return value
