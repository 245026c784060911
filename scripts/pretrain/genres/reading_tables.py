"""Word lists of the reading frames."""

from __future__ import annotations

from ..text import words
from ..world.things import COLOURS

HOBBIES = words(
    """swimming, reading, dancing, painting, fishing, cooking, singing, running, drawing, chess, climbing,
    knitting, riding, skating, sewing, rowing, baking, cycling, juggling, football, sailing, hiking,
    gardening"""
)


CAUSES = [
    tuple(item.split(">")) for item in words("""sad>{he} lost {his} {thing}, happy>{he} found {his} {thing},
    sad>{his} {thing} was broken, happy>{friend} gave {him} a {thing}, angry>{friend} took {his} {thing},
    tired>{he} had walked all day, afraid>{he} heard a loud noise, proud>{he} won the race,
    proud>{he} built a {toy},
    excited>{he} was going {place.to}, sad>{he} could not go {place.to}, angry>{friend} did not wait,
    hungry>{he} had no lunch, cold>{he} forgot {his} coat, surprised>{he} saw a {animal} {place.at},
    happy>the sun was out,
    worried>{his} {animal} was sick, lonely>{friend} was away, bored>it rained all day,
    sleepy>{he} got up very early,
    thankful>{friend} helped {him}, happy>it was {his} birthday, afraid>it was dark,
    disappointed>the shop was closed,
    excited>{friend} was coming to visit, proud>{he} learned to swim, sick>{he} ate too much cake,
    wet>it was raining,
    late>{he} missed the bus, late>the road was closed, happy>{he} got a letter from {friend}""")
]


HABITS = [
    tuple(item.split("/")) for item in words("""gets up/get up, goes to bed/go to bed, has lunch/have lunch,
    has dinner/have dinner, feeds the hens/feed the hens, plays outside/play outside,
    does homework/do homework,
    has a music lesson/have a music lesson, leaves home/leave home, walks the dog/walk the dog, reads/read""")
]


LOOKS = COLOURS + words("small, big, tiny, large, old, new, shiny, pretty")
