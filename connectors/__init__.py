"""What reads a company's tools and hands their contacts to the core; one folder a channel."""
