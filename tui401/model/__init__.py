"""The words of the design as types; reaches nothing else of the package."""
