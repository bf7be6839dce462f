"""What a customer reads by a link that somebody gave away: one report, without a login."""
