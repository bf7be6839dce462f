"""Events as they are sent: by SDKs that speak the Segment protocol, and by our own ``POST /api/v1/usage``."""
