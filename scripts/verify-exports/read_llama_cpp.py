"""The adapter in llama.cpp itself, on the base written as GGUF: logits and greedy tokens."""
import json
import tempfile
from contextlib import closing
from pathlib import Path

import numpy as np

from base_gguf import sizes, write_base

# GELU comes from a table in half precision there; without it the logits are within 1e-5.
TOLERANCE = 1e-2
F32 = 0


def beyond_llama_cpp(config, length):
    """Why llama.cpp does not compute this base as it is; None where it does."""
    if (config.get("rope_parameters") or {}).get("rope_type", "default") != "default":
        return "its frequencies are scaled, which the converter here does not write"
    rotated = (config.get("rope_parameters") or {}).get("partial_rotary_factor", 1) * sizes(config)["head"]
    if int(rotated) % 2:
        return "its rotary embedding turns an odd number of dimensions"
    window = config.get("sliding_window")
    if config["model_type"] == "mistral" and window and window < length:
        return "llama.cpp knows no window of Mistral's"
    return None


def open_llama(llama_cpp, base, adapter):
    # Keys and values in f32: by default they are halves. One thread: its OpenMP and PyTorch's wait for each other.
    return llama_cpp.Llama(str(base), lora_path=adapter, n_ctx=128, n_batch=128, logits_all=True, type_k=F32, type_v=F32, n_threads=1, n_threads_batch=1, verbose=False)


def logits_of(llama, ids):
    llama.reset()
    llama.eval(list(ids))
    return np.array(llama.scores[: len(ids)])


def base_off(llama_cpp, base, ids, plain):
    with closing(open_llama(llama_cpp, base, None)) as llama:
        return float(np.abs(logits_of(llama, ids) - plain.numpy()).max())


def read_llama_cpp(export, case, reference):
    try:
        import llama_cpp
    except ImportError:
        return {"skipped": "llama-cpp-python is not installed here; pip builds it in some minutes"}
    path = Path(export["model"])
    config = json.loads((path / "config.json").read_text())
    ids = case["input_ids"][0][: case["lengths"][0]]
    if reason := beyond_llama_cpp(config, len(ids)):
        return {"skipped": f"llama.cpp does not open this base: {reason}"}
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder) / "base.gguf"
        write_base(path, base)
        off = base_off(llama_cpp, base, ids, reference["plain"])
        if off > TOLERANCE:
            return {"off": off, "skipped": "the base itself comes out otherwise there, which proves nothing about the adapter"}
        with closing(open_llama(llama_cpp, base, export["gguf"])) as llama:
            off = float(np.abs(logits_of(llama, ids) - reference["logits"].numpy()).max())
            if not off <= TOLERANCE:
                return {"off": off, "problem": f"logits differ; {TOLERANCE} is allowed"}
            said = list(reference["prompt"])
            for _ in reference["greedy"]:
                said.append(int(logits_of(llama, said)[-1].argmax()))
    said = said[len(reference["prompt"]) :]
    return {"off": off} if said == reference["greedy"] else {"off": off, "problem": f"greedily it says {said}, not {reference['greedy']}"}
