"""Live events against a served home: a server that can be killed and started again, and real SDKs that send to it."""
