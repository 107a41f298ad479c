"""What the user sees: console panel and meters."""
