"""The coach: tips, the checklist, breathing and manners. Pure, and part of the session's state."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from assistant import actions as do
from assistant.actions import Action
from assistant.coaching.checklist import Checklist
from assistant.coaching.prompts import Prompts
from assistant.events import Earcon, Phase, Priority, SpeechEnded

AGAIN_S = 6.0
"""How long after an exercise a mere "again" still means the breathing."""
BREATHING_REASON = "breathing"

Actions = tuple[Action, ...]


class Coach:
    """What is said, and remembered of what was said."""

    def __init__(self, prompts: Prompts, facts: Mapping[str, str], *, first_breath: bool) -> None:
        self._prompts = prompts
        self.facts = dict(facts)
        self._first_breath = first_breath
        self.checklist = Checklist()
        self._suggested: int | None = None
        self._reminded: Counter[int] = Counter()
        self._muted_before = False
        self._last_text = ""
        self.quiet = False
        """The user wants to hear only what they ask for."""
        self._breathing = False
        self._breathed_at_s = -AGAIN_S

    # --- saying -----------------------------------------------------------------------------

    def speak(self, text: str, reason: str) -> Action:
        """Say `text`, and know it for "repeat that"."""
        self._last_text = text
        return do.Speak(text, reason)

    def message(self, key: str, **slots: str) -> Action:
        """Say a message of ``messages.toml``."""
        return self.speak(self._prompts.say(key, **slots), key)

    def confirm(self, key: str, **slots: str) -> Actions:
        """Confirm in words, or just with a sound for somebody who wants quiet."""
        if self.quiet:
            return (do.Sound(Earcon.UNDERSTOOD),)
        return (do.Speak(self._prompts.say(key, **slots), key, Priority.CHATTER),)

    def repeat(self) -> Actions:
        """Say the last thing again."""
        if not self._last_text:
            return (self.message("nothing-to-repeat"),)
        return (do.Speak(self._last_text, "repeat"),)

    def be_quiet(self) -> Actions:
        """Say only what is asked for, from now on."""
        self.quiet = True
        return (do.Silence(), do.Sound(Earcon.UNDERSTOOD))

    def talk(self) -> Actions:
        """Talk again."""
        self.quiet = False
        return self.confirm("quiet-off")

    def tell_facts(self) -> Actions:
        """Say the user's facts."""
        if not any(self.facts.values()):
            return (self.message("no-facts"),)
        return (self.message("facts", **self.facts),)

    def tell_time(self, seconds: float) -> Actions:
        """Say how long the call has lasted."""
        minutes = int(seconds // 60)
        if not minutes:
            return (self.message("time-short"),)
        return (self.message("time", minutes=str(minutes)),)

    # --- tips -------------------------------------------------------------------------------

    def tick(self, number: int) -> Actions:
        """Tip `number` is done; nothing when it already was."""
        if number in self.checklist.done:
            return ()
        self.checklist = self.checklist.tick(number)
        return (do.KeepTip(number),)

    def tip(self, number: int) -> Actions:
        """Remind of tip `number`, and tick it: they asked because they are about to do it."""
        self._suggested = None
        return (*self.tick(number), self._remind(number))

    def what_now(self, phase: Phase) -> Actions:
        """The next tip; asking again means the one named before is done."""
        ticked = self.tick(self._suggested) if self._suggested else ()
        self._suggested = self.checklist.next_for(phase)
        if self._suggested is None:
            return (*ticked, self.message("all-tips-done"))
        return (*ticked, self._remind(self._suggested))

    def tip_done(self, phase: Phase) -> Actions:
        """Tick what was suggested, or what comes next."""
        number = self._suggested or self.checklist.next_for(phase)
        self._suggested = None
        if number is None:
            return (self.message("all-tips-done"),)
        title = self._prompts.tips[number].title
        return (*self.tick(number), *self.confirm("tip-ticked", title=title))

    def _remind(self, number: int) -> Action:
        turn = self._reminded[number]
        self._reminded[number] += 1
        return self.speak(self._prompts.tip(number, self.facts, turn), f"tip-{number}")

    # --- breathing --------------------------------------------------------------------------

    def breathing(self, now_s: float) -> bool:
        """Whether an exercise runs, or ended so lately that "again" still means it."""
        return self._breathing or now_s - self._breathed_at_s < AGAIN_S

    def breathe(self, phase: Phase) -> Actions:
        """Begin an exercise, with the advice that is due."""
        advice = []
        if not self._muted_before and phase in (Phase.LIVE, Phase.HOLD):
            self._muted_before = True
            advice.append(self._prompts.say("breath-mute"))
        if self._first_breath:
            self._first_breath = False
            advice.append(self._prompts.say("breath-first-use"))
        return (*self.tick(1), *self.breathe_again(" ".join(advice)))

    def breathe_again(self, introduction: str = "") -> Actions:
        """Begin an exercise without advice."""
        self._breathing = True
        return (do.Silence(), do.Breathe(introduction))

    def stop(self) -> Actions:
        """Say nothing more, and end the exercise."""
        self._breathing = False
        return (do.Silence(),)

    def speech_ended(self, event: SpeechEnded) -> Actions:
        """Something we said is over; praise a finished exercise."""
        if event.reason != BREATHING_REASON:
            return ()
        was_breathing, self._breathing = self._breathing, False
        self._breathed_at_s = event.t_s
        if was_breathing and event.completed and not self.quiet:
            return (do.Speak(self._prompts.say("breath-done"), "breath-done", Priority.CHATTER),)
        return ()
