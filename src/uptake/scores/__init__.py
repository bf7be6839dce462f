"""Score models: metrics become 0–100, with the parts kept. Definitions: docs/definitions.md."""
