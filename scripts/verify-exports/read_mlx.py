"""The adapter in mlx-lm, on the model's own folder."""
import json
import tempfile
from pathlib import Path

import mlx.core as mx
import numpy as np
from mlx_lm.tuner.lora import LoRALinear
from mlx_lm.tuner.utils import load_adapters
from mlx_lm.utils import load_model
from safetensors.numpy import load_file, save_file

TOLERANCE = 2e-4


def older_words(config):
    """What mlx-lm looks for under names that transformers 5 no longer writes."""
    rope = config.get("rope_parameters", {})
    kinds = config.get("layer_types", [])
    if "full_attention" in rope:
        return {
            "rope_theta": rope["full_attention"]["rope_theta"],
            "rope_local_base_freq": rope["sliding_attention"]["rope_theta"],
            "sliding_window_pattern": kinds.index("full_attention") + 1,
        }
    words = {"n_ctx": config.get("n_positions")} if config["model_type"] == "gpt2" else {"rope_theta": rope.get("rope_theta")}
    if config["model_type"] == "gpt_neox":
        words |= {"rotary_emb_base": rope["rope_theta"], "rotary_pct": rope["partial_rotary_factor"]}
    if rope.get("rope_type", "default") != "default":
        words["rope_scaling"] = rope
    return words


def beyond_mlx(config):
    """Why mlx-lm does not open this base as it is; None where it does."""
    if config["model_type"] == "gpt_neox" and config["intermediate_size"] != 4 * config["hidden_size"]:
        return "its MLP is not four times as wide as the model"
    return None


def open_base(path, config):
    """GPT-2's own files have no "transformer." in their names, and mlx-lm reads no others."""
    if config["model_type"] != "gpt2":
        return load_model(path, model_config=older_words(config))[0]
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "config.json").write_text(json.dumps(config))
        weights = load_file(path / "model.safetensors")
        save_file({name.removeprefix("transformer."): value for name, value in weights.items()}, Path(folder) / "model.safetensors")
        return load_model(Path(folder), model_config=older_words(config))[0]


def deltas_off(model, export):
    """Largest difference of W + ΔW's second part, layer by layer, from PEFT's scale · B · A."""
    lora = json.loads((Path(export["peft"]) / "adapter_config.json").read_text())
    scale = lora["lora_alpha"] / (lora["r"] ** 0.5 if lora["use_rslora"] else lora["r"])
    tensors = load_file(Path(export["peft"]) / "adapter_model.safetensors")
    modules = [name.removesuffix(".lora_A.weight") for name in tensors if name.endswith(".lora_A.weight")]
    layers = dict((name.split(".", 2)[2], module) for name, module in model.named_modules() if isinstance(module, LoRALinear))
    if len(layers) != len(modules):
        raise ValueError(f"{len(layers)} layers have LoRA there, not {len(modules)}")
    off = 0.0
    for name in modules:
        # base_model.model.<stem>.<blocks>.N.… here, <stem>.<blocks>.N.… there.
        layer = layers[name.removeprefix("base_model.model.").split(".", 2)[2]]
        wanted = scale * tensors[f"{name}.lora_B.weight"] @ tensors[f"{name}.lora_A.weight"]
        made = np.array((layer.scale * layer.lora_b.T) @ layer.lora_a.T)
        off = max(off, float(np.abs(made - wanted).max()))
    return off


def read_mlx(export, case, reference):
    path = Path(export["model"])
    config = json.loads((path / "config.json").read_text())
    if reason := beyond_mlx(config):
        return {"skipped": f"mlx-lm does not open this base: {reason}"}
    model = open_base(path, config)
    ids = case["input_ids"][0][: case["lengths"][0]]
    logits = lambda tokens: np.array(model(mx.array([tokens])).astype(mx.float32))[0]
    base_off = float(np.abs(logits(ids) - reference["plain"].numpy()).max())
    load_adapters(model, export["mlx"])
    model.eval()
    off = deltas_off(model, export)
    if off > 1e-6:
        return {"off": off, "problem": "what the adapter adds to the weights differs"}
    if base_off > TOLERANCE:
        # mlx-lm computes the base itself otherwise (Mistral's window it does not know): its logits prove nothing about the adapter.
        return {"off": off}
    off = float(np.abs(logits(ids) - reference["logits"].numpy()).max())
    if not off <= TOLERANCE:
        return {"off": off, "problem": f"logits differ; {TOLERANCE} is allowed"}
    said = list(reference["prompt"])
    for _ in reference["greedy"]:
        said.append(int(logits(said)[-1].argmax()))
    said = said[len(reference["prompt"]) :]
    return {"off": off} if said == reference["greedy"] else {"off": off, "problem": f"greedily it says {said}, not {reference['greedy']}"}
