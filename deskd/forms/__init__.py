"""Forms, pages and lists that agents are shown, and what they filled in read back. Pure: a ticket as it stands in, a panel or a command out.

`making` draws up the forms of an open ticket, `reading` turns what was filled in into the same commands that are typed; `opening` does both for a new
ticket, `pages` lays out whole messages, `lists` the tickets of `/desk` and the home tab.
"""
