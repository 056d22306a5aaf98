"""Servers that speak Slack's, Telegram's and SMTP's true protocols on loopback, for the demo and the tests.

They know nothing of deskd's core, run inside the caller's event loop, listen on a port the system chooses, and can be told
to fail in the ways their originals fail. docs/standins.md shows how a test tells them to.
"""
