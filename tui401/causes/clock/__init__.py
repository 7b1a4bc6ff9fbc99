"""Do the clocks agree?"""
