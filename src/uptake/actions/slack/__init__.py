"""Slack: messages into the channel of an incoming webhook."""
