"""The heart of Stammkunde: contacts, the log, the one door into it, and who is who."""
