"""The words themselves: verbs with their forms, opposites, rhymes, kinds, feelings, jobs, causes and effects."""

from __future__ import annotations

from dataclasses import dataclass

from ..text import rows, words


@dataclass(frozen=True)
class Verb:
    """A verb with its forms and, for making sentences, things that can follow it."""

    base: str
    past: str
    ing: str
    third: str
    objects: tuple[str, ...]


def _verb(cells: list[str]) -> Verb:
    base, past, ing, third, objects = cells
    return Verb(base, past, ing, third, tuple(words(objects)))


VERBS = [_verb(cells) for cells in rows("""
eat | ate | eating | eats | a ripe pear, a bowl of soup, two pancakes, the last bun, some cheese
drink | drank | drinking | drinks | a glass of milk, cold water, hot tea, some juice
read | read | reading | reads | a long book, the newspaper, a funny story, the map
write | wrote | writing | writes | a letter, a short poem, a shopping list, a name on the wall
draw | drew | drawing | draws | a big house, a green fish, a map, the old castle
paint | painted | painting | paints | the fence, a picture, the kitchen wall, a wooden bird
sing | sang | singing | sings | a soft song, an old song, in the choir, to the baby
build | built | building | builds | a tower, a small boat, a bird house, a wall of stones
make | made | making | makes | a cake, a paper hat, some tea, a new friend
bake | baked | baking | bakes | fresh bread, an apple pie, six muffins, a birthday cake
cook | cooked | cooking | cooks | dinner, a pot of soup, rice, beans for everyone
buy | bought | buying | buys | a red scarf, three lemons, a train ticket, new shoes
sell | sold | selling | sells | old books, flowers, fresh fish, her eggs at the market
find | found | finding | finds | a silver coin, the lost key, a way home, an old letter
lose | lost | losing | loses | a glove, the game, a tooth, the key
hide | hid | hiding | hides | the present, behind the door, a cookie, under the table
carry | carried | carrying | carries | a heavy bag, the baby, a bucket of water, the wood
bring | brought | bringing | brings | some flowers, the chairs, good news, a blanket
give | gave | giving | gives | a present to Grandma, food to the birds, an apple to the pony
take | took | taking | takes | the bus, a long walk, the blue cup, a picture
see | saw | seeing | sees | a rainbow, the sea, a deer in the field, a falling star
hear | heard | hearing | hears | the bell, a strange noise, the rain, an owl
feel | felt | feeling | feels | the cold wind, very happy, a bit sleepy, the soft wool
watch | watched | watching | watches | the birds, the boats, a film, the stars
wash | washed | washing | washes | the dishes, the dog, the muddy boots, the window
clean | cleaned | cleaning | cleans | the room, the table, the lamp, the bicycle
open | opened | opening | opens | the window, a small box, the gate, the letter
close | closed | closing | closes | the door, the book, the lid, the shop
climb | climbed | climbing | climbs | the hill, a tall tree, the stairs, over the fence
ride | rode | riding | rides | a bicycle, the brown horse, the bus, to the river
drive | drove | driving | drives | a truck, the old car, to the farm, a red tractor
walk | walked | walking | walks | to school, in the rain, along the river, home
run | ran | running | runs | to the bus stop, in the park, very fast, after the cat
jump | jumped | jumping | jumps | over the puddle, on the bed, into the lake, with joy
swim | swam | swimming | swims | in the lake, to the island, every morning, like a fish
fly | flew | flying | flies | a kite, over the sea, to a warm land, home
fall | fell | falling | falls | off the chair, into the mud, asleep, on the ice
sleep | slept | sleeping | sleeps | in a tent, all night, on the sofa, under the stars
sit | sat | sitting | sits | on the bench, by the fire, under a tree, next to me
stand | stood | standing | stands | at the gate, in the rain, on one leg, by the door
throw | threw | throwing | throws | a ball, a stone into the pond, a snowball, the stick
catch | caught | catching | catches | a ball, a big fish, a cold, the early train
kick | kicked | kicking | kicks | the ball, a stone, the door, the leaves
break | broke | breaking | breaks | a plate, a leg, the old chair, the window
mend | mended | mending | mends | the net, a torn shirt, the roof, a broken toy
cut | cut | cutting | cuts | the bread, some paper, the grass, the rope
dig | dug | digging | digs | a hole, in the garden, for worms, a tunnel
plant | planted | planting | plants | a tree, some beans, six bulbs, a rose
grow | grew | growing | grows | tall, tomatoes, very fast, in the sun
pick | picked | picking | picks | cherries, wild flowers, a card, the biggest apple
water | watered | watering | waters | the roses, the beans, the small tree, the garden
feed | fed | feeding | feeds | the hens, the baby, the fish, the cat
love | loved | loving | loves | the sea, old songs, warm bread, her little dog
want | wanted | wanting | wants | a puppy, more soup, a new kite, some peace
need | needed | needing | needs | a rest, help, warm socks, a key
help | helped | helping | helps | the farmer, a friend, an old man, in the kitchen
meet | met | meeting | meets | a friend, the new teacher, at the well, a kind giant
visit | visited | visiting | visits | Grandpa, the zoo, a museum, the town
call | called | calling | calls | the doctor, the dog, for help, a friend
ask | asked | asking | asks | a question, for a drink, the way, the teacher
answer | answered | answering | answers | the phone, the question, with a smile, at once
tell | told | telling | tells | a story, the truth, a joke, a secret
speak | spoke | speaking | speaks | softly, to the crowd, two languages, very fast
laugh | laughed | laughing | laughs | at the joke, out loud, all day, with the children
cry | cried | crying | cries | at the end, for help, like a baby, all night
smile | smiled | smiling | smiles | at the baby, in the mirror, for the picture, all day
play | played | playing | plays | chess, the drum, in the sand, with the puppy
win | won | winning | wins | the race, a prize, the game, a gold cup
learn | learned | learning | learns | to swim, a new word, the song, about the moon
teach | taught | teaching | teaches | the class, a dog to sit, music, a boy to row
think | thought | thinking | thinks | about dinner, of a plan, very hard, about the sea
know | knew | knowing | knows | the answer, the way, every song, a secret
keep | kept | keeping | keeps | a promise, bees, the change, a diary
send | sent | sending | sends | a letter, a card, the boy home, some flowers
wear | wore | wearing | wears | a blue hat, warm boots, a paper crown, glasses
put | put | putting | puts | the cup on the shelf, on a coat, the toys away
push | pushed | pushing | pushes | the cart, the door, a swing, the heavy box
pull | pulled | pulling | pulls | the rope, a wagon, the weeds, a silly face
count | counted | counting | counts | the sheep, to ten, the coins, the stars
wait | waited | waiting | waits | for the bus, at the gate, all day, for a friend
dance | danced | dancing | dances | in the kitchen, all night, with Grandma, on the table
begin | began | beginning | begins | a new book, the race, to rain, with a song
light | lit | lighting | lights | a candle, the fire, the lamp, the stove
shake | shook | shaking | shakes | the tree, hands, the bottle, with cold
leave | left | leaving | leaves | the house, early, a note, the party
""")]
VERB = {verb.base: verb for verb in VERBS}

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
ADJECTIVES = [tuple(cells) for cells in rows("""
tall | taller | tallest
small | smaller | smallest
big | bigger | biggest
fast | faster | fastest
old | older | oldest
young | younger | youngest
strong | stronger | strongest
happy | happier | happiest
heavy | heavier | heaviest
cold | colder | coldest
warm | warmer | warmest
long | longer | longest
short | shorter | shortest
bright | brighter | brightest
quiet | quieter | quietest
loud | louder | loudest
kind | kinder | kindest
soft | softer | softest
good | better | best
bad | worse | worst
funny | funnier | funniest
brave | braver | bravest
clean | cleaner | cleanest
thin | thinner | thinnest
wide | wider | widest
deep | deeper | deepest
sweet | sweeter | sweetest
""")]
PLURALS = dict(tuple(cells) for cells in rows("""
cat | cats
dog | dogs
child | children
man | men
woman | women
mouse | mice
foot | feet
tooth | teeth
goose | geese
leaf | leaves
knife | knives
wolf | wolves
box | boxes
fox | foxes
bus | buses
dish | dishes
church | churches
berry | berries
baby | babies
city | cities
story | stories
key | keys
toy | toys
potato | potatoes
hero | heroes
sheep | sheep
fish | fish
loaf | loaves
shelf | shelves
apple | apples
house | houses
tree | trees
bird | birds
book | books
flower | flowers
star | stars
person | people
""")) 
