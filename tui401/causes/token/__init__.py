"""Is the token alive and what it claims to be?"""
