"""Is the credential for this API and this work?"""
