"""Things, food, places, weather: what they are made of, where they are, what is done with them."""

from __future__ import annotations

from dataclasses import dataclass

from ..text import rows, words


@dataclass(frozen=True)
class Thing:
    """Something that can be carried, lost, found and given."""

    name: str
    plural: str
    material: str
    use: str
    group: str

    def __str__(self) -> str:
        return self.name

    @property
    def a(self) -> str:
        return f"a {self.name}"


THINGS = [Thing(*cells) for cells in rows("""
ball | balls | rubber | play catch | toy
kite | kites | paper | play in the wind | toy
doll | dolls | cloth | play house | toy
puzzle | puzzles | wood | spend a rainy day | toy
drum | drums | wood | make loud music | instrument
flute | flutes | wood | play soft music | instrument
whistle | whistles | metal | call a dog | instrument
bell | bells | metal | call people | instrument
violin | violins | wood | play sweet music | instrument
box | boxes | paper | keep things safe | container
basket | baskets | straw | carry fruit | container
bag | bags | cloth | carry books | container
jar | jars | glass | keep jam | container
bottle | bottles | glass | carry water | container
bucket | buckets | metal | carry sand | container
purse | purses | leather | keep coins | container
hat | hats | wool | keep your head warm | clothing
scarf | scarves | wool | keep your neck warm | clothing
coat | coats | wool | stay warm | clothing
glove | gloves | wool | keep your hand warm | clothing
sock | socks | cotton | keep your foot warm | clothing
shirt | shirts | cotton | get dressed | clothing
shoe | shoes | leather | walk | clothing
boot | boots | rubber | walk in the rain | clothing
dress | dresses | cotton | get dressed | clothing
belt | belts | leather | hold up trousers | clothing
button | buttons | bone | close a coat | clothing
ring | rings | silver | wear on a finger | jewel
necklace | necklaces | silver | wear round the neck | jewel
crown | crowns | gold | show who is king | jewel
coin | coins | silver | buy things | money
key | keys | metal | open a door | tool
lock | locks | metal | keep a door shut | tool
hammer | hammers | metal | hit nails | tool
saw | saws | metal | cut wood | tool
rope | ropes | cotton | tie things | tool
ladder | ladders | wood | climb up high | tool
spade | spades | metal | dig in the garden | tool
brush | brushes | wood | paint a wall | tool
broom | brooms | straw | sweep the floor | tool
needle | needles | metal | sew | tool
lamp | lamps | metal | see in the dark | light
candle | candles | wax | see in the dark | light
lantern | lanterns | metal | walk at night | light
torch | torches | plastic | look into dark corners | light
book | books | paper | read | paper thing
map | maps | paper | find the way | paper thing
letter | letters | paper | tell news | paper thing
card | cards | paper | say happy birthday | paper thing
picture | pictures | paper | make a wall pretty | paper thing
notebook | notebooks | paper | write things down | paper thing
pencil | pencils | wood | draw | writing thing
pen | pens | plastic | write | writing thing
ruler | rulers | plastic | measure things | writing thing
cup | cups | clay | drink | dish
bowl | bowls | clay | eat soup | dish
plate | plates | clay | eat dinner | dish
spoon | spoons | wood | eat soup | dish
fork | forks | metal | eat noodles | dish
pot | pots | metal | cook | dish
teapot | teapots | clay | make tea | dish
blanket | blankets | wool | sleep warm | cloth thing
pillow | pillows | cotton | rest your head | cloth thing
towel | towels | cotton | dry your hands | cloth thing
umbrella | umbrellas | cloth | stay dry | cloth thing
flag | flags | cloth | show a sign | cloth thing
tent | tents | cloth | sleep outside | cloth thing
clock | clocks | metal | tell the time | machine
watch | watches | metal | tell the time | machine
radio | radios | plastic | hear music | machine
camera | cameras | plastic | take pictures | machine
bicycle | bicycles | metal | ride to school | vehicle
scooter | scooters | metal | ride in the park | vehicle
sledge | sledges | wood | slide down a hill | vehicle
wagon | wagons | wood | pull heavy things | vehicle
toy boat | toy boats | wood | sail on the pond | toy
toy train | toy trains | metal | play on the floor | toy
toy car | toy cars | metal | race on the floor | toy
mirror | mirrors | glass | see your face | house thing
vase | vases | glass | hold flowers | house thing
chair | chairs | wood | sit | furniture
stool | stools | wood | sit | furniture
shell | shells | shell | hear the sea | nature thing
stone | stones | stone | skip on the water | nature thing
feather | feathers | feather | tickle a friend | nature thing
stick | sticks | wood | draw in the sand | nature thing
magnet | magnets | metal | pick up nails | tool
balloon | balloons | rubber | make a party bright | toy
robot | robots | metal | play space games | toy
""")]
THING = {thing.name: thing for thing in THINGS}
SMALL_THINGS = [
    thing
    for thing in THINGS
    if thing.group not in ("furniture", "vehicle")
    and thing.name not in ("ladder", "tent", "broom", "coat", "blanket")
]
TOYS = [thing for thing in THINGS if thing.group in ("toy", "instrument", "vehicle")]
COLOURS = words("red, blue, green, yellow, white, black, brown, pink, purple, orange, grey, silver, gold")
SIZES = words("small, big, tiny, long, round, heavy, light, flat, thin, tall, wide, little, large")
LOOKS = words(
    "old, new, shiny, soft, clean, dusty, pretty, broken, smooth, plain, strange, lovely, wonderful, special"
)
MATERIALS = {
    "wood": "hard and comes from trees",
    "wool": "soft and comes from sheep",
    "glass": "clear and breaks easily",
    "metal": "hard and shiny",
    "paper": "thin and comes from trees",
    "stone": "hard and heavy",
    "leather": "strong and comes from animal skin",
    "cotton": "soft and grows on a plant",
    "clay": "soft when wet and hard when baked",
    "rubber": "soft and bounces",
    "plastic": "light and made in factories",
    "wax": "soft and melts when hot",
    "straw": "dry and light",
    "silver": "shiny and costs a lot",
    "gold": "yellow, shiny and very dear",
}
SPOTS = words(
    """under the bed, on the table, in the drawer, behind the door, on the shelf, under the chair, in the box,
    on the window sill, beside the lamp, in the basket, under the stairs, on the roof, in the cupboard,
    behind the sofa,
    in the garden, next to the well, under the big tree, by the gate, near the pond, on the bench,
    in the tall grass,
    behind the shed, at the bus stop, in the barn, on the bridge, in the kitchen, in the attic,
    in the cellar, in the hall,
    under the blanket, in the bag, in the car, inside the old boot, on the wall, between two stones,
    behind the curtain,
    in the hollow tree, under a bush, on top of the hill, in the library, at school, in the park,
    at the market"""
)


