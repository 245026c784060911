"""The animals; what is said of one is true everywhere in the corpus."""

from __future__ import annotations

from dataclasses import dataclass

from ..text import rows, words


@dataclass(frozen=True)
class Animal:
    """An animal kind and its facts."""

    name: str
    plural: str
    group: str
    says: str
    foods: tuple[str, ...]
    home: str
    size: str
    colours: tuple[str, ...]
    legs: int
    skills: tuple[str, ...]
    young: str

    def __str__(self) -> str:
        return self.name


def _animal(cells: list[str]) -> Animal:
    name, plural, group, says, foods, home, size, colours, legs, skills, young = cells
    return Animal(
        name,
        plural,
        group,
        says,
        tuple(words(foods)),
        home,
        size,
        tuple(words(colours)),
        int(legs),
        tuple(words(skills)),
        young,
    )


ANIMALS = [_animal(cells) for cells in rows("""
cat | cats | mammal | meows | fish, milk | in a house | small | black, grey, white, orange | 4 | \
    climb, jump, hunt mice | kitten
dog | dogs | mammal | barks | meat, bones | in a house | medium-sized | brown, black, white | 4 | \
    run fast, dig holes, fetch sticks | puppy
cow | cows | mammal | moos | grass, hay | on a farm | big | brown, white, black | 4 | \
    give milk, chew all day | calf
horse | horses | mammal | neighs | hay, oats | in a stable | big | brown, black, white | 4 | \
    gallop, carry people, pull carts | foal
pony | ponies | mammal | neighs | hay, apples | in a stable | medium-sized | brown, grey, white | 4 | \
    trot, carry children | foal
sheep | sheep | mammal | bleats | grass, clover | on a farm | medium-sized | white, grey | 4 | \
    give wool, follow the flock | lamb
goat | goats | mammal | bleats | leaves, grass | on a hill | medium-sized | white, brown, grey | 4 | \
    climb rocks, jump | kid
pig | pigs | mammal | oinks | corn, potatoes | on a farm | medium-sized | pink, brown | 4 | \
    roll in mud, smell roots | piglet
hen | hens | bird | clucks | seeds, worms | in a henhouse | small | brown, white, red | 2 | \
    lay eggs, scratch the ground | chick
duck | ducks | bird | quacks | weeds, snails | by a pond | small | white, brown, yellow | 2 | \
    swim, dive, fly | duckling
goose | geese | bird | honks | grass, seeds | by a pond | medium-sized | white, grey | 2 | \
    swim, fly, guard the yard | gosling
swan | swans | bird | hisses | water plants | on a lake | big | white, black | 2 | swim, fly | cygnet
owl | owls | bird | hoots | mice, moths | in a hollow tree | small | brown, grey, white | 2 | \
    see in the dark, fly without a sound | owlet
crow | crows | bird | caws | seeds, worms | in a tall tree | small | black | 2 | fly, solve puzzles | chick
robin | robins | bird | sings | worms, berries | in a hedge | small | brown, red | 2 | sing, fly | chick
parrot | parrots | bird | squawks | fruit, nuts | in the jungle | small | green, red, blue | 2 | \
    copy words, fly | chick
penguin | penguins | bird | squawks | fish | on the ice | medium-sized | black, white | 2 | \
    swim, slide on the ice | chick
eagle | eagles | bird | screams | fish, rabbits | on a cliff | big | brown, gold | 2 | \
    fly high, see far | eaglet
pigeon | pigeons | bird | coos | seeds, crumbs | on a roof | small | grey, white | 2 | \
    fly, find the way home | chick
sparrow | sparrows | bird | chirps | seeds, crumbs | under a roof | small | brown, grey | 2 | fly, hop | chick
frog | frogs | amphibian | croaks | flies, worms | by a pond | small | green, brown | 4 | jump, swim | tadpole
toad | toads | amphibian | croaks | worms, beetles | under a stone | small | brown, green | 4 | \
    hop, hide | tadpole
snake | snakes | reptile | hisses | mice, eggs | in the grass | long | green, brown, black | 0 | \
    slide, swim | hatchling
lizard | lizards | reptile | hisses | flies, beetles | on a warm wall | small | green, brown | 4 | \
    climb walls, run fast | hatchling
tortoise | tortoises | reptile | hisses | leaves, lettuce | in a garden | medium-sized | green, brown | 4 | \
    hide in its shell, live long | hatchling
crocodile | crocodiles | reptile | growls | fish, meat | in a river | big | green, grey | 4 | \
    swim, bite hard | hatchling
mouse | mice | mammal | squeaks | cheese, seeds | in a hole | tiny | grey, brown, white | 4 | \
    hide, climb, run fast | pup
rat | rats | mammal | squeaks | corn, cheese | under a floor | small | grey, brown | 4 | swim, climb | pup
rabbit | rabbits | mammal | squeaks | carrots, grass | in a burrow | small | white, brown, grey | 4 | \
    hop, dig holes, run fast | kit
hare | hares | mammal | squeaks | grass, clover | in a field | small | brown, grey | 4 | \
    run fast, jump | leveret
squirrel | squirrels | mammal | chatters | nuts, acorns | in a tree | small | red, grey, brown | 4 | \
    climb, jump, hide nuts | kit
hedgehog | hedgehogs | mammal | snuffles | worms, beetles | under a hedge | small | brown | 4 | \
    roll into a ball, sleep all winter | hoglet
fox | foxes | mammal | yelps | mice, berries | in a den | medium-sized | red, brown | 4 | \
    run fast, hide, dig holes | cub
wolf | wolves | mammal | howls | meat | in the forest | medium-sized | grey, black, white | 4 | run far, hunt | cub
bear | bears | mammal | growls | honey, berries, fish | in a cave | big | brown, black | 4 | \
    climb, fish, sleep all winter | cub
deer | deer | mammal | bellows | leaves, grass | in the forest | big | brown | 4 | run fast, jump | fawn
badger | badgers | mammal | grunts | worms, roots | in a burrow | medium-sized | black, white, grey | 4 | \
    dig holes | cub
mole | moles | mammal | squeaks | worms | under the ground | small | black | 4 | dig tunnels | pup
otter | otters | mammal | whistles | fish, crabs | by a river | medium-sized | brown | 4 | swim, dive, play | pup
beaver | beavers | mammal | grunts | bark, leaves | in a river | medium-sized | brown | 4 | build dams, swim | kit
bat | bats | mammal | squeaks | moths, fruit | in a cave | small | black, brown | 2 | \
    fly, hang upside down | pup
lion | lions | mammal | roars | meat | on the plains | big | yellow, gold | 4 | run fast, hunt | cub
tiger | tigers | mammal | roars | meat | in the jungle | big | orange, black | 4 | swim, hunt | cub
elephant | elephants | mammal | trumpets | leaves, fruit, grass | on the plains | huge | grey | 4 | \
    remember well, carry logs | calf
giraffe | giraffes | mammal | hums | leaves | on the plains | huge | yellow, brown | 4 | \
    reach high trees | calf
zebra | zebras | mammal | barks | grass | on the plains | big | black, white | 4 | run fast, kick | foal
monkey | monkeys | mammal | chatters | bananas, nuts | in the jungle | medium-sized | brown, black | 2 | \
    climb, swing | infant
camel | camels | mammal | grunts | dry plants, dates | in the desert | big | brown, yellow | 4 | \
    walk far without water | calf
kangaroo | kangaroos | mammal | grunts | grass, leaves | in dry grassland | big | brown, red, grey | \
    2 | jump far, box | joey
whale | whales | mammal | sings | tiny sea animals | in the sea | huge | blue, grey | 0 | \
    dive deep, swim far | calf
dolphin | dolphins | mammal | clicks | fish | in the sea | big | grey | 0 | swim fast, jump | calf
seal | seals | mammal | barks | fish | on the rocks by the sea | big | grey, brown | 0 | swim, dive | pup
shark | sharks | fish | makes no sound | fish | in the sea | big | grey, white | 0 | \
    swim fast, smell far | pup
goldfish | goldfish | fish | makes no sound | small flakes | in a bowl | tiny | orange, gold | 0 | swim | fry
salmon | salmon | fish | makes no sound | shrimps | in a river | medium-sized | silver, pink | 0 | \
    swim up rivers, jump | fry
crab | crabs | shellfish | clicks | weeds, shrimps | on the beach | small | red, orange, brown | 10 | \
    walk sideways, pinch | larva
snail | snails | shellfish | makes no sound | leaves, lettuce | in a garden | tiny | brown, grey | 0 | \
    carry its house, crawl | baby snail
bee | bees | insect | buzzes | nectar | in a hive | tiny | yellow, black | 6 | make honey, fly, dance | larva
ant | ants | insect | makes no sound | crumbs, seeds | in an anthill | tiny | black, red | 6 | \
    carry heavy things, work together | larva
butterfly | butterflies | insect | makes no sound | nectar | in a meadow | tiny | \
    blue, yellow, white, orange | 6 | fly, taste with its feet | caterpillar
ladybird | ladybirds | insect | makes no sound | tiny bugs | on a leaf | tiny | red, black | 6 | \
    fly, climb | larva
cricket | crickets | insect | chirps | leaves | in the grass | tiny | green, brown | 6 | sing, jump | nymph
moth | moths | insect | makes no sound | nectar | near the lamp | tiny | brown, grey, white | 6 | \
    fly at night | caterpillar
spider | spiders | spider animal | makes no sound | flies | in a web | tiny | black, brown | 8 | \
    spin webs, climb | spiderling
worm | worms | soft animal | makes no sound | old leaves | under the ground | tiny | pink, brown | 0 | \
    dig, wriggle | baby worm
""")]
NAMED = {animal.name: animal for animal in ANIMALS}
PETS = [
    NAMED[name]
    for name in words(
        "cat, dog, pony, goat, hen, duck, parrot, frog, tortoise, mouse, rabbit, hedgehog,"
        "goldfish, snail, lizard, pig, lamb".replace(", lamb", "")
    )
]
WILD = [animal for animal in ANIMALS if animal not in PETS]
MEETABLE = [
    NAMED[name]
    for name in words("""cat, dog, cow, horse, sheep, goat, pig, hen, duck, goose, swan, owl, crow,
    robin, pigeon, sparrow, frog, toad, lizard, tortoise, mouse, rabbit, hare, squirrel, hedgehog, fox,
    deer, badger,
    mole, otter, beaver, bat, snail, bee, ant, butterfly, ladybird, cricket, spider""")
]
PET_NAMES = words(
    """Biscuit, Pepper, Shadow, Socks, Ginger, Patch, Bubbles, Nibbles, Fluff, Pip, Coco, Smudge, Peanut,
    Tiger, Snowy, Pickle, Misty, Buddy, Rocket, Waffle, Muffin, Bingo, Cloud, Cookie, Bean, Scout, Marble,
    Olly, Tinker,
    Whiskers, Jelly, Nugget, Pebble, Raisin, Velvet, Ziggy, Bandit, Clover, Domino, Echo"""
)
SOUND_NOUN = {
    "meows": "meow",
    "barks": "woof",
    "moos": "moo",
    "neighs": "neigh",
    "bleats": "baa",
    "oinks": "oink",
    "clucks": "cluck",
    "quacks": "quack",
    "honks": "honk",
    "hisses": "hiss",
    "hoots": "hoot",
    "caws": "caw",
    "croaks": "croak",
    "squeaks": "squeak",
    "roars": "roar",
    "buzzes": "buzz",
    "howls": "howl",
    "chirps": "chirp",
    "coos": "coo",
    "growls": "grr",
}
