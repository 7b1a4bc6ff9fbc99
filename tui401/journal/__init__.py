"""Cases on disk: redacted, and whole at whatever moment the program ends."""

from tui401.journal.store import CaseLine, Journal, JournalError

__all__ = ["CaseLine", "Journal", "JournalError"]