@dataclass(frozen=True)
class Food:
    """Something to eat or drink."""

    name: str
    plural: str
    group: str
    colour: str
    taste: str
    source: str

    def __str__(self) -> str:
        return self.name


FOODS = [Food(*cells) for cells in rows("""
apple | apples | fruit | red | sweet | grows on trees
pear | pears | fruit | green | sweet | grows on trees
plum | plums | fruit | purple | sweet | grows on trees
fig | figs | fruit | purple | sweet | grows on trees
peach | peaches | fruit | orange | sweet | grows on trees
cherry | cherries | fruit | red | sweet | grows on trees
lemon | lemons | fruit | yellow | sour | grows on trees
orange | oranges | fruit | orange | sweet | grows on trees
banana | bananas | fruit | yellow | sweet | grows in warm lands
grape | grapes | fruit | purple | sweet | grows on a vine
strawberry | strawberries | fruit | red | sweet | grows near the ground
blueberry | blueberries | fruit | blue | sweet | grows on a bush
melon | melons | fruit | green | sweet | grows on the ground
coconut | coconuts | fruit | brown | sweet | grows on palm trees
carrot | carrots | vegetable | orange | sweet | grows under the ground
potato | potatoes | vegetable | brown | mild | grows under the ground
onion | onions | vegetable | white | sharp | grows in the ground
tomato | tomatoes | vegetable | red | fresh | grows on a plant
bean | beans | vegetable | green | mild | grows on a plant
pea | peas | vegetable | green | sweet | grows in a pod
cabbage | cabbages | vegetable | green | mild | grows in the field
pumpkin | pumpkins | vegetable | orange | mild | grows on the ground
cucumber | cucumbers | vegetable | green | fresh | grows on a plant
mushroom | mushrooms | vegetable | brown | rich | grows in the forest
nut | nuts | snack | brown | rich | grows on trees
cookie | cookies | sweet | brown | sweet | is made from flour and sugar
cake | cakes | sweet | brown | sweet | is made from flour, eggs and sugar
muffin | muffins | sweet | brown | sweet | is made from flour and eggs
pancake | pancakes | sweet | yellow | sweet | is made from flour, milk and eggs
bun | buns | bread | brown | soft | is made from flour
roll | rolls | bread | brown | soft | is made from flour
sandwich | sandwiches | meal | brown | fresh | is made from bread and cheese
pie | pies | meal | brown | rich | is baked in the oven
egg | eggs | animal food | white | mild | comes from hens
sausage | sausages | animal food | brown | salty | is made from meat
""")]
MASS_FOODS = [Food(*cells) for cells in rows("""
bread | bread | bread | brown | soft | is made from flour
cheese | cheese | animal food | yellow | salty | is made from milk
butter | butter | animal food | yellow | rich | is made from milk
milk | milk | drink | white | mild | comes from cows
honey | honey | sweet | gold | sweet | comes from bees
jam | jam | sweet | red | sweet | is made from fruit and sugar
soup | soup | meal | brown | rich | is cooked in a pot
rice | rice | grain | white | mild | grows in wet fields
porridge | porridge | meal | white | mild | is made from oats
tea | tea | drink | brown | bitter | is made from leaves
juice | juice | drink | orange | sweet | is made from fruit
water | water | drink | clear | fresh | comes from springs and wells
chocolate | chocolate | sweet | brown | sweet | is made from beans
sugar | sugar | sweet | white | sweet | is made from plants
salt | salt | spice | white | salty | comes from the sea
corn | corn | vegetable | yellow | sweet | grows in the field
fish | fish | animal food | silver | salty | comes from the sea
ice cream | ice cream | sweet | white | sweet | is made from milk and sugar
""")]
DISHES = words(
    """bean soup, apple pie, pancakes, rice with beans, noodles, tomato soup, fresh bread, cheese sandwiches,
    pumpkin pie, mushroom stew, plum cake, baked potatoes, carrot cake, fish pie, onion soup, honey cakes,
    vegetable stew,
    egg salad, corn soup, porridge with berries, cherry pie, lemon cake, roast nuts, banana bread,
    butter rolls"""
)
MEALS = [dish for dish in DISHES if any(word in dish for word in ("soup", "stew", "rice", "noodles", "potatoes", "fish", "salad", "cheese"))]
"""Dishes that are a dinner, and no sweet."""
