"""The Thimble model: a Llama decoder with tied embeddings, written for fast training on a CPU.

The arithmetic is that of ``transformers.LlamaForCausalLM`` (RMSNorm, half-rotation RoPE, SwiGLU); q/k/v and
gate/up are kept fused, and ``to_llama`` splits them into the names a checkpoint on a hub has.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn


@dataclass(frozen=True)
class ModelConfig:
    """Sizes of the model; the defaults are Thimble's."""

    vocab: int = 4096
    hidden: int = 192
    layers: int = 6
    heads: int = 6
    intermediate: int = 512
    context: int = 512
    rope_theta: float = 10000.0
    norm_eps: float = 1e-5

    @property
    def head_dim(self) -> int:
        """Width of one attention head."""
        return self.hidden // self.heads

    def as_dict(self) -> dict[str, float | int]:
        """Plain data for a checkpoint."""
        return asdict(self)


def rope_tables(config: ModelConfig) -> tuple[Tensor, Tensor]:
    """Cosines and sines, each [context, head_dim], as Llama's half-rotation wants them."""
    exponent = torch.arange(0, config.head_dim, 2, dtype=torch.float32) / config.head_dim
    angles = torch.outer(torch.arange(config.context, dtype=torch.float32), config.rope_theta**-exponent)
    angles = torch.cat((angles, angles), dim=-1)
    return angles.cos(), angles.sin()


class RMSNorm(nn.Module):
    """Root-mean-square norm with a gain."""

    def __init__(self, size: int, eps: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))
        self.eps = eps

    def forward(self, x: Tensor) -> Tensor:
        return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + self.eps) * self.weight


class Block(nn.Module):
    """One decoder layer."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.heads, self.head_dim = config.heads, config.head_dim
        self.input_norm = RMSNorm(config.hidden, config.norm_eps)
        self.qkv = nn.Linear(config.hidden, 3 * config.hidden, bias=False)
        self.out = nn.Linear(config.hidden, config.hidden, bias=False)
        self.post_norm = RMSNorm(config.hidden, config.norm_eps)
        self.gate_up = nn.Linear(config.hidden, 2 * config.intermediate, bias=False)
        self.down = nn.Linear(config.intermediate, config.hidden, bias=False)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor, seen: Tensor | None) -> Tensor:
        rows, length, width = x.shape
        qkv = self.qkv(self.input_norm(x)).view(rows, length, 3, self.heads, self.head_dim)
        q, k, v = (part.transpose(1, 2) for part in qkv.unbind(2))
        q, k = rotate(q, cos, sin), rotate(k, cos, sin)
        mixed = attention(q.to(v.dtype), k.to(v.dtype), v, seen)
        x = x + self.out(mixed.transpose(1, 2).reshape(rows, length, width))
        gate, up = self.gate_up(self.post_norm(x)).chunk(2, dim=-1)
        return x + self.down(F.silu(gate) * up)


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """RoPE on [rows, heads, length, head_dim]."""
    low, high = x.chunk(2, dim=-1)
    return x * cos + torch.cat((-high, low), dim=-1) * sin


def attention(q: Tensor, k: Tensor, v: Tensor, seen: Tensor | None) -> Tensor:
    """Attention [rows, heads, length, head_dim] to what ``seen`` [rows, 1, length, length] allows, or to all before.

    In bfloat16 written out, since torch's own is slow backwards there.
    """
    if v.dtype != torch.bfloat16:
        return F.scaled_dot_product_attention(q, k, v, attn_mask=seen, is_causal=seen is None)
    if seen is None:
        length = q.shape[-2]
        seen = torch.ones(length, length, dtype=torch.bool, device=q.device).tril()
    scores = (q @ k.transpose(-1, -2)).float() * q.shape[-1] ** -0.5
    return torch.softmax(scores.masked_fill(~seen, -1e9), dim=-1).to(v.dtype) @ v


def cross_entropy_with_gradients(
    hidden: Tensor, weight: Tensor, targets: Tensor, shares: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """Cross-entropy summed with the shares, and its gradients for hidden and weight; products in hidden's type, the rest in float32."""
    weight = weight.to(hidden.dtype)
    logits = (hidden @ weight.t()).float()
    total = logits.logsumexp(-1, keepdim=True)
    at = targets[:, None]
    loss = ((total - logits.gather(1, at))[:, 0] * shares).sum()
    hit = torch.arange(logits.shape[1], device=logits.device) == at
    wrong = (((logits - total).exp() - hit.float()) * shares[:, None]).to(hidden.dtype)
    return loss, wrong @ weight, (wrong.t() @ hidden).float()


