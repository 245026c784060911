"""The people: some whose facts are free, and the townsfolk of Fernbrook whose facts are fixed."""

from __future__ import annotations

from dataclasses import dataclass

from ..text import Pen, rows, words


@dataclass(frozen=True)
class Person:
    """Somebody with a name and the pronouns for them."""

    name: str
    female: bool
    adult: bool = False

    def __str__(self) -> str:
        return self.name

    @property
    def he(self) -> str:
        return "she" if self.female else "he"

    @property
    def him(self) -> str:
        return "her" if self.female else "him"

    @property
    def his(self) -> str:
        return "her" if self.female else "his"

    @property
    def hers(self) -> str:
        return "hers" if self.female else "his"

    @property
    def himself(self) -> str:
        return "herself" if self.female else "himself"

    @property
    def kind(self) -> str:
        if self.adult:
            return "woman" if self.female else "man"
        return "girl" if self.female else "boy"


GIRLS = words(
    """Mia, Ana, Zoe, Lily, Nora, Ruby, Ivy, Rosa, Ella, Maya, Clara, June, Alma, Tess, Wren, Hana, Lola, Pia,
    Sara, Una, Vera, Yara, Bea, Cleo, Emma, Gwen, Iris, Kira, Mona, Olive, Rita, Tara, Uma, Wendy, Belle,
    Dora, Amy,
    Lucy, Anna, Eva, Molly, Nina, Kate, Jane, Ada, Flora, Greta, Hazel, Ida, Jo, Leah, Mary, Nell, Polly,
    Sally"""
)
BOYS = words(
    """Ben, Tom, Leo, Sam, Max, Finn, Omar, Jack, Theo, Hugo, Otto, Eli, Noah, Luca, Milo, Felix, Kai, Owen,
    Ravi, Toby, Will, Zack, Amir, Dan, Fred, Henry, Jonas, Lars, Nico, Paul, Simon, Victor, Anton, Carl,
    Adam, Alex,
    Bruno, Oscar, David, Emil, Frank, George, Harry, Ian, Jim, Ken, Louis, Mark, Ned, Oli, Peter, Rob, Ted,
    Tim, Joe"""
)
SURNAMES = words(
    """Brook, Lane, Hill, Wood, Stone, Field, Marsh, Green, Brown, White, Young, Long, Rose, Bird, Reed,
    Lake, Moss, Hale, Snow, Frost, Baker, Carter, Mason, Miller, Cook, Fox, Lamb, West, North, Day"""
)

CHILDREN = [Person(name, True) for name in GIRLS] + [Person(name, False) for name in BOYS]
ADULTS = [
    Person(f"{title} {name}", female, True)
    for name in SURNAMES
    for title, female in (("Mr", False), ("Mrs", True), ("Miss", True))
]
FAMILY = [
    Person(name, female, True)
    for name, female in (("Mum", True), ("Dad", False), ("Grandma", True), ("Grandpa", False))
]
RELATIVES = [
    Person(f"{title} {name}", title == "Aunt", True)
    for title, names in (("Aunt", GIRLS[20:40]), ("Uncle", BOYS[20:40]))
    for name in names
]


@dataclass(frozen=True)
class Townsman:
    """A neighbour in Fernbrook; each of these facts is always the same."""

    person: Person
    job: str
    workplace: str
    age: int
    home: str
    pet: str
    pet_name: str
    food: str
    colour: str
    hobby: str


def _townsman(cells: list[str]) -> Townsman:
    name, pronoun, job, workplace, age, home, pet, pet_name, food, colour, hobby = cells
    person = Person(name, pronoun == "she", True)
    return Townsman(person, job, workplace, int(age), home, pet, pet_name, food, colour, hobby)


