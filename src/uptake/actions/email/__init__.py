"""E-mails to customers: drafted from templates, approved by a person, then sent once."""
