"""Usage alerts: what is watched for every customer, and the life of what was found."""
