"""Hearing: speech engines, the cue spotter and the model store; the only folder that imports vosk or moonshine_voice."""
