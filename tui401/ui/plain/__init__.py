"""The wizard as plain lines: for screen readers, and for terminals that cannot move their cursor."""
