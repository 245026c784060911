"""Hugging Face PEFT's half of `npm run verify:peft`.

    python peft_side.py MANIFEST

For each case of the manifest: loads every adapter of "given" into PEFT and saves the logits it computes, and makes every
adapter of "wanted" with PEFT, with random A and B, and saves it with its logits. Beside the logits lies what each of its
layers changed, by NumPy's singular values of PEFT's own ΔW. What went wrong is written to results.json beside the
manifest, by folder.
"""
import json
import sys
from pathlib import Path

import numpy as np
import torch
from peft import LoraConfig, PeftModel, get_peft_model, get_peft_model_state_dict
from peft.tuners.lora import LoraLayer
from safetensors.torch import load_file, save_file
from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForSeq2SeqLM


def open_base(path):
    seq2seq = AutoConfig.from_pretrained(path).is_encoder_decoder
    auto = AutoModelForSeq2SeqLM if seq2seq else AutoModelForCausalLM
    return auto.from_pretrained(path, dtype=torch.float32, attn_implementation="eager").eval(), seq2seq


def save_logits(model, case, seq2seq, path):
    """(N, T, V); what stands after the end of a sequence means nothing."""
    ids = torch.tensor(case["input_ids"])
    mask = (torch.arange(ids.shape[1])[None] < torch.tensor(case["lengths"])[:, None]).long()
    targets = {"labels": torch.tensor(case["labels"])} if seq2seq else {}
    with torch.no_grad():
        logits = model(input_ids=ids, attention_mask=mask, **targets).logits
    save_file({"logits": logits.contiguous()}, path)


def save_changes(model, path):
    """By module: ‖W‖, ‖ΔW‖, the singular values of ΔW, and the lengths of its rows, one for each output."""
    changes = {}
    for name, layer in model.named_modules():
        if not isinstance(layer, LoraLayer):
            continue
        stored = layer.get_delta_weight("default").detach().double().numpy()
        change = stored.T if layer.fan_in_fan_out else stored
        changes[name.removeprefix("base_model.model.")] = {
            "weight": float(np.linalg.norm(layer.get_base_layer().weight.detach().double().numpy())),
            "norm": float(np.linalg.norm(change)),
            "singularValues": np.linalg.svd(change, compute_uv=False)[: layer.r["default"]].tolist(),
            "rows": np.linalg.norm(change, axis=1).tolist(),
        }
    Path(path).write_text(json.dumps(changes))


def load_given(base, folder):
    """The adapter in PEFT. Raises where PEFT has other tensors than the file."""
    model = PeftModel.from_pretrained(base, folder).eval()
    expected = set(load_file(Path(folder) / "adapter_model.safetensors"))
    loaded = set(get_peft_model_state_dict(model))
    if expected != loaded:
        raise ValueError(f"PEFT has other tensors than the file: {sorted(expected ^ loaded)[:4]}")
    return model


def make_wanted(base, seq2seq, wanted):
    task = "SEQ_2_SEQ_LM" if seq2seq else "CAUSAL_LM"
    model = get_peft_model(base, LoraConfig(bias="none", task_type=task, **wanted["lora"])).eval()
    torch.manual_seed(11)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "lora_" in name:
                parameter.copy_(torch.randn_like(parameter) * (parameter.shape[1] ** -0.5 if "lora_A" in name else 0.05))
    model.save_pretrained(wanted["folder"])
    return model


def main(manifest):
    problems = {}
    for entry in json.loads(Path(manifest).read_text()):
        case = json.loads(Path(entry["case"]).read_text())
        for kind in ("given", "wanted"):
            for adapter in entry[kind]:
                try:
                    base, seq2seq = open_base(entry["model"])
                    model = load_given(base, adapter["folder"]) if kind == "given" else make_wanted(base, seq2seq, adapter)
                    save_logits(model, case, seq2seq, adapter["logits"])
                    save_changes(model, adapter["changes"])
                except Exception as error:  # told by whoever asked, beside what did work
                    problems[adapter["folder"]] = f"{type(error).__name__}: {error}"
    (Path(manifest).parent / "results.json").write_text(json.dumps(problems))


if __name__ == "__main__":
    main(sys.argv[1])
