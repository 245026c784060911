"""A base model as GGUF in f32, its tensors named and laid out as llama.cpp's converters (conversion/*.py) do."""
import json

import gguf
from safetensors.numpy import load_file

from read_gguf import ARCHITECTURES, permuted, unfused


def sizes(config):
    """Under one name what the families call otherwise."""
    of = lambda *names: next((config[name] for name in names if config.get(name) is not None), None)
    hidden, heads = of("hidden_size", "n_embd"), of("num_attention_heads", "n_head")
    return {
        "hidden": hidden,
        "heads": heads,
        "kv_heads": heads if config["model_type"] in ("gpt2", "gpt_neox") else of("num_key_value_heads"),
        "layers": of("num_hidden_layers", "n_layer"),
        "context": of("max_position_embeddings", "n_positions"),
        "intermediate": of("intermediate_size", "n_inner") or 4 * hidden,
        "head": config.get("head_dim") or hidden // heads,
    }


def laid_out(value, name, config):
    """A tensor as llama.cpp's graphs expect it."""
    family, heads = config["model_type"], sizes(config)["heads"]
    if family in ("llama", "mistral") and name.endswith(("q_proj.weight", "k_proj.weight")):
        count = heads if name.endswith("q_proj.weight") else config.get("num_key_value_heads", heads)
        return permuted(value, count)
    if family == "gpt_neox" and "query_key_value" in name:
        rows = value.reshape(value.shape[0], -1)
        return unfused(rows, heads).reshape(value.shape)
    if family == "gpt2" and name.endswith(("c_attn.weight", "c_proj.weight", "c_fc.weight")):
        return value.T
    if family.startswith("gemma") and name.endswith("norm.weight"):
        return value + 1
    return value


def add_rope(writer, config, head):
    rope = config.get("rope_parameters") or {}
    if config["model_type"] == "gpt_neox":
        writer.add_rope_dimension_count(int(head * rope["partial_rotary_factor"]))
    elif "full_attention" in rope:
        writer.add_rope_freq_base(rope["full_attention"]["rope_theta"])
    elif rope:
        writer.add_rope_dimension_count(head)
        writer.add_rope_freq_base(rope["rope_theta"])


def add_facts(writer, config):
    own = sizes(config)
    writer.add_context_length(own["context"])
    writer.add_embedding_length(own["hidden"])
    writer.add_block_count(own["layers"])
    writer.add_feed_forward_length(own["intermediate"])
    writer.add_head_count(own["heads"])
    writer.add_head_count_kv(own["kv_heads"])
    writer.add_vocab_size(config["vocab_size"])
    writer.add_tokenizer_model("no_vocab")
    if "rms_norm_eps" in config:
        writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
        writer.add_key_length(own["head"])
        writer.add_value_length(own["head"])
    else:
        writer.add_layer_norm_eps(config.get("layer_norm_epsilon") or config["layer_norm_eps"])
    if config["model_type"] == "gpt_neox":
        writer.add_parallel_residual(config["use_parallel_residual"])
    if config["model_type"].startswith("gemma"):
        writer.add_sliding_window(config["sliding_window"])
    add_rope(writer, config, own["head"])


def write_base(folder, path):
    """Throws KeyError for a tensor that llama.cpp has no name for."""
    config = json.loads((folder / "config.json").read_text())
    family = ARCHITECTURES.get(config["model_type"], config["model_type"])
    architecture = next(arch for arch, name in gguf.MODEL_ARCH_NAMES.items() if name == family)
    names = gguf.get_tensor_name_map(architecture, sizes(config)["layers"])
    writer = gguf.GGUFWriter(path, family)
    add_facts(writer, config)
    for name, value in load_file(folder / "model.safetensors").items():
        # Masks and frequencies that older checkpoints carry are no weights.
        if name.endswith((".attn.bias", ".masked_bias", "rotary_emb.inv_freq")):
            continue
        own = names.get_name(name, try_suffixes=(".weight", ".bias"))
        if own is None:
            raise KeyError(name)
        writer.add_tensor(own, laid_out(value, name, config).astype("float32").copy())
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
