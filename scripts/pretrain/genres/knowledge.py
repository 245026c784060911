"""Words and what they mean: opposites, other words, kinds, rhymes, jobs, causes and effects, things that cannot be known."""

from __future__ import annotations

from ..document import Document, chat, plain
from ..text import Pen, article, capital, listing, tidy
from ..world.animals import ANIMALS
from ..world.language import CAUSES, FEELINGS, JOBS, KINDS, OPPOSITES, PLURALS, RHYMES, SYNONYMS, VERBS, ADJECTIVES
from ..world.people import child
from ..world.places import DAYS, MONTHS, SEASON_MONTHS
from . import invented

QA = tuple[str, str]
DEFINITIONS = [tuple(line.strip().split("/")) for line in """
an island/land with water all around it
a bridge/a way over a river or a road
a desert/a dry place with a lot of sand
a forest/a place with many trees
a friend/somebody you like and trust
a promise/something you say you will surely do
a secret/something that only few people know
a map/a picture that shows the way
a clock/a thing that shows the time
a recipe/a list of steps to make food
a neighbour/somebody who lives near you
a storm/bad weather with strong wind and rain
a rainbow/a bow of colours in the sky after rain
a shadow/the dark shape behind a thing in the light
an echo/a sound that comes back to you
a harbour/a place where ships can rest
a village/a small town
a king/a man who rules a land
a queen/a woman who rules a land
a puddle/a little water on the ground after rain
a nest/the home that a bird builds
a hive/the home of bees
a den/the home of a fox
a seed/a small thing from which a plant grows
a river/a lot of water that flows to the sea
a lake/a lot of still water with land around it
a mountain/a very high hill
a valley/the low land between hills
a lie/something said that is not true
a joke/a short story that makes you laugh
a poem/a short text that often rhymes
a song/words with music
a diary/a book in which you write about your day
a dream/something you see while you sleep
a gift/something you give to make somebody happy
a market/a place where people buy and sell
a library/a house full of books
a museum/a house where you can look at old things
a ticket/a small paper that lets you in
a journey/a long way from one place to another
a holiday/a day without work or school
a birthday/the day on which you were born
a minute/a time of sixty seconds
an hour/a time of sixty minutes
a day/a time of twenty-four hours
a week/a time of seven days
a year/a time of twelve months
ice/water that is hard and cold
steam/hot water in the air
snow/soft white ice that falls from the sky
fog/a cloud that lies on the ground
dust/very small bits of dry earth
honey/a sweet food made by bees
wool/the warm hair of sheep
an orchard/a garden of fruit trees
a stable/a house for horses
a crew/the people who work on a ship
an anchor/a heavy thing that holds a ship in its place
a sail/a big cloth that catches the wind for a ship
a treasure/a lot of gold or other precious things
a pirate/a robber who sails on the sea
a captain/the leader of a ship
a wave/a hill of water on the sea
a compass/a small thing that shows where north is
a rule/something that tells what you may do
a tongue/a language, or the thing in your mouth that tastes
a language/the words that people use to speak with each other
courage/doing the right thing although you are afraid
patience/waiting without being angry
kindness/being good to others
hunger/the feeling when you need food
thirst/the feeling when you need water
luck/something good that comes by chance
a mistake/something that went wrong, from which you can learn
a habit/something you do again and again
a hero/somebody who is very brave
a team/people who work together
a choir/people who sing together
a flock/many birds or sheep together
a herd/many cows together
a swarm/many bees together""".strip().splitlines()]
GENERAL = [tuple(line.split("|")) for line in """How many days are there in a week?|There are seven days in a week.
How many months are there in a year?|There are twelve months in a year.
How many seasons are there?|There are four: spring, summer, autumn and winter.
What colour is the sky on a fine day?|It is blue.
What colour is grass?|It is green.
What colour is snow?|It is white.
What do we see in the sky at night?|We see the moon and the stars.
Where does the sun rise?|It rises in the east.
Where does the sun set?|It sets in the west.
What do plants need?|They need water, light and earth.
What do bees make?|They make honey.
What do you do when you are tired?|You rest or go to sleep.
What do you do when you are hungry?|You eat something.
What do you do when you are thirsty?|You drink some water.
What do you say when you get a present?|You say thank you.
What do you say when you hurt somebody?|You say that you are sorry.
What falls from the sky in winter?|Snow falls from the sky.
What is ice made of?|It is made of water.
What do you use to cut paper?|You use scissors.
What do you use to write?|You use a pen or a pencil.
How many legs does a table have?|Most tables have four legs.
How many fingers do you have on one hand?|There are five fingers on one hand.
How many hours does a day have?|A day has twenty-four hours.
How many minutes does an hour have?|An hour has sixty minutes.
What do you wear when it rains?|You wear a coat and boots.
What comes after summer?|Autumn comes after summer.
What comes after winter?|Spring comes after winter.
What does a baker make?|A baker makes bread and cakes.
Where do ships rest?|They rest in a harbour.
What do we do with our ears?|We hear with our ears.
What do we do with our eyes?|We see with our eyes.
What do we do with our nose?|We smell with our nose.""".splitlines()]