class TiedCrossEntropy(torch.autograd.Function):
    """Cross-entropy of hidden states [n, hidden], summed with weights [n]; its gradient is made in the same go."""

    compute = staticmethod(cross_entropy_with_gradients)

    @staticmethod
    def forward(ctx: Any, hidden: Tensor, weight: Tensor, targets: Tensor, shares: Tensor) -> Tensor:
        loss, *gradients = TiedCrossEntropy.compute(hidden, weight, targets, shares)
        ctx.save_for_backward(*gradients)
        return loss

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor, None, None]:
        hidden, weight = ctx.saved_tensors
        return gradient * hidden, gradient * weight, None, None


class Thimble(nn.Module):
    """Token ids [rows, length] to logits [rows, length, vocab]."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        self.embed = nn.Embedding(config.vocab, config.hidden)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.layers))
        self.norm = RMSNorm(config.hidden, config.norm_eps)
        cos, sin = rope_tables(config)
        self.register_buffer("cos", cos, persistent=False)
        self.register_buffer("sin", sin, persistent=False)
        self.reset()

    def reset(self) -> None:
        """Normal initial weights; the projections that write to the residual start smaller."""
        for name, weight in self.named_parameters():
            if weight.dim() == 2:
                deep = name.endswith(("out.weight", "down.weight"))
                scale = 0.02 if not deep else 0.02 / (2 * self.config.layers) ** 0.5
                nn.init.normal_(weight, std=scale if "embed" not in name else 0.02)

    def hidden(self, ids: Tensor, seen: Tensor | None = None) -> Tensor:
        """The normed hidden state [rows, length, hidden]; ``seen`` as ``attention`` takes it."""
        length = ids.shape[1]
        cos, sin = self.cos[:length], self.sin[:length]
        x = self.embed(ids)
        for block in self.blocks:
            x = block(x, cos, sin, seen)
        return self.norm(x)

    def forward(self, ids: Tensor, seen: Tensor | None = None) -> Tensor:
        return F.linear(self.hidden(ids, seen), self.embed.weight)

    def from_llama(self, tensors: dict[str, Tensor]) -> None:
        """Takes over weights that ``to_llama`` named."""
        named = self.to_llama()
        if named.keys() != tensors.keys():
            raise ValueError("These are not the tensors of this model: " + ", ".join(sorted(named.keys() ^ tensors.keys())[:5]))
        for index, block in enumerate(self.blocks):
            at = f"model.layers.{index}."
            fused = {
                block.qkv: [f"{at}self_attn.{part}_proj.weight" for part in "qkv"],
                block.gate_up: [f"{at}mlp.{part}_proj.weight" for part in ("gate", "up")],
                block.out: [f"{at}self_attn.o_proj.weight"],
                block.down: [f"{at}mlp.down_proj.weight"],
                block.input_norm: [f"{at}input_layernorm.weight"],
                block.post_norm: [f"{at}post_attention_layernorm.weight"],
            }
            for module, names in fused.items():
                module.weight.data.copy_(torch.cat([tensors[name] for name in names]))
        self.embed.weight.data.copy_(tensors["model.embed_tokens.weight"])
        self.norm.weight.data.copy_(tensors["model.norm.weight"])

    def to_llama(self) -> dict[str, Tensor]:
        """The weights under the names of ``LlamaForCausalLM`` (the output projection is tied)."""
        width = self.config.hidden
        tensors = {"model.embed_tokens.weight": self.embed.weight, "model.norm.weight": self.norm.weight}
        for index, block in enumerate(self.blocks):
            at = f"model.layers.{index}."
            for part, rows in zip("qkv", block.qkv.weight.split(width)):
                tensors[f"{at}self_attn.{part}_proj.weight"] = rows
            gate, up = block.gate_up.weight.chunk(2)
            tensors |= {
                f"{at}self_attn.o_proj.weight": block.out.weight,
                f"{at}mlp.gate_proj.weight": gate,
                f"{at}mlp.up_proj.weight": up,
                f"{at}mlp.down_proj.weight": block.down.weight,
                f"{at}input_layernorm.weight": block.input_norm.weight,
                f"{at}post_attention_layernorm.weight": block.post_norm.weight,
            }
        return {name: tensor.detach().clone().contiguous() for name, tensor in tensors.items()}
