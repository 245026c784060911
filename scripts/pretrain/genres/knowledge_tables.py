"""Definitions, and questions with one right answer."""

from __future__ import annotations

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


GENERAL = [
    tuple(line.split("|")) for line in """How many days are there in a week?|There are seven days in a week.
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
What do we do with our nose?|We smell with our nose.""".splitlines()
]
