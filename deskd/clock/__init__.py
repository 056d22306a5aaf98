"""What time does to a ticket: open hours, deadlines, and the keeper that stands at the earliest."""
