"""``python -m assistant`` is the same as the ``callcoach`` command."""

from assistant.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
