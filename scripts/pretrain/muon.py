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
    """``parts`` of a parameter group: how many stacked matrices each of its weights, all of one shape, holds (fused q/k/v hold three); ``dtype``: what the products are made in."""

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
            updates = torch.stack([self._update(weight, group["momentum"]) for weight in group["params"]])
            rows, columns = updates.shape[1] // group["parts"], updates.shape[2]
            matrices = orthogonal(updates.view(-1, rows, columns).to(self.dtype)).to(updates.dtype)
            for weight, update in zip(group["params"], matrices.view_as(updates)):
                weight.mul_(1 - group["lr"] * group["weight_decay"])
                weight.add_(update, alpha=-group["lr"] * max(1.0, rows / columns) ** 0.5)

    def _update(self, weight: Tensor, momentum: float) -> Tensor:
        state = self.state[weight]
        if "moment" not in state:
            state["moment"] = torch.zeros_like(weight)
        return weight.grad.lerp(state["moment"].lerp_(weight.grad, 1 - momentum), momentum)
