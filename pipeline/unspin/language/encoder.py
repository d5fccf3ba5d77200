"""The encoder in torch: BERT layers with a word-level detection head and a restoring head.

Only training and export use this module; at run time onnxruntime reads the exported graph
(:mod:`unspin.language.model`). torch is imported here at the top on purpose: nothing outside
the extra ``train`` imports this module.
"""

from __future__ import annotations

from pathlib import Path

import torch
import torch.nn.functional as functional
from torch import Tensor, nn

LAYER_NORM_EPSILON = 1e-12  # of the BERT checkpoints


class Layer(nn.Module):  # type: ignore[misc]  # torch is not there for the type checker
    """One BERT layer, post-norm, with the three attention projections in one matrix.

    Without dropout: no passage is seen twice with the same noise, and it costs 30 % of the speed.
    """

    def __init__(self, width: int, heads: int, inner: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.norm1 = nn.LayerNorm(width, eps=LAYER_NORM_EPSILON)
        self.up = nn.Linear(width, inner)
        self.down = nn.Linear(inner, width)
        self.norm2 = nn.LayerNorm(width, eps=LAYER_NORM_EPSILON)

    def forward(self, x: Tensor, bias: Tensor | None) -> Tensor:
        """Map hidden states (batch, length, width); ``bias`` is the additive attention mask."""
        batch, length, width = x.shape
        qkv = self.qkv(x).view(batch, length, 3, self.heads, width // self.heads)
        q, k, v = qkv.permute(2, 0, 3, 1, 4)
        # written out: on CPU the fused kernel's backward pass takes six times as long in bf16
        scores = torch.matmul(q * (width // self.heads) ** -0.5, k.transpose(-1, -2))
        if bias is not None:
            scores = scores + bias
        mixed = torch.matmul(torch.softmax(scores, -1), v)
        mixed = mixed.transpose(1, 2).reshape(batch, length, width)
        x = self.norm1(x + self.out(mixed))
        return self.norm2(x + self.down(functional.gelu(self.up(x))))


class SpinEncoder(nn.Module):  # type: ignore[misc]
    """Reads word-pieces; gives P(replaced) per piece and hidden states for restoring."""

    def __init__(
        self,
        vocabulary: int = 30522,
        width: int = 384,
        layers: int = 6,
        heads: int = 12,
        inner: int = 1536,
        positions: int = 512,
    ) -> None:
        super().__init__()
        self.words = nn.Embedding(vocabulary, width)
        self.positions = nn.Embedding(positions, width)
        self.types = nn.Embedding(2, width)
        self.norm = nn.LayerNorm(width, eps=LAYER_NORM_EPSILON)
        self.layers = nn.ModuleList(Layer(width, heads, inner) for _ in range(layers))
        self.detect = nn.Sequential(nn.Linear(width, width), nn.GELU(), nn.Linear(width, 1))
        self.restore = nn.Sequential(
            nn.Linear(width, width), nn.GELU(), nn.LayerNorm(width, eps=LAYER_NORM_EPSILON)
        )
        self.restore_bias = nn.Parameter(torch.zeros(vocabulary))
        self.window = nn.Linear(width, 1)

    def hidden(self, ids: Tensor, mask: Tensor | None = None) -> Tensor:
        """Encode ids (batch, length); the mask is 0 at padding, None where there is none."""
        place = torch.arange(ids.shape[1], device=ids.device)
        x = self.words(ids) + self.positions(place) + self.types.weight[0]
        x = self.norm(x)
        bias = None if mask is None else (1.0 - mask[:, None, None, :].to(x.dtype)) * -1e4
        for layer in self.layers:
            x = layer(x, bias)
        return x

    def proposals(self, hidden: Tensor) -> Tensor:
        """Logits over the word-piece vocabulary of what stood there (tied embeddings)."""
        return functional.linear(self.restore(hidden), self.words.weight, self.restore_bias)

    def forward(self, ids: Tensor, mask: Tensor | None = None) -> tuple[Tensor, Tensor, Tensor]:
        """Give word logits (batch, length), window logits (batch) and hidden states."""
        hidden = self.hidden(ids, mask)
        return self.detect(hidden).squeeze(-1), self.window(hidden[:, 0]).squeeze(-1), hidden


def load_bert(path: Path) -> SpinEncoder:
    """Start an encoder, of as many layers, from a BERT checkpoint in safetensors.

    All that have the width and the vocabulary of all-MiniLM-L6-v2 fit.
    """
    from safetensors.torch import load_file

    weights = load_file(str(path))
    weights = {name.removeprefix("bert."): value for name, value in weights.items()}
    layers = sum(name.endswith("attention.self.query.weight") for name in weights)
    model = SpinEncoder(layers=layers)
    state = model.state_dict()
    state["words.weight"] = weights["embeddings.word_embeddings.weight"]
    state["positions.weight"] = weights["embeddings.position_embeddings.weight"]
    state["types.weight"] = weights["embeddings.token_type_embeddings.weight"]
    state["norm.weight"] = weights["embeddings.LayerNorm.weight"]
    state["norm.bias"] = weights["embeddings.LayerNorm.bias"]
    for index in range(len(model.layers)):
        state.update(_layer_weights(weights, index))
    model.load_state_dict(state)
    return model


def encoder_with(state: dict[str, Tensor]) -> SpinEncoder:
    """Make an encoder with as many layers as some weights are of, and load them."""
    model = SpinEncoder(layers=count_layers(state))
    model.load_state_dict(state)
    return model


def count_layers(state: dict[str, Tensor]) -> int:
    """Count the layers that some weights of a :class:`SpinEncoder` are of."""
    return sum(name.startswith("layers.") and name.endswith("qkv.weight") for name in state)


def grown(state: dict[str, Tensor], layers: int) -> dict[str, Tensor]:
    """Put layers on top that change next to nothing yet, until there are that many.

    A new one attends as the last one does, but adds nothing (as in Net2Net, Chen et al. 2016). Its
    norms are given the mean and the spread of what it reads, so that they hardly move it; both are
    taken from reading pieces at random.

    Args:
        state: Weights of a :class:`SpinEncoder`.
        layers: How many there should be; nothing is done where there are as many already.

    Raises:
        ValueError: There are more.
    """
    have = count_layers(state)
    if have > layers:
        raise ValueError(f"the weights are of {have} layers, more than the {layers} asked for")
    if have == layers:
        return state
    state = dict(state)
    pieces = torch.randint(len(state["words.weight"]), (8, 128), generator=torch.Generator())
    with torch.no_grad():
        read = encoder_with(state).float().hidden(pieces)
    mean, spread = read.mean(), read.std(dim=-1).median()
    for index in range(have, layers):
        source, target = f"layers.{have - 1}.", f"layers.{index}."
        for kind in [n.removeprefix(source) for n in state if n.startswith(source)]:
            values = state[source + kind].clone()
            if kind.startswith(("out.", "down.")):
                values.zero_()
            elif kind.startswith("norm"):
                values.fill_(spread if kind.endswith("weight") else mean)
            state[target + kind] = values
    return state


def _layer_weights(weights: dict[str, Tensor], index: int) -> dict[str, Tensor]:
    """Rename one layer of a BERT checkpoint to ours."""
    source, target = f"encoder.layer.{index}.", f"layers.{index}."
    names = {
        "out": "attention.output.dense",
        "norm1": "attention.output.LayerNorm",
        "up": "intermediate.dense",
        "down": "output.dense",
        "norm2": "output.LayerNorm",
    }
    state = {}
    for kind in ("weight", "bias"):
        parts = [weights[f"{source}attention.self.{p}.{kind}"] for p in ("query", "key", "value")]
        state[f"{target}qkv.{kind}"] = torch.cat(parts)
        for ours, theirs in names.items():
            state[f"{target}{ours}.{kind}"] = weights[f"{source}{theirs}.{kind}"]
    return state
