"""Find out why an API answers 401 Unauthorized, prove it, and mend it."""

__version__ = "0.1.0"