def _opposite(pen: Pen) -> QA:
    one, other = pen.pick(OPPOSITES)
    if pen.maybe():
        one, other = other, one
    return pen.say(pen.pick(("what is the opposite of {a}?", "tell me the opposite of {a}.", "opposite of {a}?", "what is the opposite of \"{a}\"?")), a=one), \
        pen.say(pen.pick(("the opposite of {a} is {b}.",)), a=one, b=other)


def _synonym(pen: Pen) -> QA:
    one, other = pen.some(pen.pick(SYNONYMS), 2)
    return pen.say("[what is another word for {a}?|tell me another word for {a}.|say {a} in another way.]", a=one), pen.say("another word for {a} is {b}.", a=one, b=other)


def _kind(pen: Pen) -> QA:
    kind = pen.pick(list(KINDS))
    item = pen.pick(KINDS[kind])
    if pen.maybe(0.3):
        return pen.say("[what kind of thing is {i}?|what is {i}?|to which group does {i} belong?]", i=_with_article(kind, item)), pen.say("{i} is a {k}.", i=_with_article(kind, item), k=kind)
    if pen.maybe(0.4):
        count = pen.number(2, 4)
        names = pen.some(KINDS[kind], count)
        plural = {"piece of clothing": "pieces of clothing", "piece of furniture": "pieces of furniture", "dish": "dishes", "part of the body": "parts of the body",
                  "kind of weather": "kinds of weather", "family member": "family members"}.get(kind, kind + "s")
        return pen.say("[name|tell me|give me] {n} {p}.", n=("", "", "two", "three", "four")[count], p=plural), capital(listing(names)) + "."
    other = pen.pick([name for name in KINDS if name != kind and item not in KINDS[name]])
    right = pen.maybe()
    ask = pen.say("is {i} a {k}?", i=_with_article(kind, item), k=kind if right else other)
    return ask, pen.say("yes, {i} is a {k}." if right else "no, {i} is a {k}.", i=_with_article(kind, item), k=kind)


def _with_article(kind: str, item: str) -> str:
    bare = ("colour", "season", "day", "month", "number", "feeling", "drink", "metal", "kind of weather")
    return item if kind in bare else article(item)


def _odd_one(pen: Pen) -> QA:
    kind, other = pen.some([name for name in KINDS if name not in ("mammal", "bird", "insect", "job")], 2)
    wrong = pen.pick([item for item in KINDS[other] if item not in KINDS[kind]])
    items = pen.some(KINDS[kind], 3) + [wrong]
    pen.random.shuffle(items)
    return pen.say("[which word does not belong|find the odd one out|which one is different]: {l}?", l=", ".join(items)).replace("out:", "out:"), f"{capital(wrong)}."


def _rhyme(pen: Pen) -> QA:
    group = pen.pick([group for group in RHYMES if len(group) > 1])
    one, other = pen.some(group, 2)
    return pen.say("[what rhymes with {a}?|find a rhyme for {a}.|tell me a word that rhymes with {a}.|which word rhymes with \"{a}\"?]", a=one), f"{capital(other)}."


def _job(pen: Pen) -> QA:
    job, does, where, tool = pen.pick(JOBS)
    return pen.pick(((f"What does {article(job)} do?", f"{capital(article(job))} {does}."), (f"Where does {article(job)} work?", f"{capital(article(job))} works {where}."),
                     (f"Who {does}?", f"{capital(article(job))}."), (f"What does {article(job)} need?", f"{capital(article(job))} needs {tool}.")))


def _definition(pen: Pen) -> QA:
    word, meaning = pen.pick(DEFINITIONS)
    if pen.maybe(0.2):
        return pen.say("[what do you call {m}?|what is the word for {m}?]", m=meaning), f"{capital(word)}."
    return pen.say("[what is {w}?|can you explain what {w} is?|explain: what is {w}?|I do not know what {w} is. Can you help me?]", w=word), f"{capital(word)} is {meaning}."


def _cause(pen: Pen) -> QA:
    why, what = pen.pick(CAUSES)
    if what.split()[0] in ("it", "they", "everyone"):
        return pen.say("[what happened when {a}?|{b}. What happened then?]", a=why, b=capital(why)), f"{capital(what)}."
    return pen.pick(((pen.say("[why? {b}.|{b}. Why could that be?]", b=capital(what)), f"Perhaps because {why}."),
                     (pen.say("[what happened when {a}?|{b}. What happened then?]", a=why, b=capital(why)), f"{capital(what)}.")))


