"""The words themselves: opposites, rhymes, kinds, feelings, jobs, causes and effects."""

from __future__ import annotations

from ..text import rows, words

OPPOSITES = [tuple(cells) for cells in rows("""
big | small
hot | cold
tall | short
fast | slow
old | young
happy | sad
light | dark
full | empty
hard | soft
wet | dry
clean | dirty
open | closed
loud | quiet
early | late
good | bad
high | low
long | brief
strong | weak
rich | poor
near | far
thick | thin
wide | narrow
deep | shallow
sweet | sour
rough | smooth
sharp | blunt
brave | afraid
kind | cruel
easy | difficult
heavy | weightless
right | wrong
left | right-hand
up | down
in | out
on | off
above | below
inside | outside
front | back
first | last
day | night
summer | winter
north | south
east | west
push | pull
give | take
buy | sell
win | lose
begin | end
come | go
laugh | cry
remember | forget
love | hate
sink | float
arrive | leave
find | mislay
ask | answer
build | destroy
always | never
everything | nothing
everybody | nobody
many | few
more | less
before | after
top | bottom
true | false
alive | dead
awake | asleep
polite | rude
careful | careless
lucky | unlucky
cheap | dear
fresh | stale
calm | wild
friend | enemy
question | reply
enter | exit
appear | vanish
lift | drop
tight | loose
straight | bent
safe | dangerous
same | different
noisy | silent
tidy | messy
bright | dull
warm | cool
visible | hidden
raw | cooked
positive | negative
yes | no
sunrise | sunset
teacher | pupil
whisper | shout
wonderful | awful
patient | hasty
generous | greedy
honest | lying
lazy | busy
wise | foolish
""") if not any("-" in cell or cell in ("weightless", "mislay", "brief") for cell in cells)]

SYNONYMS = [tuple(words(line)) for line in """happy, glad, cheerful
big, large, great
small, little, tiny
fast, quick, swift
sad, unhappy, gloomy
angry, cross, furious
pretty, lovely, beautiful
clever, smart, bright
start, begin
stop, halt
shout, yell
silent, quiet, still
tired, sleepy, weary
scared, afraid, frightened
strange, odd
jump, leap
look, gaze
easy, simple
gift, present
road, street
house, home
sick, ill
correct, right
mend, fix, repair
kind, friendly, nice
funny, amusing
brave, bold
wet, damp, soaked
rich, wealthy
tale, story
speak, talk
rock, stone
forest, wood
ship, boat
cold, chilly
hot, boiling
shut, close""".splitlines()]

RHYMES = [words(line) for line in """cat, hat, mat, bat, rat, flat
dog, log, frog, fog
sun, fun, run, bun, one
tree, bee, sea, key, me, three, tea
house, mouse
moon, spoon, soon, noon, tune
star, car, far, jar
rain, train, plane, chain
night, light, kite, bright, white, bite
day, play, hay, say, way, clay
bell, shell, well, smell, tell
ring, king, sing, wing, spring
boat, coat, goat, float, note
cake, lake, snake, make, wake
hill, mill, still, will
bed, red, head, bread, thread
box, fox, socks, rocks, clocks
book, cook, look, hook, brook
hen, pen, ten, men, when
nose, rose, toes, goes, those
ball, wall, tall, fall, small
bear, pear, chair, hair, stair
snow, go, slow, grow, low
fish, dish, wish
duck, truck, luck, stuck
hand, sand, land, band
nest, best, rest, west
gold, old, cold, told
ice, mice, rice, nice, twice
pie, fly, sky, cry, why
town, brown, crown, down
green, queen, bean, seen, clean
blue, shoe, two, true, new, zoo
feather, weather, together
letter, better, sweater
money, honey, sunny, funny
flower, shower, hour, power, tower
mother, brother, other
table, stable, able
kitten, mitten
nail, snail, tail, whale, pail
seed, weed, reed, need
ship, trip, lip, skip
door, floor, four, more, roar
street, feet, meat, sweet
farm, arm, charm
meadow, shadow
sail, mail, pale
corn, horn, born, thorn
wing, thing, string""".splitlines()]

FEELINGS = [tuple(cells) for cells in rows("""
happy | got a present from {other} | smiled
sad | lost {his} favourite toy | had tears in {his} eyes
angry | saw that someone had broken {his} model | stamped {his} foot
afraid | heard a strange noise in the dark | hid under the blanket
tired | had walked all day | yawned
hungry | had eaten nothing since breakfast | looked at the bread
thirsty | had run a long way in the sun | asked for water
proud | had built a tower all alone | stood up very straight
lonely | had nobody to play with | sat alone on the bench
excited | was going to the fair | could not sit still
surprised | found a frog in {his} shoe | opened {his} mouth wide
bored | had nothing to do on a rainy day | looked out of the window
worried | could not find {his} little brother | walked up and down
jealous | saw the new bicycle of {other} | did not want to look
thankful | got help from {other} | said thank you twice
shy | was new in the class | hid behind {his} mother
curious | saw a small door in the wall | looked through the keyhole
sick | had eaten too much cake | lay down on the sofa
calm | listened to the soft rain | breathed slowly
cold | had forgotten {his} coat | rubbed {his} hands
sleepy | had stayed up very late | closed {his} eyes
brave | had climbed the high wall | held {his} head high
ashamed | had told a lie to {other} | looked at the floor
disappointed | wanted to swim but it was raining | sighed
""")]
GOOD_FEELINGS = words("happy, proud, excited, thankful, calm, brave, curious")
BAD_FEELINGS = words("sad, angry, afraid, lonely, worried, jealous, sick, ashamed, disappointed, bored")

