"""The case file: its model, journal, store, rendering and export."""
