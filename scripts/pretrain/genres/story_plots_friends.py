"""Plots of ways lost, new friends, patience and wishes.

A plot is a row of beats; of each beat one version is told. Beats of a group in ``linked`` are told in the same version.
``days``, ``night``: it takes longer than a day, or ends at night; ``weather``: it brings its own; ``ends_at_home``:
nobody goes home after it.
"""

PLOTS = {
    "lostway": {
        "ends_at_home": True,
        "linked": ((3, 5),),
        "titles": ("The Wrong Path", "The Way Home", "{h} Gets Lost"),
        "beats": (
            (
                "after a while {h} and {f} followed a {a}, farther and farther, until they did not know where they were.",
                "later, on the way home from {p}, {h} and {f} talked so much that they took the wrong path.",
                '"I know a short way home," said {f}. But it was not a short way at all.',
            ),
            (
                "every tree looked the same.",
                "there was no house, no road and no sign.",
                "it grew late, and {f} began to worry.",
            ),
            (
                '"We must stay calm," said {h}. They sat down and shared {bite}.',
                "{h} called for help, but only the echo answered.",
                "{h} climbed on a stone and looked around. {h.he} saw nothing but bushes.",
            ),
            (
                (
                    'then {h} remembered what {e} had told {h.him}: "Follow the water, and you will find'
                    ' people." So they followed a small stream.'
                ),
                '"Listen! A bell!" said {f}. "There must be houses." They walked towards the sound.',
                "it grew darker and darker. But then, far away, there was a light!",
            ),
            (
                "they walked for a long time, over stones and past thorny bushes.",
                "it was hard to see, but they held hands and went on.",
                "step by step, they came nearer.",
            ),
            (
                "at last {h} saw the door of {h.his} own house. Never had it looked so lovely.",
                "and then they saw the first roofs of {town}. They ran the last part.",
                'there stood {e} with a lantern. "I was looking for you!" said {e}.',
            ),
        ),
        "asks": (("Who got lost with {h}?", "{f}"), ("Who got lost?", "{h} and {f}")),
    },
    "newchild": {
        "days": True,
        "titles": ("A New Friend", "{f} Comes to Town"),
        "beats": (
            (
                "a new {f.kind} came to the school. {f.his} name was {f}, and {f.he} did not say a word.",
                "{f} was new in {town}. {f.he} stood alone at the wall.",
                '"This is {f}," said the teacher. "{f} comes from far away."',
            ),
            (
                "some children whispered. Nobody played with {f.him}.",
                '"Why does {f.he} never talk?" asked the others.',
                "{f} looked at {f.his} shoes all day.",
            ),
            (
                "{h} remembered how it feels to be alone.",
                "{h} did not like that. {h.he} had an idea.",
                '{h} saw that {f} had a {t} in {f.his} bag. "I like that too!" thought {h}.',
            ),
            (
                '{h.he} went over and said, "Hello! Would you like some {bite}?"',
                '"Shall I show you {p}?" asked {h}. {f} nodded.',
                "{h.he} did not say much. {h.he} just sat down beside {f} and began to draw a {a}.",
            ),
            (
                "{f} smiled for the first time. {f.he} knew {n} games that nobody had ever heard of.",
                "soon {f} told {h} about {f.his} old home, where [it snowed all winter|it was always warm|you could hear the sea].",
                (
                    "it turned out that {f} could [sing like a bird|draw very well|tell funny jokes|whistle"
                    " with two fingers]."
                ),
            ),
            (
                "now they are never alone, neither {h} nor {f}.",
                "the next day, everyone wanted to sit next to {f}.",
                '"Thank you for asking me," {f} said.',
            ),
        ),
        "asks": (("Who was new?", "{f}"), ("Who was kind to {f}?", "{h}")),
    },
    "garden": {
        "raw": True,
        "days": True,
        "titles": ("The Slow Seed", "{h} Learns to Wait", "A Seed for {h}"),
        "beats": (
            (
                '{e} gave {h} a pot with a small brown seed in it. "Water it and wait," {e.he} said.',
                "{h} found a seed in {h.his} pocket and put it into a pot.",
                "at the market, {h} bought a round seed for {n} coins and put it into a pot.",
            ),
            (
                "the next morning {h} looked. Nothing! {h} was disappointed.",
                "{h} looked every hour. There was only earth in the pot.",
                "one day went by, and two, and three. The pot was still empty.",
            ),
            (
                '"Maybe it is hungry," thought {h}, and gave it some {bite}. {f} laughed.',
                '{h} wanted to dig it up, but {e} said, "No! It is working under the ground."',
                "{h} sang to it, and read it a story about a {a}.",
            ),
            (
                "{h} watered it every {time2} and waited.",
                "slowly {h} forgot about it and played with {f}.",
                "rain fell, the sun shone, and {h} learned to be patient.",
            ),
            (
                "then, one morning, there was a tiny green point.",
                'and one day, {f} called, "Come quickly! Look!" A green leaf had come out.',
                "after {n} days the earth broke open, and something green looked out.",
            ),
            (
                "in {season2} it was as tall as {h}, and it had {col} flowers.",
                "in the end there were so many {foods} that everyone in {town} could eat.",
                '"Good things take time," said {e}.',
            ),
        ),
        "asks": (("Who had a seed?", "{h}"), ("What did {h} plant?", "a seed")),
    },
    "learn": {
        "days": True,
        "titles": ("{h} Learns Something New", "One More Time", "Try Again"),
        "beats": (
            (
                "{h} wanted to learn {skill}. {f} could do it already.",
                "all the others could do it, but {h} had never tried {skill}.",
                '"This summer I will learn {skill}," said {h}.',
            ),
            (
                "the first time, {h.he} fell and hurt {h.his} knee.",
                "it looked so easy when {f} did it! But {h} could not do it at all.",
                "{h} tried {n} times, and {n} times it went wrong.",
            ),
            (
                '"I cannot do it!" {h.he} shouted.',
                "some children laughed, and {h} wanted to go home.",
                "{h} sat down and did not want to try any more.",
            ),
            (
                '"You cannot do it yet," said {e}. "That is a small word, but a strong one."',
                '{f} sat down beside {h.him}. "Do you know how often I fell?" {f.he} asked. "A hundred times!"',
                "{e} held {h.him} at first, and then, without a word, let go.",
            ),
            (
                "{h} got up again, and again, and then it happened: it worked!",
                "the next morning {sky2}, and {h} tried once more. This time {h.he} did it!",
                "slowly it got better. One morning {h} could do it without thinking.",
            ),
            (
                '"Look at me!" {h.he} called, and even the {a} seemed to look.',
                "now {h} teaches the little ones {skill}.",
                "{h} was so happy that {h.he} did it {n} more times.",
            ),
        ),
        "asks": (("What did {h} want to learn?", "{skill}"),),
    },
    "wish": {
        "linked": ((1, 3), (0, 4)),
        "titles": ("One Wish", "The Magic {T}", "Be Careful What You Wish For"),
        "beats": (
            (
                '{p.at}, {h} found an old {t}. When {h.he} rubbed it, a tiny voice said, "You have one wish."',
                'a {a} sat in the way and said, "If you give me your {bite}, you may make a wish."',
                '{h} helped an old woman carry a basket. "You have one wish," the woman said.',
            ),
            (
                '"I wish for {n} {foods}!" {h} said quickly.',
                '"I want to be as tall as a tree!" said {h}.',
                '"I never want to go to bed again," said {h}.',
            ),
            (
                "and so it was. At first it was fun.",
                "there was a flash of {col} light, and it happened.",
                "{h} laughed and danced. It was true!",
            ),
            (
                "but soon {h.he} could not see any {foods} without feeling sick.",
                "then the trouble began. {h} did not fit through any door, and {f} was afraid of {h.him}.",
                "after a while {h.he} was so tired that {h.he} could not stand.",
            ),
            (
                '"May I change my wish?" {h.he} asked. "Of course," said the voice.',
                '{h} ran back to the {a}. "Please, make it as it was before!" {h.he} begged.',
                '{h} ran back to the old woman and said, "I am sorry. I was silly."',
            ),
            (
                "and everything was as before. {h} was glad to be just {h}.",
                "so everything was as before. Since then, {h} thinks before {h.he} speaks.",
                "then {h.he} woke up in {h.his} bed. It had only been a dream!",
            ),
        ),
        "asks": (("Who is the story about?", "{h}"),),
    },
    "pet": {
        "days": True,
        "titles": ("Where Is {pet}?", "{pet} Runs Away", "{h} and {pet}"),
        "beats": (
            (
                "{h} had a {pa} called {pet}. They did everything together.",
                "{pet} was a {pacol} {pa}, and belonged to {h}.",
                "{e} gave {h} a small {pa}. {h} called it {pet}.",
            ),
            (
                "one day, the door was open, and {pet} was gone.",
                "that morning {pet} did not come when {h} called.",
                "there was a loud bang. {pet} was frightened and ran away.",
            ),
            (
                "{h} called and called. {f} hung up a picture of {pet} at every corner.",
                '{h} asked everyone in {town}, "Have you seen my {pa}?"',
                "{h} and {f} looked {spot1} and {spot2}, and even {p.at}.",
            ),
            (
                "nobody had seen {pet}. {h} could not eat {h.his} dinner.",
                "in the evening {h} put a bowl of {pafood} outside the door.",
                '"{pet} will come back," said {e}. "{pet} knows where the best food is."',
            ),
            (
                "in the night {h} heard a soft sound. There was {pet}, wet and hungry!",
                'then {f} came running. "I found {pet}!" {f.he} called. "It was {spot3}!"',
                'the next day, {e} laughed. "Look who is sleeping in my chair!" It was {pet}.',
            ),
            (
                "{h} held {pet} close and would not let go.",
                '"Never do that again," said {h}, but {pet} was already asleep.',
                "{pet} got a little bell, so that everybody could hear where {pet} was.",
            ),
        ),
        "asks": (
            ("What was the name of the {pa}?", "{pet}"),
            ("What kind of animal was {pet}?", "a {pa}"),
            ("Who had a {pa}?", "{h}"),
        ),
    },
}
