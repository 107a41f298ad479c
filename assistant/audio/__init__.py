"""Adapters to sound devices and sound files; the only folder that imports sounddevice."""
