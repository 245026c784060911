"""Plots of honest words, races, kitchens, animals and the dark.

A plot is a row of beats; of each beat one version is told. Beats of a group in ``linked`` are told in the same version.
``days``, ``night``: it takes longer than a day, or ends at night; ``weather``: it brings its own.
"""

PLOTS = {
    "broken": {
        "breakable": True,
        "titles": ("The Broken {T}", "Telling the Truth", "{h} Is Honest"),
        "beats": (
            (
                (
                    "{h} was playing indoors. {h.he} knew that it was not allowed. Crash! {e}'s"
                    " {col} {t} fell down and broke."
                ),
                (
                    "{h} wanted to look at {e}'s {col} {t}. It slipped from {h.his} hands and broke into"
                    " {n} pieces."
                ),
                '"Do not touch my {t}," {e} had said. But {h} touched it. It fell on the floor and broke.',
            ),
            (
                "{h} was afraid. Quickly {h.he} hid the pieces {spot1}.",
                '"Nobody saw it," {h} thought, and hid the pieces {spot1}.',
                "{h} hid the pieces {spot1} and went outside, but {h.his} stomach hurt.",
            ),
            (
                'in the evening, {e} asked, "Has anyone seen my {t}?" {h} looked at the floor.',
                "at dinner {h} could not eat, although {e} had made {dish}.",
                '{e} looked for {e.his} {t} everywhere. "Maybe a thief took it," said {f}. {h} felt even worse.',
            ),
            (
                'at last {h} said, "It was me. I broke it, and I am sorry."',
                "{h} brought the pieces and told {e} everything.",
                "then {h} began to cry and told the truth.",
            ),
            (
                '{e} was quiet for a while. "Thank you for telling me," {e.he} said. "That was brave."',
                '{e} was not angry. "A {t} can be mended," {e.he} said. "A lie is harder to mend."',
                '"I am a little sad about the {t}," said {e}, "but glad that you are honest."',
            ),
            (
                "together they glued the pieces, and the {t} was nearly as good as before.",
                "the next day, {h} bought a new one with {h.his} own coins.",
                "{h} felt light again, like a feather.",
            ),
        ),
        "asks": (
            ("What broke?", "a {col} {t}"),
            ("Who broke the {t}?", "{h}"),
            ("Whose {t} broke?", "{e}'s"),
        ),
    },
    "race": {
        "linked": ((3, 4),),
        "titles": ("The Great Race", "{h} Runs", "Who Will Win?"),
        "beats": (
            (
                "soon there would be a big race in {town}. The prize was a {col} {t}.",
                'there was a race in {town}. "The first one at the end of the road wins a {t}," said {e}.',
                "everybody in {town} talked about the race. The prize was a {col} {t}.",
            ),
            (
                "{h} was not fast, but {h.he} practised every day.",
                "{f} was the fastest of all, and {f.he} knew it.",
                "{h} ran to school and back {n} times that week.",
            ),
            (
                '"Ready, steady, go!" called {e}. {f} ran like the wind.',
                "the whistle blew, and all the children ran. {f} was far in front.",
                "they ran over the bridge and past the mill. {f} was the first one.",
            ),
            (
                (
                    "then {f} fell over a stone and held {f.his} knee. {h} could have run on, but {h.he}"
                    " stopped."
                ),
                "suddenly {f} cried out. {f.he} had hurt {f.his} foot. {h} stopped and helped {f.him} up.",
                (
                    "in the middle of the road sat a small {a} that could not move. The others jumped over"
                    " it. {h} picked it up."
                ),
            ),
            (
                "they came in last, side by side, and everyone cheered.",
                'so {h} did not win. {e} still gave {h.him} the {t}, "for a good heart".',
                "{h.he} lost the race. But all the people clapped for {h.him}.",
            ),
            (
                '"Next year we will run side by side," said {f}.',
                '"You are a real winner," said {e}.',
                "{h} never forgot how loudly they clapped.",
            ),
        ),
        "asks": (("What was the prize?", "a {t}"), ("Where was the race?", "in {town}")),
    },
    "bake": {
        "raw": True,
        "linked": ((2, 3),),
        "titles": ("Too Much Salt", "{h} Bakes a Cake", "In the Kitchen"),
        "beats": (
            (
                "{h} wanted to bake something with {foods} for {e}.",
                '"Today I will cook the dinner," {h} said, and put {n} {foods} on the table.',
                'there were {n} {foods} in the kitchen. "Let us make something good," said {f}.',
            ),
            (
                (
                    "they mixed flour, eggs and milk. There was flour on the floor and on"
                    " {f}'s nose."
                ),
                "{h} read the recipe twice, and {f} stirred.",
                "{f} broke the eggs, and {h} cut the {foods} into small pieces.",
            ),
            (
                "but {h} took the salt instead of the sugar!",
                "then the [phone|door bell] rang, and they forgot the oven.",
                "{h} put in too much water, and it became a soup.",
            ),
            (
                '"It tastes awful!" said {f}, and both had to laugh.',
                "black smoke came out of the oven. {h} opened all the windows.",
                "{h} was sad. All the work was for nothing.",
            ),
            (
                '"Mistakes are teachers," said {e}. So they began again.',
                "they looked at the mess and started once more, slowly this time.",
                "{e} showed them what to do, and the second try went well.",
            ),
            (
                "in the end everything tasted wonderful.",
                "they sat at the table together and ate every crumb.",
                '"This is the best thing I ever ate," said {e}, and {h} was proud.',
            ),
        ),
        "asks": (("How many {foods} were there?", "{n}"), ("Who helped {h}?", "{f}")),
    },
    "rescue": {
        "linked": ((1, 2, 3, 4),),
        "titles": ("The Little {A}", "{h} Helps a {A}", "A Small Voice"),
        "beats": (
            (
                (
                    "{p.at}, {h} heard a [weak|strange|tiny] sound. It came from [behind a stone|a bush|a"
                    " dark corner|the tall grass]."
                ),
                "something moved near {h}'s feet. {h.he} bent down to look.",
                '"Hush! Did you hear that?" {h} asked. {f} nodded. Something was crying.',
            ),
            (
                "a small {a} was caught in [an old net|a fence|some string]. It could not get out.",
                "there lay a {a}. It had hurt its [leg|foot|side] and was shaking.",
                "a {a} had fallen into a hole and could not climb out.",
            ),
            (
                '{f} wanted to pull at once, but {h} said, "Slowly! We must not frighten it."',
                '"Do not be afraid," {h} said softly, and ran to get {e}.',
                '"Wait, little one," {h} said. "We will help you."',
            ),
            (
                "{h} used {h.his} {t} to make a way out, bit by bit.",
                "with the help of {e}, they put the {a} into a box with soft grass.",
                "{h} lay down on the ground and reached as far as {h.he} could.",
            ),
            (
                "at last the {a} was free. It looked at {h} once, and then it was gone.",
                "after {n} days, the {a} was well again. They let it go in the same place.",
                "the {a} drank some water and ate some {afood}. Then it went back to its family.",
            ),
            (
                "the next morning, a {a} stood at {h}'s gate, as if to say thank you.",
                '"You have a good heart," said {e}.',
                "{h} waved until it could not be seen any more.",
            ),
        ),
        "asks": (("What animal did {h} help?", "a {a}"), ("Who was with {h}?", "{f}")),
    },
    "dark": {
        "night": True,
        "weather": True,
        "linked": ((3, 4),),
        "titles": ("The Noise at Night", "Not Afraid Any More", "{h} and the Dark"),
        "beats": (
            (
                "that night {h} lay awake. The wind made the house creak, and {h.he} was afraid.",
                "it was late, and {h} could not sleep. Something went tap, tap, tap.",
                "{h} slept at {e}'s house. In the middle of the night, {h.he} heard a noise.",
            ),
            (
                '"Maybe it is a thief," {h.he} thought. {h.he} pulled the blanket over {h.his} head.',
                "a long shadow moved on the wall. {h} held {h.his} breath.",
                "was it a ghost? Was it a bear?",
            ),
            (
                'then {h} said to {h.himself}, "I want to know what it is." So {h.he} took {light} and got up.',
                "{h.he} thought of {f}, who was never afraid, and put {h.his} feet on the cold floor.",
                "{h.his} knees were weak, but {h.he} took {light} and opened the door.",
            ),
            (
                "step by step {h.he} went down. Something moved {spot1}.",
                "{h.he} looked {spot1}. Nothing. {h.he} looked {spot2}. There!",
                "the noise grew louder. It came from the window.",
                "there was light in the kitchen. {h} opened the door.",
            ),
            (
                "it was only [a mouse|a cat|a hedgehog]! It had found {bite} and was having dinner.",
                "it was only {h.his} own {t}, which had fallen down.",
                "a branch was tapping at the glass. That was all.",
                'there sat {e} with a cup of tea. "Can you not sleep either?" asked {e}.',
            ),
            (
                "{h} laughed so loudly that everyone woke up.",
                '"So that is my ghost," {h.he} said, and went back to bed.',
                "since that night, the dark has not been so dark for {h}.",
            ),
        ),
        "asks": (("When did {h} hear the noise?", "at night"), ("How did {h} feel at first?", "afraid")),
    },
}
