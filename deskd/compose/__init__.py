"""Composing: what agents wrote, as the mails and messages that customers get. Values in, values out; no I/O."""
