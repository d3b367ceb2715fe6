"""Who may come in, and what they may do: accounts, sessions, tokens and one-time links, in a file of their own."""