TOWN = [_townsman(cells) for cells in rows("""
Mrs Bell | she | baker | the bakery | 52 | Mill Lane | grey cat | Crumb | warm bread | yellow | singing
Mr Pine | he | carpenter | the workshop | 47 | Oak Street | brown dog | Chip | bean soup | green | fishing
Miss Larkin | she | teacher | the school | 31 | Church Road | white rabbit | Chalk | peaches | blue | reading
Mr Otis | he | bus driver | the bus station | 58 | River Street | parrot | Captain | noodles | red | whistling
Mrs Quill | she | librarian | the library | 64 | Hill Road | black cat | Comma | plum cake | purple | \
    writing poems
Doctor Vale | she | doctor | the clinic | 45 | Garden Street | tortoise | Turbo | salad | white | running
Mr Crane | he | builder | the old bridge | 39 | Mill Lane | pigeon | Bolt | meat pie | orange | chess
Mrs Olsen | she | farmer | Windy Farm | 50 | Windy Farm | sheepdog | Bramble | potatoes | brown | dancing
Mr Olsen | he | farmer | Windy Farm | 53 | Windy Farm | pony | Barley | cheese | green | playing the drum
Captain Reef | he | sailor | the harbour | 66 | Harbour Row | gull | Salty | fried fish | blue | \
    telling stories
Mrs Tamm | she | nurse | the clinic | 36 | Church Road | hamster | Button | pancakes | pink | swimming
Mr Ferro | he | cook | the Red Kettle | 42 | Market Square | goldfish | Sun | rice | gold | painting
Miss Ito | she | painter | the studio by the park | 28 | Park Road | snail | Dot | strawberries | red | \
    flying kites
Mr Hobbs | he | gardener | the park | 61 | Park Road | hen | Peck | carrots | green | growing roses
Mrs Novak | she | shopkeeper | the corner shop | 55 | Market Square | orange cat | Penny | apple pie | \
    yellow | counting coins
Mr Lund | he | firefighter | the fire station | 33 | River Street | big dog | Smoke | stew | red | climbing
Officer Dale | she | police officer | the police station | 40 | Oak Street | horse | Star | toast | \
    blue | puzzles
Mr Abel | he | postman | the post office | 49 | Hill Road | small dog | Stamp | biscuits | grey | walking
Miss Reza | she | dentist | the white house by the church | 35 | Church Road | fish | Pearl | pears | \
    white | playing the flute
Mr Simms | he | tailor | the shop with the blue door | 70 | Harbour Row | spider | Thread | porridge | \
    black | sewing
Mrs Holm | she | singer | the town theatre | 44 | Garden Street | canary | Note | honey | gold | baking
Mr Kato | he | clockmaker | the clock tower | 73 | Market Square | owl | Tick | mushrooms | silver | \
    stargazing
Mrs Dunn | she | shepherd | the green hills | 57 | Hill Road | goat | Daisy | milk | white | knitting
Mr Baz | he | fisherman | the sea | 48 | Harbour Row | otter | Splash | crab | blue | carving wood
Miss Penn | she | writer | the house with the round window | 29 | Mill Lane | mouse | Dash | grapes | \
    purple | drinking tea
Mr Grove | he | forester | the forest hut | 54 | the forest hut | fox | Rusty | nuts | brown | watching birds
Mrs Amani | she | pilot | the airfield | 38 | Park Road | falcon | Arrow | oranges | orange | making maps
Mr Wick | he | candle maker | the candle shop | 67 | Oak Street | hedgehog | Spark | corn | yellow | \
    playing cards
Mrs Sato | she | vet | the animal clinic | 41 | River Street | three-legged dog | Lucky | tomatoes | \
    pink | rowing
Mr Toll | he | baker's helper | the bakery | 19 | Oak Street | duck | Puddle | jam | orange | juggling
Miss Moor | she | beekeeper | the meadow | 26 | Garden Street | swarm of bees | the Hummers | \
    toast with honey | gold | drawing
Mr Vance | he | lighthouse keeper | the lighthouse | 71 | the lighthouse | seal | Foghorn | oysters | \
    red | reading old maps
""")]


def child(pen: Pen) -> Person:
    """A child."""
    return pen.pick(CHILDREN)


def children(pen: Pen, count: int) -> list[Person]:
    """Several different children."""
    return pen.some(CHILDREN, count)


def adult(pen: Pen) -> Person:
    """A grown-up: often one of the family."""
    return pen.pick(FAMILY if pen.maybe(0.4) else RELATIVES if pen.maybe(0.4) else ADULTS)


def anyone(pen: Pen) -> Person:
    """A child, mostly; else a grown-up with a name of their own."""
    return child(pen) if pen.maybe(0.75) else pen.pick(ADULTS if pen.maybe() else RELATIVES)
