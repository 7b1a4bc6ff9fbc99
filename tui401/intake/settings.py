"""What curl's options set, before anything is made of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from tui401.model.http import Provenance


@dataclass(frozen=True, slots=True, repr=False)
class Given:
    """A value and who gave it. It may be a secret, so it has no repr; it does not outlive the reading.

    Attributes:
        text: The value.
        by: Where it comes from.
        option: The option's long name, where several share one field.
    """

    text: str
    by: Provenance
    option: str = ""


@dataclass(slots=True, repr=False)
class Settings:
    """The settings of one transfer. Every field is what the options said last, or all that they said, in order.

    Attributes:
        urls: Addresses, in order.
        headers: Lines of ``-H``.
        data: Pieces of content with their option.
        forms: Values of ``-F`` and ``--form-string``.
        switches: Boolean options that were given, by long name, with who gave them.
        values: Options that keep their last value only, by long name.
        several: Options that keep all their values, by long name.
        more: Another transfer follows behind ``--next``.
    """

    urls: list[Given] = field(default_factory=list)
    headers: list[Given] = field(default_factory=list)
    data: list[tuple[str, bytes]] = field(default_factory=list)
    data_by: Provenance | None = None
    forms: list[Given] = field(default_factory=list)
    query: list[str] = field(default_factory=list)
    switches: dict[str, bool] = field(default_factory=dict)
    switched_by: dict[str, Provenance] = field(default_factory=dict)
    values: dict[str, Given] = field(default_factory=dict)
    several: dict[str, list[Given]] = field(default_factory=dict)
    users: list[Given] = field(default_factory=list)
    more: bool = False

    def on(self, name: str) -> bool:
        """Whether that switch is on."""
        return self.switches.get(name, False)

    def value(self, name: str) -> str | None:
        """The last value of that option, or None."""
        given = self.values.get(name)
        return given.text if given else None

    def header(self, name: str) -> str | None:
        """The first header line of that name that curl counts as given, also one that takes the header away."""
        wanted = name.lower()
        for given in self.headers:
            line = given.text
            if line[: len(wanted)].lower() == wanted and line[len(wanted) : len(wanted) + 1] in (":", ";"):
                return line
        return None
