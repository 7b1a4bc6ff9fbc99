"""Parsers of untrusted text: total, bounded, linear in time. No input or output happens here."""
