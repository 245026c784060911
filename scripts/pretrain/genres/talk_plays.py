"""Little plays for two; a line with several versions takes the version of its neighbours."""

PLAYS = (
    (
        (
            "where are you going, {q}?",
            "[to {b0}|to {b0}, to {act}]. [Do you want to come?|Come with me!]",
            (
                "yes, but wait, I need my {t}.",
                "I would love to, but I must help {e}.",
                "what is there to see?",
            ),
            ("then hurry up!", "never mind, we can go on {day}.", "you will see. Bring some {foods}!"),
            ("I am coming!", "[good|fine]. Until then!", "[all right|good]. I am coming!"),
        )
    ),
    (
        (
            "have you seen my {t}?",
            ("is it {col}?", "what does it look like?"),
            ("yes, it is {col} and quite small.", "it is {col}. {e} gave it to me."),
            "I saw it {spot}[ this morning| an hour ago|].",
            "[oh, thank you!|there it is! You are the best.|I should have looked there first.]",
        )
    ),
    (
        (
            "what is the weather like {p2}?",
            "it is {w}. [{look}.|You will see.|It has been like that all day.]",
            "[then I will take {wear}.|oh, I like {w} days.]",
            "good idea. And do not forget your {t}!",
            "I will not. [Thank you.|See you soon.|Goodbye!]",
        )
    ),
    (
        (
            "how much is the {t}?",
            "it costs {n} coins.",
            "[oh, I have only {m}.|that is a lot.]",
            (
                "give me {m} coins and a {foods1}, and it is yours.",
                "for you, I will make it cheaper.",
                "come back on {day}. Then it will be cheaper.",
            ),
            ("that is a deal!", "thank you! You are very kind.", "all right, I will think about it."),
        )
    ),
    (
        (
            "you look sad, {q}.",
            "[I broke {e}'s {t}.|{e} is sick.|my {pet} has run away.|nobody wants to play with me.]",
            "[I am sorry.|oh no!|that is bad.] [Can I help?|Let us think together.|Come and sit down.]",
            ("just stay with me for a while.", "what would you do?", "you are a good friend."),
            (
                "of course. It will be all right.",
                "[I would talk to {e}.|let us have {dish} first. Then we will see.]",
                "and so are you.",
            ),
        )
    ),
    (
        (
            "shall we {act}?",
            "I would rather {act2}.",
            "but we did that [yesterday|on {day}|last time].",
            "[then let us throw a coin.|all right, you choose.|first one, then the other?]",
            "[good idea!|fine with me.|you are right. That is fair.]",
        )
    ),
    (
        (
            "I am hungry. What do we have?",
            "we have {dish}, and {n} {foods}.",
            "[I would like the {foods}, please.|oh, {dish} again!|may I have both?]",
            ("yes, but wash your hands first.", "take as much as you like.", "yes, but leave some for {e}."),
            ("of course.", "thank you!", "I promise."),
        )
    ),
    (
        (
            "what did you do on {day}?",
            "I was {b} with {e}. We wanted to {act}.",
            "[and did you?|was it nice?]",
            "[yes, and I found a {col} {t}.|no, it was too {w}.]",
            "[next time I will come too.|you always have all the fun.|tell me more!]",
        )
    ),
    (
        (
            "happy birthday, {q}! How old are you now?",
            "thank you! I am {n} years old.",
            "here is a present for you.",
            "a {col} {t}! [I always wanted one.|How did you know?|It is beautiful.]",
            "[I am glad that you like it.|now let us eat {dish}!|{e} helped me to choose it.]",
        )
    ),
    (
        (
            "what do you want to be when you grow up?",
            "[I want to travel far.|somebody who helps others.|I do not know yet.] And you?",
            "I would like to live {b} and {act} every day.",
            ("every day? You would get bored.", "can I visit you there?", "and what would you eat?"),
            ("never!", "of course! And bring {foods}, please.", "{foods}, and {dish} on Sundays."),
        )
    ),
)
