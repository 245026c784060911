"""Makes the model folder: ``python -m scripts.pretrain.export CHECKPOINT TOKENIZER OUT``.

Hugging Face layout, weights in bfloat16; transformers must load it and give the logits of the training model.
"""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path

import torch
from safetensors.torch import save_file

from .document import BEGIN, END, SPECIAL_TOKENS
from .model import ModelConfig, Thimble


def load(checkpoint: Path) -> Thimble:
    """The training model of a checkpoint."""
    state = torch.load(checkpoint, weights_only=True)
    model = Thimble(ModelConfig(**state["config"]))
    model.load_state_dict(state["model"])
    return model.eval()


def llama_config(config: ModelConfig) -> dict[str, object]:
    """config.json."""
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "vocab_size": config.vocab,
        "hidden_size": config.hidden,
        "intermediate_size": config.intermediate,
        "num_hidden_layers": config.layers,
        "num_attention_heads": config.heads,
        "num_key_value_heads": config.heads,
        "head_dim": config.head_dim,
        "hidden_act": "silu",
        "max_position_embeddings": config.context,
        "rms_norm_eps": config.norm_eps,
        "rope_theta": config.rope_theta,
        "rope_scaling": None,
        "attention_bias": False,
        "attention_dropout": 0.0,
        "mlp_bias": False,
        "tie_word_embeddings": True,
        "initializer_range": 0.02,
        "use_cache": True,
        "bos_token_id": SPECIAL_TOKENS.index(BEGIN),
        "eos_token_id": SPECIAL_TOKENS.index(END),
        "pad_token_id": SPECIAL_TOKENS.index(END),
        "torch_dtype": "bfloat16",
    }


def export(checkpoint: Path, tokenizer: Path, out: Path) -> None:
    """Writes the folder and checks it."""
    model = load(checkpoint)
    out.mkdir(parents=True, exist_ok=True)
    rounded = {name: tensor.to(torch.bfloat16) for name, tensor in model.to_llama().items()}
    save_file(rounded, out / "model.safetensors", metadata={"format": "pt"})
    (out / "config.json").write_text(json.dumps(llama_config(model.config), indent=2) + "\n")
    ids = {
        "bos_token_id": SPECIAL_TOKENS.index(BEGIN),
        "eos_token_id": SPECIAL_TOKENS.index(END),
        "pad_token_id": SPECIAL_TOKENS.index(END),
        "do_sample": False,
        "max_new_tokens": 160,
    }
    (out / "generation_config.json").write_text(json.dumps(ids, indent=2) + "\n")
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(tokenizer / name, out / name)
    check(model, out)


@torch.inference_mode()
def check(model: Thimble, out: Path) -> None:
    """Logits of transformers' model against the training model's, with the same rounded weights."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    with torch.no_grad():
        for weight in model.parameters():
            weight.copy_(weight.to(torch.bfloat16).float())
    theirs = AutoModelForCausalLM.from_pretrained(out, dtype=torch.float32).eval()
    ids = AutoTokenizer.from_pretrained(out)(
        f"{BEGIN}Once there was a kind girl named Mia. She lived in Fernbrook.", return_tensors="pt"
    )["input_ids"]
    difference = (theirs(ids).logits - model(ids)).abs().max().item()
    if difference > 1e-3:
        raise SystemExit(f"the logits differ by {difference}")
    size = (out / "model.safetensors").stat().st_size / 1e6
    print(
        f"{sum(weight.numel() for weight in model.parameters())} parameters, {size:.2f} MB; logits differ by"
        f" at most {difference:.1e}"
    )


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("tokenizer", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    export(options.checkpoint, options.tokenizer, options.out)


if __name__ == "__main__":
    main()
