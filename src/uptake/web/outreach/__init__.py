"""The Outreach pages: e-mails to read, edit and approve."""
