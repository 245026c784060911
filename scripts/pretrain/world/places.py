"""Places, weather, times of the day and the year."""

from __future__ import annotations

from dataclasses import dataclass

from ..text import rows, words


@dataclass(frozen=True)
class Place:
    """A place; ``at`` is the phrase for being there, ``to`` for going there."""

    name: str
    at: str
    found: tuple[str, ...]
    people: str
    acts: tuple[str, ...]
    outside: bool

    def __str__(self) -> str:
        return self.name

    @property
    def to(self) -> str:
        return f"to {self.name}"


def _place(cells: list[str]) -> Place:
    name, preposition, found, people, acts, outside = cells
    return Place(
        name, f"{preposition} {name}", tuple(words(found)), people, tuple(words(acts)), outside == "out"
    )


PLACES = [_place(cells) for cells in rows("""
the beach | at | shells, warm sand, small waves, round stones, a wooden boat | a fisherman | \
    build a sandcastle, look for shells, splash in the water | out
the forest | in | tall trees, soft moss, mushrooms, pine cones, bird songs | a forester | \
    pick berries, follow a path, listen to the birds | out
the park | in | green grass, a fountain, benches, flower beds, a swing | a gardener | \
    play catch, ride a bicycle, feed the ducks | out
the market | at | fruit stands, bright cloths, fresh fish, warm bread, loud voices | a shopkeeper | \
    buy fruit, taste cheese, look at the stalls | out
the farm | on | a red barn, hay, a tractor, a muddy yard, many animals | a farmer | \
    feed the hens, milk the cow, pick apples | out
the library | in | tall shelves, quiet corners, picture books, old maps, soft chairs | a librarian | \
    read a book, look for a story, sit by the window | in
the school | at | a blackboard, small desks, colourful pictures, a bell, a play yard | a teacher | \
    learn to count, paint a picture, sing a song | in
the garden | in | roses, rows of beans, a shed, a watering can, busy bees | a gardener | \
    water the flowers, pull weeds, plant seeds | out
the river | by | smooth stones, fast water, reeds, a small bridge, silver fish | a fisherman | \
    throw stones, sail a toy boat, catch fish | out
the lake | by | still water, white swans, reeds, a wooden jetty, a rowing boat | a fisherman | \
    swim, row a boat, watch the swans | out
the pond | by | frogs, lilies, mud, ducks, dragonflies | a gardener | \
    feed the ducks, count the frogs, sail paper boats | out
the hill | on | long grass, wild flowers, a strong wind, a lonely tree, a wide view | a shepherd | \
    fly a kite, roll down the slope, look at the clouds | out
the mountain | on | grey rocks, snow, a steep path, cold air, eagles | a guide | \
    climb up, look far away, rest on a rock | out
the meadow | in | wild flowers, butterflies, tall grass, crickets, clover | a beekeeper | \
    pick flowers, lie in the grass, chase butterflies | out
the harbour | at | big ships, ropes, nets, gulls, salty air | a sailor | \
    watch the ships, talk to a sailor, count the boats | out
the village square | in | a well, old houses, a clock tower, pigeons, benches | a clockmaker | \
    meet friends, listen to music, feed the pigeons | out
the bakery | at | hot bread, round cakes, flour, a big oven, sweet smells | a baker | \
    buy bread, smell the cakes, watch the baker | in
the kitchen | in | pots, a warm stove, bowls, spoons, a big table | a cook | \
    bake a cake, make soup, wash the plates | in
the attic | in | old boxes, dust, cobwebs, a big chest, a small window | nobody | \
    look through old boxes, hide, read old letters | in
the museum | in | old coins, paintings, big bones, glass boxes, a stone lion | a guide | \
    look at the paintings, draw a statue, learn about old times | in
the train station | at | long trains, a big clock, heavy bags, a ticket window, benches | \
    a train driver | wait for a train, buy a ticket, wave goodbye | in
the zoo | at | lions, monkeys, a snake house, a duck pond, high fences | a keeper | \
    watch the monkeys, feed the goats, draw the lions | out
the playground | on | a slide, swings, a sand pit, a climbing frame, laughing children | a teacher | \
    swing, slide, play tag | out
the field | in | golden corn, crows, a scarecrow, mice, poppies | a farmer | \
    run, look at the corn, chase the crows | out
the cave | in | bats, dark walls, drops of water, cold stones, strange echoes | nobody | \
    shout and hear the echo, light a lamp, look for crystals | out
the island | on | palm trees, white sand, coconuts, crabs, a small hut | a sailor | \
    look for treasure, pick coconuts, build a hut | out
the workshop | in | hammers, saws, wood, nails, sawdust | a carpenter | \
    build a box, mend a chair, paint a toy | in
the toy shop | in | dolls, toy trains, kites, drums, puzzles | a shopkeeper | \
    look at the trains, try the drums, choose a present | in
the castle | at | high towers, thick walls, a gate, a long hall, flags | a guard | \
    climb the tower, walk through the halls, pretend to be a king | out
the lighthouse | at | a bright lamp, many steps, rocks, gulls, a round room | a lighthouse keeper | \
    climb the steps, watch the sea, clean the lamp | out
the orchard | in | apple trees, ladders, baskets, bees, fallen fruit | a farmer | \
    pick apples, climb a tree, fill a basket | out
the stable | in | horses, hay, saddles, buckets, brushes | a rider | \
    brush the pony, carry hay, fill the water bucket | in
""")]
PLACE = {place.name: place for place in PLACES}
OUTSIDE = [place for place in PLACES if place.outside]
TOWNS = words("""Fernbrook, Windmoor, Oakdale, Silverlake, Redhill, Stonebridge, Greenport, Applewick, Foxley,
    Maple Bay,
    Sunny Vale, Longmeadow, Birchwood, Otterford, Pinecliff, Hazelton, Snowhill, Claywell, Rosefield,
    Kettle Cove""")
