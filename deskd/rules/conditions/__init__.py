"""Conditions: what a rule may ask of a message, its ticket, its contact and the hour. One file each; `when.py` joins them."""
