"""What is counted: tables in, tables out, on any engine. Definitions: docs/definitions.md."""
