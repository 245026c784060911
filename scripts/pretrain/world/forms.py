"""Comparatives and plurals."""

from __future__ import annotations

from ..text import rows

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
