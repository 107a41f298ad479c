"""Next steps: who does what by when."""
