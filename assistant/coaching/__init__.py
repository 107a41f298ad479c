"""What the coach knows: cues, nine tips, breathing schedules, the checklist."""
