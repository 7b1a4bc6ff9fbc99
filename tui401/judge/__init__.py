"""Judgement, pure: facts from evidence, what servers said, the ranking of causes, and the choice of the next probe."""
