"""Speaking: synthesis, clips, earcons, the speaker queue; the only folder that imports pyttsx3."""
