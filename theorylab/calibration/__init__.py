"""How often an interval holds the truth: traces with a known law, and the table that counts."""
