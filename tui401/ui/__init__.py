"""The wizard: it renders what a recovery says, and answers what it asks. Nothing reaches this room."""
