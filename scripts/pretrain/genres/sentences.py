"""Simple sentences with all their forms, for the instructions: statement, past, question, negation."""

from __future__ import annotations

from dataclasses import dataclass

from ..text import Pen, capital
from ..world.people import Person, anyone
from ..world.places import TIMES
from ..world.verbs import VERBS, Verb
from . import invented


@dataclass(frozen=True)
class Sentence:
    """'Mia eats a ripe pear', taken apart."""

    person: Person
    verb: Verb
    rest: str

    def present(self) -> str:
        return f"{self.person} {self.verb.third} {self.rest}."

    def past(self) -> str:
        return f"{self.person} {self.verb.past} {self.rest}."

    def going_on(self) -> str:
        return f"{self.person} is {self.verb.ing} {self.rest}."

    def future(self) -> str:
        return f"{self.person} will {self.verb.base} {self.rest}."

    def negative(self) -> str:
        return f"{self.person} does not {self.verb.base} {self.rest}."

    def negative_past(self) -> str:
        return f"{self.person} did not {self.verb.base} {self.rest}."

    def question(self) -> str:
        return f"Does {self.person} {self.verb.base} {self.rest}?"

    def question_past(self) -> str:
        return f"Did {self.person} {self.verb.base} {self.rest}?"

    def can(self) -> str:
        return f"{self.person} can {self.verb.base} {self.rest}."

    def with_pronoun(self) -> str:
        return f"{capital(self.person.he)} {self.verb.third} {self.rest}."

    def command(self) -> str:
        return capital(f"{self.verb.base} {self.rest}.")

    def polite(self, pen: Pen) -> str:
        return pen.pick(("Could you please {c}?", "Would you please {c}?")).replace(
            "{c}", f"{self.verb.base} {self.rest}"
        )


def sentence(pen: Pen) -> Sentence:
    """A free combination; marked, so that some are never trained on."""
    person = invented.somebody(pen) if pen.maybe(0.08) else anyone(pen)
    verb = pen.pick(VERBS)
    rest = pen.pick(verb.objects).replace("her little dog", f"{person.his} little dog")
    if pen.maybe(0.25) and not any(
        word in f" {rest}" for word in (" to ", "every", "all ", "early", "rain", "asleep", "dinner")
    ):
        rest += f" {pen.pick(TIMES)}"
    pen.mark("sentence", person, verb.base, rest)
    return Sentence(person, verb, rest)