JOBS = [tuple(cells) for cells in rows("""
baker | bakes bread and cakes | in a bakery | an oven
teacher | helps children learn | at a school | a blackboard
doctor | helps sick people | in a clinic | a thermometer
nurse | takes care of sick people | in a hospital | bandages
farmer | grows food and keeps animals | on a farm | a tractor
fisherman | catches fish | on the sea | a net
carpenter | makes things from wood | in a workshop | a saw
builder | builds houses | on a building site | bricks
gardener | grows flowers and plants | in a garden | a spade
cook | makes meals | in a kitchen | pots and pans
postman | brings letters | in the streets | a big bag
librarian | looks after books | in a library | many shelves
pilot | flies planes | in the sky | an aeroplane
sailor | works on a ship | on the sea | ropes and sails
tailor | sews clothes | in a small shop | a needle and thread
painter | paints pictures | in a studio | brushes
dentist | looks after teeth | in a clinic | a small mirror
vet | helps sick animals | in an animal clinic | bandages
shepherd | looks after sheep | on the hills | a long stick
firefighter | puts out fires | at the fire station | a hose
police officer | keeps people safe | in the town | a whistle
shopkeeper | sells things | in a shop | a scale
clockmaker | mends clocks | in a workshop | tiny tools
beekeeper | looks after bees | near the hives | a hat with a net
miner | digs for stones and coal | under the ground | a lamp
singer | sings songs | in a theatre | a good voice
writer | writes stories | at a desk | a pen
bus driver | drives a bus | on the roads | a bus
hairdresser | cuts hair | in a salon | scissors
astronaut | flies into space | in a rocket | a space suit
""")]

CAUSES = [tuple(cells) for cells in rows("""
the sun shone all day | the snow melted
it rained all night | the river rose
nobody watered the flowers | the flowers dried up
the wind was strong | the hat flew away
the door was left open | the cat ran out
the ice was thin | it cracked
the road was muddy | the cart got stuck
the milk stood in the sun | it turned sour
the glass fell on the floor | it broke
the fire went out | the room became cold
the bridge was broken | nobody could cross the river
the alarm did not ring | the teacher came late
the dog smelled a fox | it barked all night
the bread stayed too long in the oven | it burned
the moon was full | the night was bright
the tyre was flat | the bicycle was hard to ride
the lamp had no oil | it gave no light
the baby was hungry | it cried
the boat had a hole | it sank
the soup was too hot | everyone waited
the bees found many flowers | there was a lot of honey
the children were loud | the birds flew away
the paint was wet | the bench was closed
the string was old | it broke
the bus was full | some people walked
the pond froze | the ducks went to the river
the apples were ripe | they fell from the tree
the batteries were empty | the toy stopped
the wall was too high | the boy took a ladder
the seeds got water and light | they grew
the roof had a hole | the floor got wet
the candle burned all night | only a little wax was left
the path was steep | the walkers were tired
the shop was closed | they went home with an empty basket
""")]

KINDS = {
    "colour": words("red, blue, green, yellow, brown, purple, pink, grey"),
    "fruit": words("apple, pear, plum, peach, cherry, lemon, banana, grape, melon"),
    "vegetable": words("carrot, potato, onion, bean, pea, cabbage, pumpkin, cucumber"),
    "bird": words("owl, crow, robin, duck, goose, eagle, pigeon, sparrow, swan"),
    "insect": words("bee, ant, butterfly, moth, ladybird, cricket"),
    "tool": words("hammer, saw, spade, needle, ladder, brush, broom"),
    "toy": words("ball, kite, doll, puzzle, balloon, robot"),
    "instrument": words("drum, flute, violin, bell, whistle, piano, guitar"),
    "tree": words("oak, pine, birch, willow, maple, elm"),
    "flower": words("rose, daisy, tulip, lily, poppy, violet"),
    "vehicle": words("car, bus, train, truck, boat, bicycle, plane, tractor"),
    "drink": words("water, milk, tea, juice, lemonade"),
    "season": words("spring, summer, autumn, winter"),
    "day": words("Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday"),
    "month": words("January, March, April, June, August, October, December"),
    "number": words("two, five, nine, eleven, twenty, forty"),
    "shape": words("circle, square, triangle, star, cube"),
    "job": words("baker, teacher, farmer, doctor, pilot, sailor, tailor, cook"),
    "feeling": words("joy, fear, anger, sadness, pride, hope"),
    "piece of clothing": words("hat, scarf, coat, shirt, sock, shoe, glove, dress"),
    "piece of furniture": words("table, chair, bed, sofa, shelf, stool, desk"),
    "dish": words("plate, bowl, cup, spoon, fork"),
    "metal": words("iron, gold, silver, copper"),
    "part of the body": words("hand, foot, knee, nose, ear, elbow, finger, shoulder"),
    "building": words("house, school, barn, tower, castle, church, mill"),
    "kind of weather": words("rain, snow, wind, fog, sunshine, frost"),
    "mammal": words("cat, dog, cow, horse, sheep, fox, whale, bear"),
    "family member": words("mother, father, sister, brother, aunt, uncle, cousin"),
}
