"""Muon (Jordan et al., 2024): momentum, orthogonalised by Newton-Schulz, for the matrices in the layers."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.optim import Optimizer


def orthogonal(matrix: Tensor, steps: int = 5) -> Tensor:
    """About U·Vᵀ of the matrix's singular value decomposition, in the matrix's type."""
    a, b, c = 3.4445, -4.7750, 2.0315
    tall = matrix.shape[-2] > matrix.shape[-1]
    x = matrix.mT if tall else matrix
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for _ in range(steps):
        square = x @ x.mT
        x = a * x + (b * square + c * square @ square) @ x
    return x.mT if tall else x


class Muon(Optimizer):
    """``parts`` of a parameter group: how many stacked matrices its weights hold (fused q/k/v hold three); ``dtype``: what the products are made in."""

    def __init__(
        self,
        groups: list[dict],
        lr: float,
        momentum: float = 0.95,
        weight_decay: float = 0.0,
        dtype: torch.dtype = torch.float32,
    ) -> None:
        self.dtype = dtype
        super().__init__(groups, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay, "parts": 1})

    @torch.no_grad()
    def step(self, closure: None = None) -> None:
        for group in self.param_groups:
            for weight in group["params"]:
                state = self.state[weight]
                if "moment" not in state:
                    state["moment"] = torch.zeros_like(weight)
                moment = state["moment"].lerp_(weight.grad, 1 - group["momentum"])
                update = weight.grad.lerp(moment, group["momentum"])
                stacked = orthogonal(update.view(group["parts"], -1, update.shape[-1]).to(self.dtype)).to(weight.dtype)
                rows, columns = stacked.shape[1:]
                weight.mul_(1 - group["lr"] * group["weight_decay"])
                weight.add_(
                    stacked.reshape(weight.shape), alpha=-group["lr"] * max(1.0, rows / columns) ** 0.5
                )
