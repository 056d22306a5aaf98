"""What happens in a chat with the desk's bot: people's words become a ticket's messages, commands and buttons are answered."""
