"""What a genre hands over: pieces of plain text, or turns of a chat, and how they become one document."""

from __future__ import annotations

from dataclasses import dataclass, field

BEGIN, END, USER, ASSISTANT = "<|begin|>", "<|end|>", "<|user|>", "<|assistant|>"
SPECIAL_TOKENS = [BEGIN, END, USER, ASSISTANT]
CHAT_TEMPLATE = (
    "{{ bos_token }}{% for message in messages %}{% if message['role'] == 'assistant' %}"
    "{{ '<|assistant|>' + message['content'] + '<|end|>' }}{% else %}"
    "{{ '<|user|>' + message['content'] }}{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}"
)


@dataclass
class Document:
    """One document of the corpus; ``cases`` are its questions for the held-out tests."""

    genre: str
    text: str
    cases: list[dict[str, str]] = field(default_factory=list)


Turn = tuple[str, str]


def plain(genre: str, text: str) -> Document:
    """A document without roles."""
    return Document(genre, f"{BEGIN}{text.strip()}{END}")


def chat(genre: str, turns: list[Turn]) -> Document:
    """A chat: the assistant's answers end with the stop token."""
    return Document(genre, BEGIN + "".join(f"{USER}{asked}{ASSISTANT}{said}{END}" for asked, said in turns))
