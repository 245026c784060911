"""Short stories: an opening, a way there, sights, a plot and a closing, with one cast and one scene."""

from __future__ import annotations

from typing import Any

from ..document import Document, Turn, chat, plain
from ..text import Pen, capital, number_word, tidy, words
from ..world.animals import MEETABLE, PET_NAMES, PETS
from ..world.people import ADULTS, FAMILY, RELATIVES, Person, children
from ..world.places import DAYS, OUTSIDE, SEASONS, TIMES, TOWNS
from ..world.things import COLOURS, DISHES, FOODS, SMALL_THINGS, SPOTS, TOYS
from . import story_beats as beats
from .reading_tables import HOBBIES
from .story_plots_days import PLOTS as OF_DAYS
from .story_plots_friends import PLOTS as OF_FRIENDS
from .story_plots_home import PLOTS as OF_HOME
from .story_plots_things import PLOTS as OF_THINGS

PLOTS: dict[str, dict[str, Any]] = OF_THINGS | OF_HOME | OF_FRIENDS | OF_DAYS
INDOOR_PLOTS = [PLOTS[name] for name in ("dark", "broken", "gift")]
TRAITS, SKIES = words(beats.TRAITS), words(beats.SKIES)
COLD = {"snow was falling", "it was cold outside", "frost covered the windows"}
HOT = {"it was very hot"}
AT_HOME = ("dark", "newchild", "bake", "garden", "letter", "build", "gift", "broken", "race", "snow", "pet", "learn", "night")
INDOOR_SPOTS = [
    spot
    for spot in SPOTS
    if any(
        word in spot
        for word in (
            "bed",
            "table",
            "drawer",
            "door",
            "shelf",
            "chair",
            "box",
            "window",
            "lamp",
            "stairs",
            "cupboard",
            "sofa",
            "kitchen",
            "attic",
            "cellar",
            "hall",
            "blanket",
            "curtain",
        )
    )
]
OUTDOOR_SPOTS = [
    spot
    for spot in SPOTS
    if any(
        word in spot
        for word in (
            "well",
            "tree",
            "gate",
            "pond",
            "bench",
            "grass",
            "shed",
            "barn",
            "bridge",
            "wall",
            "stones",
            "bush",
            "hill",
            "boot",
        )
    )
]
SIMPLE_PETS = [pet for pet in PETS if pet.name not in ("goldfish", "snail", "frog", "lizard", "hedgehog")]
DAYTIMES = [
    time
    for time in TIMES
    if time not in ("at night", "late in the evening", "in the evening", "before breakfast")
]
GRAND = [person for person in FAMILY if person.name.startswith("Grand")]
HELPABLE = [
    animal
    for animal in MEETABLE
    if animal.size != "tiny" and animal.name not in ("cow", "horse", "goat", "pig")
]
SKILLS = words(
    "to skate, to ride a bicycle, to ski, to ride a horse, to stand on {his} head, to walk on a rope, to climb trees,"
    "to do a handstand"
)
MATERIALS = words("old paper, wood, bits of cloth, an old box, branches, straw, some leather, broken toys")
LIGHTS = words("a candle, a lamp, a torch, a lantern")


def _sky(pen: Pen, season: str) -> str:
    wrong = HOT if season in ("winter", "autumn") else COLD if season == "summer" else COLD | HOT
    return pen.pick([sky for sky in SKIES if sky not in wrong])


