"""Adapters: they move raw data in and deliveries out, and decide nothing."""
