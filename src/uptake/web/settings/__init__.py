"""Settings: my account, the weights of health, the team, its keys, and the audit trail."""