def scene(pen: Pen, plot: dict[str, Any]) -> dict[str, Any]:
    """A cast, things and places that fit together."""
    hero, friend = children(pen, 2)
    place, other = pen.some(OUTSIDE, 2)
    thing, second = pen.some(SMALL_THINGS, 2)
    if plot.get("toy"):
        thing = pen.pick(
            [toy for toy in TOYS if toy.name not in ("balloon", "bicycle", "scooter", "whistle", second.name)]
        )
    if plot.get("breakable"):
        thing = pen.pick(
            [
                thing
                for thing in SMALL_THINGS
                if thing.material in ("glass", "clay", "shell")
            ]
        )
    animal, animal2 = pen.some(HELPABLE, 2)
    pet, food = pen.pick(SIMPLE_PETS), pen.pick(FOODS)
    if plot.get("raw"):
        food = pen.pick([food for food in FOODS if food.group in ("fruit", "vegetable")])
    season = plot.get("season") or pen.pick(list(SEASONS))
    spots = pen.some(INDOOR_SPOTS if plot in INDOOR_PLOTS else OUTDOOR_SPOTS, 3)
    acts = pen.some(place.acts, 2)
    elder = pen.pick(pen.pick((FAMILY, GRAND, RELATIVES, ADULTS)))
    return {
        "h": hero,
        "f": friend,
        "e": elder,
        "p": place,
        "q": other,
        "t": thing,
        "broken": bool(plot.get("breakable")),
        "T": thing.name.title(),
        "t2": second,
        "a": animal,
        "A": animal.name.title(),
        "a2": animal2,
        "A2": animal2.name.title(),
        "afood": pen.pick(animal.foods),
        "pa": pet,
        "pet": pen.pick(PET_NAMES),
        "pafood": pen.pick(pet.foods),
        "pacol": pen.pick(pet.colours),
        "food": pen.pick((f"a {food}", f"some {food.plural}")),
        "foods": food.plural,
        "bite": pen.pick(
            (food.plural, pen.pick(("bread", "cheese", "nuts", "cake", "soup and bread", "bread and butter")))
        ),
        "n": number_word(pen.number(3, 12)),
        "col": pen.pick(COLOURS),
        "dish": pen.pick(DISHES),
        "town": pen.pick(TOWNS),
        "town2": pen.pick(TOWNS),
        "trait": pen.pick(TRAITS),
        "hobby": pen.pick(HOBBIES),
        "found": pen.pick(place.found[:2]),
        "act": acts[0],
        "act2": acts[1],
        "sky": _sky(pen, season),
        "sky2": _sky(pen, season),
        "season": season,
        "season2": pen.pick(("summer", "spring")),
        "day": pen.pick(DAYS),
        "time": pen.pick(DAYTIMES),
        "time2": pen.pick(("morning", "evening", "day")),
        "spot1": spots[0],
        "spot2": spots[1],
        "spot3": spots[2],
        "skill": pen.pick(SKILLS).replace("{his}", hero.his),
        "material": pen.pick(MATERIALS),
        "light": pen.pick(LIGHTS),
    }


def story(pen: Pen) -> tuple[str, str, dict[str, Any], list[tuple[str, str]]]:
    """Title, text, scene and questions of a new story."""
    name = pen.pick(list(PLOTS))
    plot = PLOTS[name]
    slots = scene(pen, plot)
    pen.mark("story", name, slots["h"], slots["p"], slots["t"] if not plot.get("fable") else slots["a2"])
    opening: list[str] = []
    closing: list[str] = []
    if not plot.get("fable"):
        openings = [
            beat
            for beat in beats.OPENINGS
            if not (slots["e"].name in ("Mum", "Dad") and "{e}" in beat or plot.get("weather") and "{sky}" in beat)
        ]
        opening = [pen.pick(openings)]
        if name not in AT_HOME:
            opening.append(pen.pick(beats.SETTING_OFF))
            if pen.maybe(0.6):
                opening.append(pen.pick(beats.SIGHTS))
    core = _beats(pen, plot)
    so_far = " ".join(opening + core)
    if not plot.get("fable"):
        endings = beats.CLOSINGS + (() if name in AT_HOME or plot.get("ends_at_home") else beats.AWAY_CLOSINGS)
        closing = [pen.pick([ending for ending in endings if _fits(ending, so_far, slots, plot)])]
    parts = [opening, core[:3], core[3:], closing]
    if pen.maybe(0.35):
        text = "\n".join(filter(None, (pen.tell(part, slots) for part in parts)))
    else:
        text = pen.tell([beat for part in parts for beat in part], slots)
    if name not in ("newchild", "fable"):
        text = _introduce(text, slots["h"], slots["f"])
    title = tidy(pen.raw(pen.pick(plot["titles"]), slots))
    asks = [
        (tidy(pen.raw(ask, slots)), capital(tidy(pen.raw(answer, slots))) + ".")
        for ask, answer in plot["asks"]
        if answer and _told(pen.raw(answer, slots), text)
    ]
    return title, text, slots, asks


