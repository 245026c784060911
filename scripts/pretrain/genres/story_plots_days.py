"""Plots of letters, quarrels, snow and nights outside.

A plot is a row of beats; of each beat one version is told. Beats of a group in ``linked`` are told in the same version.
``days``, ``night``: it takes longer than a day, or ends at night; ``weather``: it brings its own.
"""

PLOTS = {
    "bottle": {
        "titles": ("The Letter from Far Away", "A Message", "{h} Finds a Letter"),
        "beats": (
            (
                "in the grass {h} saw something shine. It was a bottle with a letter in it.",
                "{h} found an old letter {spot1}.",
                "a pigeon sat on the roof. It had a small letter on its leg.",
            ),
            (
                "on it was a map with a {col} cross.",
                '"Go {q.to}, and look under the biggest stone," it said.',
                'the letters were so old that {h} could read only two words: "{q.name}".',
            ),
            (
                "{h} showed it to {e}.",
                '"Is it real?" asked {h}. "There is only one way to know," said {e}.',
                "{h} read it {n} times. Then {h.he} made a plan.",
            ),
            (
                "{h.he} packed {bite}, a {t} and warm socks.",
                "early the next morning, {h} and {f} set off.",
                '"I will come with you," said {f}, and they set off together.',
            ),
            (
                "it took {n} hours, and {h.his} feet hurt.",
                "the way was steep, and {sky2}.",
                "on the way they met a {a}, and it followed them for a while.",
            ),
            (
                "and there, under a stone, was a box with a {col} {t2}.",
                "{q.at}, {h} and {f} dug a deep hole. In it lay a {col} {t2}, wrapped in cloth.",
                '{f} lifted the last stone. "There is something!" {f.he} cried. It was a {col} {t2}.',
            ),
        ),
        "asks": (("What did they find?", "a {col} {t2}"), ("What colour was the {t2}?", "{col}")),
    },
    "quarrel": {
        "days": True,
        "linked": ((0, 5),),
        "titles": ("{h} and {f} Make Up", "A Silly Quarrel", "Two Stubborn Friends"),
        "beats": (
            (
                "{h} wanted to {act}, but {f} wanted to {act2}.",
                '"The {t} is mine!" "No, it is mine!" {h} and {f} pulled at it from both sides.',
                '"What a silly {t}!" said {f}. {h} was hurt.',
            ),
            (
                "they shouted at each other until the birds flew away.",
                '"Then go away!" said {h}. "I will!" said {f}.',
                "{h} turned left, and {f} turned right.",
            ),
            (
                "for {n} days they did not speak.",
                "at school, {h} looked at the wall and {f} looked at the door.",
                "{h} tried to play alone, but it was dull.",
            ),
            (
                "one morning {e} fell ill, and both came with soup at the same time.",
                '"Do you even know why you quarrelled?" asked {e}. {h} had to think for a long time.',
                "then it began to rain, and they both ran under the same tree.",
            ),
            (
                '"I am sorry," they said at the same moment.',
                "{f} held out {f.his} hand, and {h} took it.",
                "{h} gave {f} half of {h.his} {bite}. That said everything.",
            ),
            (
                "first they did what {f} wanted, and then what {h} wanted.",
                "they laughed about it for a long time.",
                '"Being right is nice," said {h}, "but you are nicer."',
            ),
        ),
        "asks": (("Who quarrelled with {h}?", "{f}"),),
    },
    "snow": {
        "weather": True,
        "titles": ("The Snow Day", "A {A} Made of Snow", "White Morning"),
        "season": "winter",
        "beats": (
            (
                "when {h} looked out of the window, everything was white.",
                "in the night it had snowed and snowed. The school was closed!",
                '"Snow!" shouted {f} under the window. "Come out!"',
            ),
            (
                "{h} and {f} wanted to build the biggest snowman in {town}.",
                "{h} and {f} wanted to build a {a} of snow, as big as a house.",
                '"Let us build a snowman!" said {f}. {h} was ready at once.',
            ),
            (
                "they rolled a ball until it was too heavy to push.",
                "{f} fell into the deep snow, and only {f.his} hat could be seen. How they laughed!",
                "{h.his} fingers were cold, but {h.he} did not stop.",
            ),
            (
                '"It needs a nose," said {f}. {h} ran home and got a carrot. {f} put a {col} {t} on top.',
                "{e} came out and helped them with a spade.",
                "some big children came and threw snowballs at it. {h} and {f} built a wall in front of it.",
            ),
            (
                "in the end it stood there, tall and proud, with a {col} scarf.",
                "it was the finest one in the whole street.",
                "it was a bit crooked, but they loved it.",
            ),
            (
                "then they had hot chocolate and {dish}.",
                (
                    'after {n} days the sun came out, and it got smaller and smaller. "See you next winter,"'
                    " said {h}."
                ),
                "that night, {h} saw from {h.his} bed how it shone in the moonlight.",
            ),
        ),
        "asks": (("In which season does the story happen?", "in winter"), ("Who was with {h}?", "{f}")),
    },
    "fable": {
        "titles": ("The {A} and the {A2}", "A Fable", "The Proud {A}"),
        "fable": True,
        "linked": ((3, 4),),
        "beats": (
            (
                "a {a} and a {a2} lived {p.at}.",
                "one {season} day, a {a} met a {a2} {p.at}.",
                "there was once a {a} who thought that nobody was as clever as he was.",
            ),
            (
                (
                    '"I am the [fastest|strongest|cleverest|finest] of all," said the {a}. The {a2} said'
                    " nothing."
                ),
                '"You are so [slow|quiet|plain|dull]," the {a} laughed. "What can you do at all?"',
                (
                    'the {a} had a lot of {bite}, and the {a2} had none. "Please give me some," said the'
                    ' {a2}. "No," said the {a}.'
                ),
            ),
            (
                '"Let us see," said the {a2} at last.',
                "the {a2} only smiled and went on working.",
                '"Who knows what tomorrow brings," said the {a2}.',
            ),
            (
                'then a great storm came, and the {a} got caught under a branch. "Help!" he cried.',
                "soon after, the {a} fell into a deep hole. Nobody heard him.",
                "in the night a hunter came and threw a net over the {a}.",
            ),
            (
                "the {a2} heard it and came at once. Bit by bit, it moved the branch.",
                "only the {a2} came by. It called all the others, and together they pulled him out.",
                "only the {a2} heard him. All night long it bit at the ropes, until the net broke.",
            ),
            (
                '"Thank you," said the {a}. "I was wrong about you."',
                "from then on, the {a} never laughed at others.",
                "they shared everything after that, even the last bit of food.",
            ),
            (
                (
                    "the lesson: [pride comes before a fall|do not laugh at others|be kind, for you may need"
                    " help yourself|a good heart is worth more than a big mouth]."
                ),
                "",
            ),
        ),
        "asks": (("Which animal got help?", "the {a}"), ("Which animal helped?", "the {a2}")),
    },
    "letter": {
        "days": True,
        "titles": ("Waiting for the Post", "A Letter for {h}", "News from {f}"),
        "beats": (
            (
                "{f} had moved away to {town2}, and {h} missed {f.him} very much.",
                "{f} had moved to {town2}, and {h} had not seen {f.him} for {n} weeks.",
                '"Write to me!" {h} had said to {f} when the train left.',
            ),
            (
                "every day {h} waited for the postman. Every day the box was empty.",
                "{h} wrote {n} letters, but no answer came.",
                '"Maybe {f} has forgotten me," {h} thought.',
            ),
            (
                "{e} saw how sad {h.he} was and made {dish}.",
                "{h} did not even want to play with the {t}.",
                '"Letters have a long way to go," said {e}.',
            ),
            (
                "then, one evening, there was a thick letter in the box!",
                "one morning, the postman rang twice. He had a parcel.",
                "{h} had stopped waiting when a {col} letter fell through the door.",
            ),
            (
                (
                    'in it was a {t2} and a picture of a {a}. "I broke my arm and could not write," {f} said'
                    " in it."
                ),
                'in it was a picture. "I drew this with my left hand," it said, "because my right hand is hurt."',
                'in it was a picture of a {a}. "I wrote so often," it said, "but I had the wrong number of your house!"',
            ),
            (
                "{h} hung the picture over {h.his} bed.",
                "{h} sat down at once and wrote back.",
                'and at the end it said, "I will visit you in {season2}!"',
            ),
        ),
        "asks": (("Who missed {f}?", "{h}"),),
    },
    "night": {
        "night": True,
        "linked": ((3, 4),),
        "titles": ("Under the Stars", "The Tent", "Counting Stars"),
        "beats": (
            (
                "{h} and {f} wanted to sleep in a tent {p.at}.",
                '"May we sleep outside tonight?" asked {h} and {f}. {e} said yes, so they took the tent.',
                "{h} and {f} did not want to sleep in a bed that night, so they put up a tent {p.at}.",
            ),
            (
                "the tent fell down {n} times before it stood.",
                "they had a lamp, {bite} and a big blanket.",
                "they forgot the pillows, so they used their coats.",
            ),
            (
                "when it was dark, they saw more stars than ever before.",
                "they tried to count the stars, but after {n} they had to begin again.",
                "{f} knew the names of the stars, and {h} listened.",
            ),
            (
                'then something rustled. "What was that?" whispered {f}.',
                "in the middle of the night, they heard steps. Somebody came nearer and nearer.",
                "suddenly two eyes shone in the dark.",
            ),
            (
                "it was a {a}, which wanted to eat their {bite}.",
                "it was {e} with two cups of hot milk.",
                "{h} lifted the lamp. It was just a {a}, more afraid than they were.",
            ),
            (
                "they laughed until their stomachs hurt and fell asleep at last.",
                "in the morning, everything was wet with dew, and they were hungry as wolves.",
                "a star fell, and each of them made a wish. They never told what it was.",
            ),
        ),
        "asks": (("Who was with {h}?", "{f}"), ("What did they sleep in?", "a tent")),
    },
}
