"""Plots of things that are lost, made, shared and given.

A plot is a row of beats; of each beat one version is told. Beats of a group in ``linked`` are told in the same version.
``days``, ``night``: it takes longer than a day, or ends at night; ``weather``: it brings its own.
"""

PLOTS = {
    "lost": {
        "titles": ("The Lost {T}", "Where Is the {T}?", "{h} Looks for a {T}"),
        "beats": (
            (
                "suddenly {h} stopped. {h.his} {col} {t} was [gone|missing|not in {h.his} bag any more]!",
                "{h} reached for {h.his} {col} {t}, but it was not there.",
                "{p.at}, {h} noticed that {h.he} had lost {h.his} {col} {t}.",
                '"Oh no! Where is my {t}?" {h} cried. It was a fine {col} {t}.',
            ),
            (
                "{h} felt [sad|sick with worry|terrible], because {e} had given it to {h.him}.",
                "it was only a {t}, but {h} loved it.",
                "{h.he} [wanted to cry|had tears in {h.his} eyes|bit {h.his} lip].",
                "without the {t}, the day was no fun at all.",
            ),
            (
                "{h.he} looked {spot1}. It was not there. {h.he} looked {spot2}. It was not there either.",
                "first {h} searched {spot1}, then {spot2}. Nothing!",
                (
                    "{f} helped {h.him} look {spot1} and even {spot2}, but they found only [an old"
                    " button|dust|a sleepy {a2}|a wet leaf]."
                ),
            ),
            (
                (
                    'then a [man|woman|child] with a kind face came by. "Are you looking for this?" Yes, it'
                    " was the {t}!"
                ),
                'then {f} shouted, "Come here! I see something {col}!" It was the {t}, {spot3}.',
                "a {a} sat {spot3} and looked at {h}. And what was beside it? The {col} {t}!",
                (
                    '{h} sat down to think. "Where did I have it last?" {h.he} asked {h.himself}. Then {h.he}'
                    " remembered: {spot3}! And there it was."
                ),
                (
                    "just when {h} wanted to give up, {h.he} saw [a bit of {col}|something shine] {spot3}. It"
                    " was the {t}."
                ),
            ),
            (
                "{h} [hugged the {t}|laughed with joy|jumped up and down|said thank you three times].",
                '"Now I will look after it better," {h} said.',
                "{h} held the {t} tight all the way home.",
                "{h.he} tied a [string|ribbon] to the {t}, so that it could not get lost again.",
            ),
        ),
        "asks": (
            ("What did {h} lose?", "a {col} {t}"),
            ("What colour was the {t}?", "{col}"),
            ("What was lost?", "a {t}"),
        ),
    },
    "rain": {
        "weather": True,
        "titles": ("A Wet Day", "{h} and the Storm", "When It Rained"),
        "beats": (
            (
                "the sky grew [dark|black|grey] very fast. The first [big drops|drops] fell on {h.his} nose.",
                "suddenly there was thunder, and rain came down like water from a bucket.",
                "a dark cloud came over {p}, and it began to rain [hard|harder and harder].",
            ),
            (
                '"We will get wet!" cried {f}. They had no umbrella, only a {t}.',
                "{h} and {f} had no coats, and their shoes were full of water.",
                "everybody ran away, but {h} and {f} had nowhere to go.",
                "{f} was afraid of thunder and held {h.his} hand.",
            ),
            (
                "they tried to stand under a tree, but the water ran down their necks.",
                "first they hid under a bush. That did not help at all.",
                "{h} held the {t} over {h.his} head. It helped only a little.",
            ),
            (
                (
                    "then {h} saw a [small hut|hollow tree|boat lying upside down|dry barn]. Inside it was"
                    " [dry and warm|dark but dry], and a {a} was there too."
                ),
                'then {e} opened a door and called, "Come in, both of you! I have hot tea and {dish}."',
                (
                    "in the end they found a [cave|shed|little bridge]. They sat under it, with a wet {a}"
                    " beside them, and told jokes."
                ),
            ),
            (
                "after an hour the rain stopped, and a rainbow stood over {town}.",
                "when the sun came back, the puddles shone like mirrors, and they jumped into each of them.",
                '"Rain is not so bad," said {h}, "if you have a friend with you."',
            ),
        ),
        "asks": (("Who was with {h}?", "{f}"), ("What was the weather like?", "rainy")),
    },
    "build": {
        "days": True,
        "linked": ((3, 4),),
        "titles": ("The {T} Makers", "{h} Builds Something", "How {h} Made a {T}"),
        "toy": True,
        "beats": (
            (
                "{h} wanted a {t}, but {h.he} had no money.",
                "{h} saw a {t} in a shop window. It cost {n} coins, and {h} had only one.",
                "{f} had a new {t}. {h} wished for one too.",
            ),
            (
                '"Then I will make one!" {h.he} said.',
                '"You have two hands," said {e}. "Why not make one?"',
                "{h} had an idea. {h.he} would build one from {material}.",
            ),
            (
                "{h.he} looked for {material}, string and glue, and began to work.",
                "all morning {h.he} cut, tied and glued. {material} lay all over the floor.",
                "{e} showed {h.him} how to hold the [saw|hammer|scissors]. The rest {h} did alone.",
            ),
            (
                "the first {t} fell apart at once. {h} was [angry|close to tears], but {h.he} tried again.",
                "at first it did not work. One side was too long and the other was too short.",
                "after the first try, {f} laughed, and {h} almost gave up.",
            ),
            (
                (
                    "the second one was better, and the third one was [perfect|just right]. {h} painted it"
                    " {col}, with a {a} on it."
                ),
                (
                    "{h} measured everything again, slowly this time. In the end the {t} was ready, and"
                    " {h} painted it {col}."
                ),
                "{f} said sorry for laughing and held the parts. Together they made a fine {col} {t}.",
            ),
            (
                '"It is better than one from a shop," said {f}.',
                "{h} was prouder than ever before.",
                "now the other children wanted one too, and {h} showed them how.",
                "{e} put {h.his} name on it in golden letters.",
            ),
        ),
        "asks": (
            ("What did {h} make?", "a {t}"),
            ("What colour was the {t}?", "{col}"),
            ("What was the {t} made of?", "{material}"),
        ),
    },
    "share": {
        "titles": ("One {T} for Two", "Learning to Share", "{h} and {f}"),
        "toy": True,
        "beats": (
            (
                "{h} had a new {col} {t}. {h.he} did not let anybody touch it.",
                '{e} gave {h} a {col} {t}. "Mine!" said {h}, and held it tight.',
                "{h} brought {h.his} {col} {t}. It was the finest {t} that the children had ever seen.",
            ),
            (
                '{f} asked, "May I try it?" "No," said {h}. "You will break it."',
                '"Please, may I have a turn?" asked {f}. {h} shook {h.his} head.',
                "{f} looked at the {t} for a long time. {h} turned away.",
            ),
            (
                "{f} went away, and {h} played alone. After a while it was not fun any more.",
                "so {h} sat there with the {t}, all alone. Nobody laughed with {h.him}.",
                "the other children began a new game. They laughed a lot. {h} had only the {t}.",
            ),
            (
                '{e} sat down beside {h.him}. "A {t} cannot laugh," {e.he} said. "A friend can."',
                'a {a} came and looked at {h} as if it wanted to say, "Where are your friends?"',
                "{h} remembered how {f} had shared {bite} with {h.him} last week. {h.his} face grew red.",
            ),
            (
                '{h} ran after {f}. "I am sorry. Let us play together!"',
                '"{f}!" {h} called. "You may have the first turn."',
                "so {h} went to {f} and put the {t} into {f.his} hands.",
            ),
            (
                "together they found {n} new games with the {t}.",
                "they played until it was dark, and the {t} did not break.",
                "it was much more fun with two.",
            ),
        ),
        "asks": (("What did {h} have?", "a {col} {t}"), ("Who wanted to try the {t}?", "{f}")),
    },
    "gift": {
        "days": True,
        "titles": ("A Present for {e}", "The Birthday", "What {h} Gave"),
        "beats": (
            (
                "it was {e}'s birthday, and {h} had no present.",
                '"Tomorrow is my birthday," {e} had said. {h} wanted to give {e.him} something special.',
                "{e} was sick in bed, and {h} wanted to make {e.him} happy.",
            ),
            (
                "{h} had only {n} coins. A {col} {t} cost much more.",
                "{h} went to the shop and looked at a {col} {t}. It was too dear.",
                "{h} counted {h.his} coins. There were only {n}, and a {col} {t} cost twenty.",
            ),
            (
                (
                    "{h} helped in the shop all day and swept the floor. In the evening the [shopkeeper|woman"
                    " in the shop] gave {h.him} the {col} {t}."
                ),
                (
                    'then {f} had an idea. "I have coins too. Let us put them together." So they bought the'
                    " {col} {t}."
                ),
                "{h} sold {h.his} old {t2} at the market. Now {h.he} could buy the {col} {t}.",
            ),
            (
                "{h} wrapped it in {col} paper and wrote a card.",
                "{f} made a card with a {a} on it.",
                "{h} hid the {t} {spot1}, and {e} had to search for it.",
            ),
            (
                "{e} was silent for a moment. Then {e.he} hugged {h}.",
                '"A {t}! How did you know?" cried {e}.',
                '{e} smiled from ear to ear. "This is the best present of all," {e.he} said.',
            ),
            (
                "they ate {dish} and sang until late.",
                '"Giving is even nicer than getting," thought {h}.',
                "the {t} still stands on {e}'s table today.",
            ),
        ),
        "asks": (
            ("What did {e} get?", "a {t}"),
            ("Who got a present?", "{e}"),
            ("How many coins did {h} have?", "{n}"),
        ),
    },
}
