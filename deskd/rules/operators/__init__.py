"""Operators: what can be asked of a text, a number, a size, a duration or a word of a fixed list."""
