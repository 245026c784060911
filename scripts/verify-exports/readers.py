"""The other programs' half of `npm run verify:exports`.

    python readers.py MANIFEST

For each export of the manifest: what Hugging Face PEFT makes of base and adapter, and what each reader makes of its own form.
The results are written to results.json beside the manifest.
"""
import json
import sys
from pathlib import Path

import torch
from peft import PeftModel
from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForSeq2SeqLM, AutoTokenizer, GenerationConfig

from read_gguf import read_gguf
from read_llama_cpp import read_llama_cpp
from read_mlx import read_mlx

# Largest difference of a logit in f32.
TOLERANCE = 1e-4
NEW_TOKENS = 12


def open_model(path):
    auto = AutoModelForSeq2SeqLM if AutoConfig.from_pretrained(path).is_encoder_decoder else AutoModelForCausalLM
    return auto.from_pretrained(path, dtype=torch.float32, attn_implementation="eager").eval()


def logits_of(model, case):
    """Of the first sequence without its padding; of the targets where there is an encoder."""
    ids = torch.tensor([case["input_ids"][0][: case["lengths"][0]]])
    targets = {}
    if model.config.is_encoder_decoder:
        targets["labels"] = torch.tensor([[label for label in case["labels"][0] if label >= 0]])
    with torch.no_grad():
        return model(input_ids=ids, **targets).logits[0]


def greedy(model, prompt):
    ids = torch.tensor([prompt])
    with torch.no_grad():
        for _ in range(NEW_TOKENS):
            ids = torch.cat([ids, model(input_ids=ids).logits[:, -1:].argmax(-1)], 1)
    return ids[0, len(prompt) :].tolist()


def check_manner(export):
    """Asked through its folder's own chat template, the model is given the tokens it was taught; and the same tokens end its answer."""
    tokenizer = AutoTokenizer.from_pretrained(export["merged"])
    for asked in export["asked"]:
        ids = tokenizer.apply_chat_template(asked["messages"], add_generation_prompt=True, return_dict=False)
        if ids != asked["ids"]:
            raise ValueError(f"the chat template gives {ids} for {asked['messages']}, not {asked['ids']}")
    ends = GenerationConfig.from_pretrained(export["merged"]).eos_token_id
    if ends != export["endIds"]:
        raise ValueError(f"its answers end with {ends}, not {export['endIds']}")


def read_merged(export, case, reference):
    check_manner(export)
    model = open_model(export["merged"])
    off = (logits_of(model, case) - reference["logits"]).abs().max().item()
    return {"off": off} if off <= TOLERANCE else {"off": off, "problem": f"logits differ; {TOLERANCE} is allowed"}


def reference_of(export, case):
    base = open_model(export["model"])
    plain = logits_of(base, case)
    model = PeftModel.from_pretrained(base, export["peft"]).eval()
    logits = logits_of(model, case)
    if (logits - plain).abs().max() < 0.1:
        raise ValueError("the adapter moves no logit, so nothing would be proved")
    seq2seq = base.config.is_encoder_decoder
    prompt = case["input_ids"][0][: case["lengths"][0]] if seq2seq else case["input_ids"][0][: case["prompt_lengths"][0]]
    return {"plain": plain, "logits": logits, "prompt": prompt, "greedy": None if seq2seq else greedy(model, prompt)}


READERS = [
    ("merged", "transformers", read_merged),
    ("gguf", "gguf", read_gguf),
    ("gguf", "llama.cpp", read_llama_cpp),
    ("mlx", "mlx-lm", read_mlx),
]


def main(manifest):
    results = []
    for export in json.loads(Path(manifest).read_text()):
        case = json.loads(Path(export["case"]).read_text())
        reference = reference_of(export, case)
        for form, reader, read in READERS:
            if form not in export:
                continue
            try:
                result = read(export, case, reference)
            except Exception as error:  # told by whoever asked, beside what did work
                result = {"problem": f"{type(error).__name__}: {error}"}
            results.append({"name": export["name"], "reader": reader, **result})
    (Path(manifest).parent / "results.json").write_text(json.dumps(results))


if __name__ == "__main__":
    main(sys.argv[1])