DAYS = words("Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday")
MONTHS = words(
    "January, February, March, April, May, June, July, August, September, October, November, December"
)
SEASON_MONTHS = {
    "spring": MONTHS[2:5],
    "summer": MONTHS[5:8],
    "autumn": MONTHS[8:11],
    "winter": [MONTHS[11], *MONTHS[:2]],
}
SEASONS = {
    "spring": ("flowers grow and birds build nests", "fresh", "green buds"),
    "summer": ("the days are long and hot", "hot", "bright sun"),
    "autumn": ("leaves turn red and fall", "cool", "falling leaves"),
    "winter": ("it is cold and snow falls", "cold", "white snow"),
}
WEATHER = {
    "sunny": ("the sun shines", "sunglasses and a hat", "the sun was shining", "sky is blue"),
    "rainy": ("rain falls", "an umbrella and boots", "rain was falling", "streets are wet"),
    "windy": ("the wind blows", "a warm jacket", "the wind was blowing", "trees bend and sway"),
    "snowy": ("snow falls", "gloves and a scarf", "snow was falling", "ground is white"),
    "foggy": ("fog hides the hills", "a lamp", "fog lay over the fields", "hills are hard to see"),
    "stormy": (
        "thunder roars and lightning flashes",
        "a strong coat",
        "thunder rolled over the hills",
        "sky is dark",
    ),
    "cloudy": ("clouds cover the sky", "a light jacket", "grey clouds covered the sky", "sun is hidden"),
    "frosty": (
        "ice covers the puddles",
        "thick socks",
        "ice covered the puddles",
        "windows are white with ice",
    ),
}
TIMES = words(
    "in the morning, in the afternoon, in the evening, at noon, at night, after lunch, before dinner,"
    "after school, early in the morning, late in the evening, before breakfast, at sunset, at dawn"
)
CLOCK = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
