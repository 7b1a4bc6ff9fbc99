"""One module and one stylesheet a screen; each returns a typed answer."""
