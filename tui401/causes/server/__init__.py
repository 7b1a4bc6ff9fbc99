"""Does the authorization server agree, and what stands between?"""
