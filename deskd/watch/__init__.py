"""What operators see of a running desk: its findings, health, metrics and alerts."""
