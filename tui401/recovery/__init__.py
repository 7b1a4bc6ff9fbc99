"""The loop from a refused request to a mended one, without any screen."""

from tui401.recovery.loop import recover

__all__ = ["recover"]
