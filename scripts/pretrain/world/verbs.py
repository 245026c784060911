"""Verbs with their forms and what can follow them."""

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


def verb_page(cells: list[str]) -> Verb:
    base, past, ing, third, objects = cells
    return Verb(base, past, ing, third, tuple(words(objects)))


VERBS = [verb_page(cells) for cells in rows("""
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
sell | sold | selling | sells | old books, flowers, fresh fish, some eggs at the market
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
