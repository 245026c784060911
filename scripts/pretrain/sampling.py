"""Greedy and sampled continuations of the trained model, with cached keys through transformers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from .document import ASSISTANT, BEGIN, END, USER


@dataclass
class Speaker:
    """A model folder, loaded."""

    model: torch.nn.Module
    tokenizer: AutoTokenizer

    @classmethod
    def load(cls, folder: Path) -> Speaker:
        """Reads the folder in 32-bit floats."""
        model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
        return cls(model, AutoTokenizer.from_pretrained(folder))

    @torch.inference_mode()
    def go_on(
        self, prompt: str, longest: int = 160, temperature: float = 0.0, top_p: float = 0.9
    ) -> tuple[str, bool]:
        """The continuation of a prompt, and whether it ended by itself."""
        ids = self.tokenizer(prompt, return_tensors="pt", add_special_tokens=False)
        choice = (
            {"do_sample": True, "temperature": temperature, "top_p": top_p, "top_k": 0}
            if temperature
            else {"do_sample": False}
        )
        end = self.tokenizer.convert_tokens_to_ids(END)
        made = self.model.generate(
            **ids, **choice, max_new_tokens=longest, eos_token_id=end, pad_token_id=end
        )
        new = made[0, ids["input_ids"].shape[1] :]
        return self.tokenizer.decode(new, skip_special_tokens=True), bool(new[-1] == end)

    def answer(self, *turns: str, **choice: float) -> tuple[str, bool]:
        """The answer to the last of these turns (asked, answered, asked, ...)."""
        text = BEGIN + "".join(
            (USER + turn + ASSISTANT) if at % 2 == 0 else turn + END for at, turn in enumerate(turns)
        )
        return self.go_on(text, **choice)
