"""Everything that asks others: the API, its issuer, time servers, this machine."""
