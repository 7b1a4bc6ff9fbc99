"""Grants, introspection and revocation, one module each, thin over the client of every request."""
