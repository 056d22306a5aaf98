"""Mail fetched from mailboxes over IMAP (RFC 3501): one account, one folder, one thread."""
