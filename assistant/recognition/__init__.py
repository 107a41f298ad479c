"""Hearing: speech engines, cue spotter, dictation, codes and the model store.

The only folder that imports vosk or moonshine_voice.
"""