def _beats(pen: Pen, plot: dict[str, Any]) -> list[str]:
    """One version of each beat; the linked ones in the same version."""
    chances = [pen.chance() for _ in plot["beats"]]
    for group in plot.get("linked", ()):
        for index in group:
            chances[index] = chances[group[0]]
    return [beat[int(chance * len(beat))] for beat, chance in zip(plot["beats"], chances)]


def _fits(ending: str, so_far: str, slots: dict[str, Any], plot: dict[str, Any]) -> bool:
    """Whether an ending speaks only of what the story knows, is not told to one who saw it, and serves no second dinner."""
    longer = plot.get("days") or plot.get("night") or "dream" in so_far
    if longer and any(word in ending for word in beats.ONE_DAY):
        return False
    if "story" in ending and "{e" in ending and "{e" in so_far:
        return False
    if "{dish}" in ending and "{dish}" in so_far or "they" in ending and "{f" not in so_far:
        return False
    known = "{e" in so_far or slots["e"] in FAMILY
    return all(mark not in ending or mark in so_far for mark in ("{f", "{t}")) and (
        "{e" not in ending or known
    )


def _introduce(text: str, hero: Person, friend: Person) -> str:
    """Says at the first mention who the friend is, unless that stands in somebody's speech."""
    at = text.find(friend.name)
    before = text[: max(at, 0)]
    if (
        at < 0
        or before.count('"') % 2
        or text[at + len(friend.name) :][:2] == "'s"
        or before.endswith("named ")
    ):
        return text
    return tidy(f"{before}{hero.his} friend {text[at:]}")


def _told(answer: str, text: str) -> bool:
    """Whether the last word of an answer stands in the text (else it may not be asked for)."""
    return answer.split()[-1].removesuffix("'s") in text or answer in (
        "rainy",
        "at night",
        "afraid",
        "in winter",
    )


def _request(pen: Pen, title: str, slots: dict[str, Any]) -> str:
    """How a person asks for this story."""
    hero, thing, animal, friend = slots["h"], slots["t"], slots["a"], slots["f"]
    return pen.say(
        pen.pick(
            (
                (
                    "[tell me a|tell a|write a|can you tell me a|please tell me a|I want to hear a]"
                    " [story|short story|bedtime story] about {h}."
                ),
                "tell me a story about {h} and {f}.",
                "tell me a story.",
                "can you tell me a story?",
                "a story, please!",
                'write a short story called "{title}".',
                'tell me the story "{title}".',
                "write a story that happens {p.at}.",
                "I am bored. Tell me a story about {h}, please.",
                "tell me a story with a {t} in it.",
            )
        ),
        h=hero,
        f=friend,
        t=thing,
        a=animal,
        p=slots["p"],
        title=title,
    )


def document(pen: Pen) -> Document:
    """A story, as a page, as an answer, or with questions after it."""
    title, text, slots, asks = story(pen)
    style = pen.chance()
    asks = pen.some(asks, min(len(asks), pen.number(1, 2)))
    if style < 0.48:
        return plain("story", text if pen.maybe() else f"{title}\n\n{text}")
    if style < 0.58 and asks:
        body = "\n".join(f"Question: {ask}\nAnswer: {answer}" for ask, answer in asks)
        return plain("story", f"{text}\n\n{body}")
    if style < 0.72 and asks:
        return chat("story", [(f"{text}\n{asks[0][0]}", asks[0][1]), *asks[1:]])
    request = _request(pen, title, slots)
    if not (slots["h"].name in text and (slots["t"].name in text and not slots["broken"] or " with a " not in request)):
        request = "Tell me a story."
    if "happens" in request and slots["p"].name not in text:
        request = "Write a story."
    if " and " in request and slots["f"].name not in text:
        request = f"Tell me a story about {slots['h']}."
    if "fable" in title.lower() or slots["h"].name not in text:
        request = (
            pen.say(f"tell me a [fable|story] about a {slots['a']}.") if slots["a"].name in text else request
        )
    turns: list[Turn] = [(request, text)]
    if pen.maybe(0.4):
        turns += asks
    if pen.maybe(0.1):
        turns.append(
            pen.pick(
                (
                    ("Thank you!", "You are welcome!"),
                    ("I liked that.", "I am glad that you liked it."),
                    ("That was nice.", "Thank you. Shall I tell you another one?"),
                )
            )
        )
    return chat("story", turns)