def _feeling(pen: Pen) -> QA:
    feeling, why, did = pen.pick(FEELINGS)
    person, other = child(pen), child(pen)
    slots = {"his": person.his, "other": other}
    told = f"{person} {pen.raw(why, slots)}." if pen.maybe(0.6) else f"{person} {pen.raw(why, slots)} and {pen.raw(did, slots)}."
    pen.mark("feeling", person, feeling)
    return pen.say("{t} [how did {p} feel?|what did {p} feel?|how do you think {p} felt?]", t=told, p=person), f"{person} felt {feeling}."


def _order(pen: Pen) -> QA:
    names = pen.pick((DAYS, MONTHS))
    at = pen.number(1, len(names) - 2)
    what = "day" if names is DAYS else "month"
    return pen.pick(((f"Which {what} comes after {names[at]}?", f"{names[at + 1]} comes after {names[at]}."), (f"Which {what} comes before {names[at]}?", f"{names[at - 1]} comes before {names[at]}."),
                     _season(pen)))


def _season(pen: Pen) -> QA:
    season = pen.pick(list(SEASON_MONTHS))
    month = pen.pick(SEASON_MONTHS[season])
    return f"In which season is {month}?", f"{month} is in {season}."


def _form(pen: Pen) -> QA:
    choice = pen.number(0, 3)
    if choice == 0:
        verb = pen.pick(VERBS)
        return pen.say("what is the past of {v}?", v=verb.base), f"The past of {verb.base} is {verb.past}."
    if choice == 1:
        one = pen.pick(list(PLURALS))
        return pen.say("[what is the plural of {a}?|one {a}, two ...?]", a=one), f"The plural of {one} is {PLURALS[one]}."
    base, more, most = pen.pick(ADJECTIVES)
    return (f"{capital(base)}, {more}, ...?", f"{capital(base)}, {more}, {most}.") if choice == 2 else (f"What comes after {base} and {more}?", f"{capital(most)}.")


def _unknown(pen: Pen) -> QA:
    word = invented.word(pen)
    return pen.say("[what is a {w}?|what does {w} mean?|what does \"{w}\" mean?|tell me about the {w}.|where does the {w} live?|what does the {w} eat?]", w=word), \
        pen.pick(("I do not know that word.", f"I do not know what {word} means.", "I have never heard of it."))


def _sound(pen: Pen) -> QA:
    animal = pen.pick([animal for animal in ANIMALS if "no sound" not in animal.says])
    same = [other for other in ANIMALS if other.says == animal.says]
    return (f"Which animal {animal.says}?", f"The {animal} {animal.says}.") if len(same) == 1 else (f"What does the {animal} do: bark, or something else?", f"It {animal.says}.")


_ASKS = ((_opposite, 16), (_synonym, 8), (_kind, 14), (_odd_one, 8), (_rhyme, 10), (_job, 10), (_definition, 16), (_cause, 8), (_feeling, 8), (_order, 5), (_form, 8), (_unknown, 4),
         (_sound, 3), (lambda pen: pen.pick(GENERAL), 6))


def question(pen: Pen) -> QA:
    """One question about words or the world, and its answer."""
    return pen.random.choices([ask for ask, _ in _ASKS], [share for _, share in _ASKS])[0](pen)


def document(pen: Pen) -> Document:
    """A chat of such questions, or a page of a word book."""
    if pen.maybe(0.25):
        style = pen.number(0, 3)
        if style == 0:
            lines = [f"{capital(word)}: {meaning}." for word, meaning in pen.some(DEFINITIONS, pen.number(2, 5))]
        elif style == 1:
            lines = [pen.say("[the opposite of {a} is {b}.|{a} is the opposite of {b}.|if it is not {a}, it is {b}.]", a=a, b=b) for a, b in pen.some(OPPOSITES[:40], pen.number(3, 6))]
        elif style == 2:
            lines = [pen.say("[{a}, so {b}.|because {a}, {b}.|{a}. That is why {b}.]", a=a, b=b) for a, b in pen.some(CAUSES, pen.number(2, 5))]
        else:
            lines = [pen.say("a {j} {d}. [A {j} works {w}.|You find a {j} {w}.|A {j} needs {t}.]", j=job, d=does, w=where, t=tool) for job, does, where, tool in pen.some(JOBS, pen.number(2, 4))]
        return plain("knowledge", tidy(pen.pick(("\n", " ")).join(lines)))
    turns = [question(pen) for _ in range(pen.number(1, 7))]
    if pen.maybe(0.15):
        return plain("knowledge", "\n".join(f"Question: {ask}\nAnswer: {answer}" for ask, answer in turns))
    return chat("knowledge", turns)
