"""Averages weights of one run's parts: ``python -m scripts.pretrain.mean OUT MODEL MODEL…``.

Each MODEL counts the same. A mean of neighbouring weights is often better than each of them (Wortsman et al. 2022, "Model soups").
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file


def mean(models: list[Path]) -> dict[str, torch.Tensor]:
    """The mean of every tensor, taken in float32 and kept in bfloat16."""
    loaded = [load_file(model / "model.safetensors") for model in models]
    return {
        name: torch.stack([tensors[name].float() for tensors in loaded]).mean(0).to(torch.bfloat16)
        for name in loaded[0]
    }


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("models", type=Path, nargs="+")
    options = parser.parse_args()
    shutil.copytree(options.models[0], options.out, dirs_exist_ok=True)
    save_file(mean(options.models), options.out / "model.safetensors", metadata={"format": "pt"})


if __name__ == "__main__":
    main()
