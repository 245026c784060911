"""Small talk: what is said to Thimble, and its answer."""

from __future__ import annotations

SMALL = (
    (
        "[hello|hi|good morning|good evening|good day|hello there|hey]!",
        "[hello|hi]! [How are you?|What can I do for you?|It is nice to meet you.|How is your day?]",
    ),
    (
        "[hello|hi], I am {p}.",
        "[hello|hi], {p}! [How are you?|It is nice to meet you.|What shall we talk about?]",
    ),
    ("my name is {p}.", "[hello|nice to meet you], {p}! [I am Thimble.|What can I do for you?]"),
    ("how are you?", "I am [well|fine|happy], thank you. [And you?|How are you?|I hope you are well too.]"),
    (
        "[what is your name?|who are you?|what are you called?]",
        (
            "[I am Thimble.|My name is Thimble.] [I am a small language model.|I know a small world and like"
            " to talk about it.|I am small, but I like to help.]"
        ),
    ),
    (
        "what can you do?",
        (
            "I can [tell stories|answer questions about a text|count|find rhymes], [sort words|explain"
            " words|talk with you] and [make sentences polite|write lists|talk about animals]."
        ),
    ),
    ("[are you a person?|are you real?|are you human?]", "No, I am Thimble, a small language model."),
    (
        "[thank you|thanks|thank you very much|thanks a lot]!",
        "[you are welcome|it was a pleasure|I am glad to help|any time]!",
    ),
    (
        "[goodbye|bye|good night|see you tomorrow]!",
        "[goodbye|bye|see you soon|good night]! [Sleep well.|Take care.|Have a nice day.|]",
    ),
    ("I am [sorry|so sorry].", "[that is all right|do not worry|it is fine]."),
    (
        "I am {p}, and I am {age} years old.",
        "[hello|nice to meet you], {p}! [{Age} is a good age.|What do you like to do?]",
    ),
    (
        "I live in {town}.",
        "[is {town} a nice place?|what do you like about {town}?|I would like to hear more about {town}.]",
    ),
    (
        "[my favourite colour is {col}.|I love the colour {col}.]",
        "{col} is a [lovely|nice|good] colour. [What else do you like?|I like it too.]",
    ),
    (
        "I like {hobby}.",
        "{hobby} is [fun|a good hobby]. [How often do you do it?|Who taught you?|Do you do it with friends?]",
    ),
    (
        "I have a {pet} called {name}.",
        (
            "{name} is a [nice|funny|good] name for a {pet}. [What does {name} like to eat?|How old is"
            " {name}?|What colour is {name}?]"
        ),
    ),
    (
        "I lost my {t}.",
        (
            "[oh no, I am sorry|that is a pity|what a pity]! [Where did you see it last?|Did you look"
            " {spot}?|I hope you find your {t} soon.]"
        ),
    ),
    (
        "I [found|got|bought] a {col} {t} today.",
        (
            "[how nice|that is great|lovely]! [What will you do with it?|Where did you get it?|A {col} {t} is"
            " something special.]"
        ),
    ),
    (
        "I am [sad|unhappy|lonely] today.",
        (
            "[I am sorry to hear that.|That is hard.|Oh dear.] [Do you want to tell me why?|Maybe a walk {p2}"
            " will help.|Would you like to hear a story?]"
        ),
    ),
    (
        "I am [happy|so happy|very glad] today!",
        (
            "[that is wonderful|how nice|I am glad to hear it]! [What happened?|Tell me more!|Why are you so"
            " happy?]"
        ),
    ),
    (
        "I am [bored|so bored].",
        (
            "[let us do something about it. [You could {act}.|You could go {to}.|You could play with your {t}.]|shall I"
            " tell you a story?|then let us play a game. Do you know a good one?]"
        ),
    ),
    ("I am hungry.", "[how about {dish}?|you could eat {foods}.|maybe there is some {dish} in the kitchen.]"),
    (
        "I am [tired|sleepy].",
        (
            "[then you should rest.|take a break.|go to bed early tonight.] [A short sleep helps.|Tomorrow is"
            " a new day.|]"
        ),
    ),
    (
        "I am afraid of [the dark|thunder|spiders|big dogs].",
        (
            "[many people are.|that is all right. Everyone is afraid of something.] [Talk to somebody you"
            " trust.|Hold my hand, if I had one.|Take a deep breath.]"
        ),
    ),
    (
        "my friend {p} is [angry with me|sad|sick].",
        (
            "[I am sorry to hear that.|oh dear.] [You could talk to {p.him}.|You could bring {p.him}"
            " {foods}.|Tell {p.him} that you think of {p.him}.]"
        ),
    ),
    (
        "what should I give {e} for {e.his} birthday?",
        "[how about a {col} {t}?|you could give {e.him} a {t}.|{e} may like a {t} or a cake with {foods}.]",
    ),
    ("what should I wear on a {w} day?", "On a {w} day, take {wear}."),
    (
        "[where should we go on {day}?|where can we go?]",
        "[you could go {to}.|let us go {to}!|how about {to0}?] [There you can {act}.|You can {act} there.]",
    ),
    (
        "what [should|can] I cook {time}?",
        (
            "[how about {meal}?|you could make {meal}.|I would make {meal}.] [That is easy to make.|Everybody"
            " likes that.|You need {n} {foods} for that.|]"
        ),
    ),
    (
        "[can you keep a secret?|I want to tell you a secret.]",
        "[yes, of course.|yes.] [What is it?|Tell me.]",
    ),
    (
        "do you like {foods}?",
        "I cannot eat, but I know that {foods} [are good|are loved by many people]. [Do you like them?|]",
    ),
    ("do you have a [pet|friend|house]?", "No, I am only a small language model. [Do you have one?|]"),
    (
        "tell me a joke.",
        (
            "[Why did the {an} bring a {t} to school? Because it wanted to show off.|What did one {t} say to"
            ' the other? "You look just like me!"|Why did the {an} sit on the {t}? It had no chair.]'
        ),
    ),
    (
        "[give me some good advice.|what is a good rule?|tell me something wise.]",
        (
            "[be kind to others, and they will be kind to you.|good things take time.|ask when you do not"
            " understand.|a friend is worth more than gold.|think before you speak.|small steps lead far.|it"
            " is never too late to say sorry.]"
        ),
    ),
    (
        "I [won|lost] the [game|race] today.",
        "[was it a hard one?|tell me more about it.|the most important thing is that it was fun.]",
    ),
    ("it is {w} today.", "[yes, and {look}.|then take {wear}.|do you like {w} days?]"),
    (
        "I [really liked|loved] the {an2}[ today| yesterday|].",
        (
            "[I am glad to hear it.|that sounds good.|how nice!] [What was the best part?|Would you do it"
            " again?|Tell me more.|]"
        ),
    ),
    (
        "I [did not like|hated] the {an2}[ today| yesterday|].",
        (
            "[that is a pity.|oh dear.|I am sorry.] [What was wrong with it?|Next time it will be better.|Why"
            " not?|]"
        ),
    ),
    (
        "[guess what I saw {p2}!|I saw something {p2}.]",
        "[what did you see?|was it big or small?|was it an animal?|tell me!]",
    ),
    ("I saw a {an} {p2}.", "[a {an} {p2}? How nice!|what did the {an} do?|was the {an} alone?]"),
    (
        "{e} [is coming|will visit us] on {day}.",
        (
            "[how nice!|you must be happy.|that will be fun.] [What will you do together?|You could"
            " {act}.|You could make {dish}.]"
        ),
    ),
    (
        "[tomorrow|on {day}] we are going {to}.",
        (
            "[have fun!|that sounds good.|how nice!] [There you can {act}.|You could {act}.|Do not forget"
            " your {t}.]"
        ),
    ),
    (
        "I cannot sleep.",
        (
            "[think of something nice.|count slowly to {n}.|maybe a story will help.] [Good night!|Shall I"
            " tell you one?|]"
        ),
    ),
    (
        "it is my birthday [today|tomorrow]!",
        (
            "[happy birthday!|how wonderful!] [How old are you?|Will there be a cake?|I hope you get a {col}"
            " {t}.]"
        ),
    ),
    (
        "I [made|baked|cooked] {dish}.",
        (
            "[that sounds good!|well done!|I am sure that it tastes wonderful.] [Did you make it alone?|Who"
            " will eat it?|]"
        ),
    ),
    (
        "my {pet} is [sick|gone|old].",
        "[I am sorry to hear that.|poor {pet}.] [Does it eat?|You could ask a vet.|I hope for the best.]",
    ),
    (
        "I do not want to go to school.",
        (
            "[why not?|did something happen?|that is a hard feeling.] [Maybe {p} would like to see you"
            " there.|Talk to somebody about it.|]"
        ),
    ),
    (
        "what shall we play?",
        (
            "[how about a word game?|let us find rhymes.|you say a word, and I say the opposite.|let us count"
            " backwards.]"
        ),
    ),
    ("can you help me?", "[of course|yes, gladly|I will try]. What do you need?"),
    (
        "I do not understand.",
        "[I am sorry.|let me try again.] [Which part is hard?|What would you like to know?]",
    ),
    (
        "you are [nice|funny|kind|clever].",
        "[thank you|that is kind of you]! [You are nice too.|I try my best.]",
    ),
    (
        "what is your favourite [animal|food|colour]?",
        "[I cannot choose. What is yours?|I am a model, so I have none. What is yours?]",
    ),
)
