"""What is read: views built from the log, and the queries over them."""
