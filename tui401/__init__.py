"""Find out why an API answers 401 Unauthorized, prove it, and mend it."""

__version__ = "0.1.0"
__all__ = ["__version__", "async_response_hook", "explain", "explain_record", "response_hook"]


def __getattr__(name: str) -> object:
    """The Python interface, loaded when it is first asked for; its types stand in the stub beside this file."""
    if name in __all__:
        # Not imported by name: the package's root would then reach everything, for every check of what reaches what.
        from importlib import import_module  # noqa: PLC0415 - the command and its version need none of it

        return getattr(import_module("tui401.library"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
