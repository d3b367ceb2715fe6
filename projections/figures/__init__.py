"""The controlling figures: their definitions, the facts they are computed from, and who is behind each number."""
