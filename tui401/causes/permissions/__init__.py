"""What is the least that works, and is the caller allowed?"""
