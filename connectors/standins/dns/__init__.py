"""The DNS's stand-in: a name server on loopback that answers from a table, and can be told to be silent or to refuse."""

from connectors.standins.dns.server import DnsStandIn

__all__ = ["DnsStandIn"]
