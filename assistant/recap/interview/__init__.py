"""The interview after a dictation: questions, answers, corrections by voice."""
