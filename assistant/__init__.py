"""callcoach: an offline voice companion for the caller's side of a support call."""

__version__ = "0.1.0"
