"""Actions: what a rule does when it fires. One file each, with the value a verdict carries and what it changes for the rules behind;
`then.py` joins them."""
