"""Beats that all stories share: openings, setting off, weather, closings.

Slots: h hero, f friend, e elder (people), a animal, t and t2 things, p and q places, food, foods,
    n number word,
col colour, town, trait, hobby, found and act (of p), sky (a weather clause), day, season, time.
"""

OPENINGS = (
    "once there was a {trait} {h.kind} named {h}. {h.he} lived in {town}.",
    "{h} was a {trait} {h.kind} who loved {hobby}.",
    "in a [small|white|tall|crooked|yellow] house in {town} lived a {h.kind} called {h}.",
    "one {season} morning, {h} woke up, and {sky}.",
    "on {day}, {sky}, and {h} did not know what to do.",
    (
        "it was a [quiet|long|bright|busy|lazy|grey] {day} in {town}. {h} was [bored|ready for something"
        " new|full of plans|in a good mood]."
    ),
    "this is the story of {h}, a {trait} {h.kind} from {town}.",
    "long ago, in the [town|village] of {town}, there lived a {trait} {h.kind} whose name was {h}.",
    "every {day}, {h} [helped|visited] {e}. This {day} was different.",
    '"[What a day|What a morning|Look at that sky]!" said {h}. {h} was a {trait} {h.kind} from {town}.',
    "do you know {h}? {h.he} is the {h.kind} who once [surprised|helped|saved the day for] all of {town}.",
    "nobody in {town} was as {trait} as {h}.",
    "it was the [first|last] day of {season}, and {sky}. {h} was [bored|in a good mood|full of plans].",
    (
        "{h} had [a red bicycle|two brothers|a loud laugh|freckles|a big garden|curly hair|a small room under"
        " the roof] and many [ideas|friends|questions]."
    ),
)
SETTING_OFF = (
    (
        "{h} [put on {h.his} shoes|took {h.his} bag|closed the door|finished breakfast] and"
        " [went|walked|ran|set off] {p.to}."
    ),
    "{time}, {h} went {p.to} to {act}.",
    "{h} asked {f} to come along {p.to}, and soon they were there.",
    "{h.he} wanted to {act}, so {h.he} went {p.to}.",
    '"Let us go {p.to}," said {f}. {h} [nodded|jumped up|liked the idea|was ready at once].',
    "the way {p.to} was [short|long|muddy|easy|full of puddles], but {h} did not mind.",
    '{e} said, "Go {p.to} and {act}. It will be good for you." So {h} went.',
    "that day {h} was {p.at} with {f}.",
    "{h} and {f} met {p.at}. They wanted to {act}.",
    "after [breakfast|lunch|school|a short rest], {h} was {p.at}, as so often.",
)
SIGHTS = (
    "{h.he} saw {found} and [smelled the fresh air|took a deep breath|felt happy].",
    "[first|for a while], {h} just looked at {found}.",
    "",
    "",
)
# Words of closings that end a day.
ONE_DAY = ("evening", "night", "home", "sun", "all day", "best day")
CLOSINGS = (
    "{h} [was happy all day|felt warm inside|had a big smile on {h.his} face].",
    '"I learned something today," {h} said.',
    "in the evening, {h} told the whole story to {e}.",
    "that night, {h} [slept very well|dreamed of it all|was too happy to sleep].",
    "from that day on, {h} and {f} [were best friends|helped each other|shared everything].",
    "at home, {e} had made {dish}, and they all ate together.",
    '"[This was the best day|What a day|I will never forget this]," {h} said.',
    "{h} [wrote about it in {h.his} diary|drew a picture of it|told everyone at school about it].",
    "{e} laughed when {e.he} heard the story, and gave {h} some {dish}.",
    "{h} never forgot it.",
    "and that is how it was.",
    "since then, {h} always smiles when {h.he} sees a {t}.",
    "",
)
AWAY_CLOSINGS = (
    "{h} went home with a [big|wide|happy] smile.",
    "when the sun went down, they walked home [side by side|hand in hand|slowly|with tired feet].",
    "and if you go {p.to} today, [you may hear people tell this story|you may meet {h} there].",
    "{h.he} came home [tired|hungry|cold|muddy], but very happy.",
    "since then, {h} and {f} go {p.to} every {day}.",
)
TRAITS = """kind, brave, curious, shy, clever, cheerful, quiet, careful, funny, lively, patient, stubborn,
    gentle, friendly,
    dreamy, honest, helpful, busy, polite, messy"""
SKIES = """the sun was shining, rain was falling, the wind was blowing, snow was falling,
    fog lay over the fields, grey clouds
    covered the sky, the sky was blue, it was very hot, it was cold outside, a warm wind blew,
    the air smelled of rain,
    the birds were singing, frost covered the windows"""
