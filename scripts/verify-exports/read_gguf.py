"""The adapter as GGUF, read with the `gguf` package: names by its own map, and numbers moved as llama.cpp's converters move them."""
import json
from pathlib import Path

import gguf
import numpy as np
from safetensors.numpy import load_file

ARCHITECTURES = {"mistral": "llama", "gemma3_text": "gemma3", "gpt_neox": "gptneox"}


def permuted(b, heads):
    """LlamaModel.permute of llama.cpp's conversion/llama.py, over the rows of B."""
    return b.reshape(heads, 2, b.shape[0] // heads // 2, b.shape[1]).swapaxes(1, 2).reshape(b.shape)


def unfused(b, heads):
    """GPTNeoXModel.modify_tensors of conversion/gptneox.py: each head's q, k, v → all q, all k, all v."""
    return b.reshape(heads, 3, b.shape[0] // heads // 3, b.shape[1]).swapaxes(0, 1).reshape(b.shape)


def moved(b, module, config):
    heads = config.get("num_attention_heads")
    if config["model_type"] in ("llama", "mistral"):
        if module.endswith("q_proj"):
            return permuted(b, heads)
        if module.endswith("k_proj"):
            return permuted(b, config.get("num_key_value_heads", heads))
    return unfused(b, heads) if module.endswith("query_key_value") else b


def read_gguf(export, _case, _reference):
    config = json.loads((Path(export["model"]) / "config.json").read_text())
    lora = json.loads((Path(export["peft"]) / "adapter_config.json").read_text())
    family = ARCHITECTURES.get(config["model_type"], config["model_type"])
    architecture = next(arch for arch, name in gguf.MODEL_ARCH_NAMES.items() if name == family)
    names = gguf.get_tensor_name_map(architecture, 64)
    file = gguf.GGUFReader(export["gguf"])
    field = lambda key: file.fields[key].contents()
    wanted = {"general.architecture": family, "general.type": "adapter", "adapter.type": "lora"}
    for key, value in wanted.items():
        if field(key) != value:
            return {"problem": f"{key} is {field(key)}"}
    rank = lora["r"]
    scale = lora["lora_alpha"] / (rank**0.5 if lora["use_rslora"] else rank)
    if abs(field("adapter.lora.alpha") / rank - scale) > 1e-6:
        return {"problem": f"its scale is {field('adapter.lora.alpha') / rank}, not {scale}"}
    tensors = {tensor.name: tensor for tensor in file.tensors}
    off, expected = 0.0, load_file(Path(export["peft"]) / "adapter_model.safetensors")
    for key, value in expected.items():
        module, side = key.removeprefix("base_model.model.").split(".lora_")
        tensor = tensors.pop(f"{names.get_name(module)}.weight.lora_{side[0].lower()}")
        value = value if side[0] == "A" else moved(value, module, config)
        # ggml's order: the fastest dimension first.
        if list(tensor.shape) != list(reversed(value.shape)):
            return {"problem": f"{tensor.name} has the shape {list(tensor.shape)}"}
        off = max(off, float(np.abs(tensor.data - value).max()))
    if tensors:
        return {"problem": f"there are tensors of no layer: {sorted(tensors)[:3]}"}
    return {"off": off} if off == 0 else {"off": off, "problem": "its numbers are others"}
