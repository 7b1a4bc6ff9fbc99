"""Does the request carry the credential the way the server reads it?"""
