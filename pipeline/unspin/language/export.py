"""Writes trained weights as the files that the product ships: int8 ONNX and int8 embeddings.

The word embeddings lie beside the graph, not in it: input and restoring head share them, so one
int8 copy serves both, and the graph takes embedded pieces.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from unspin.language.encoder import SpinEncoder, encoder_with, load_bert

OPSET = 17
ORT_DOMAIN = "com.microsoft"  # of onnxruntime's own operators
INT8_LIMIT = 127


class FusedAttention(torch.autograd.Function):  # type: ignore[misc]
    """Attention as one operator of onnxruntime: a sixth less time than written out."""

    @staticmethod
    def forward(_context: Any, q: Tensor, _k: Tensor, _v: Tensor, _heads: int) -> Tensor:
        """Give a tensor of the right shape; only the graph is of use."""
        return torch.zeros_like(q)

    @staticmethod
    def symbolic(graph: Any, q: Any, k: Any, v: Any, heads: int) -> Any:
        """Write the operator; scale 1 / sqrt(width of a head), as in :class:`Layer`."""
        made = graph.op(f"{ORT_DOMAIN}::MultiHeadAttention", q, k, v, num_heads_i=heads)
        return made.setType(q.type())


class RuntimeGraph(nn.Module):  # type: ignore[misc]
    """The encoder from embedded pieces to word logits, window logit and proposal vectors."""

    def __init__(self, model: SpinEncoder) -> None:
        super().__init__()
        self.model = model

    def forward(self, embedded: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Take (batch, length, width) in float32; texts of one length, so nothing is masked."""
        model = self.model
        place = torch.arange(embedded.shape[1])
        x = model.norm(embedded + model.positions(place) + model.types.weight[0])
        for layer in model.layers:
            q, k, v = torch.split(layer.qkv(x), x.shape[-1], -1)
            x = layer.norm1(x + layer.out(FusedAttention.apply(q, k, v, layer.heads)))
            x = layer.norm2(x + layer.down(nn.functional.gelu(layer.up(x))))
        logits = model.detect(x).squeeze(-1)
        return logits, model.window(x[:, 0]).squeeze(-1), model.restore(x)


def export(weights: Path, folder: Path) -> list[Path]:
    """Write ``encoder.onnx`` (int8, reduced range) and ``embeddings.npz`` of trained weights.

    Args:
        weights: ``encoder.pt`` or ``checkpoint.pt`` of a training run.
        folder: Where the files go.

    Returns:
        The files written.
    """
    model = _read(weights)
    folder.mkdir(parents=True, exist_ok=True)
    _write_embeddings(model, folder / "embeddings.npz")
    _write_graph(model, folder / "encoder.onnx")
    return [folder / "embeddings.npz", folder / "encoder.onnx"]


def read_weights(path: Path, base: Path) -> dict[str, Tensor]:
    """Read weights to train further: of a run, or of an exported model folder.

    Those of a folder are what :func:`export` wrote, rounded to int8; what it leaves out (word
    embeddings, which training does not change) comes from the base.

    Args:
        path: ``encoder.pt`` of a run, or a model folder.
        base: Folder of the encoder that the run started from.
    """
    if not path.is_dir():
        return _saved(path)
    state: dict[str, Tensor] = load_bert(base / "model.safetensors").state_dict()
    for name, values in _exported(path / "encoder.onnx"):
        tensor = torch.from_numpy(values.copy())
        if name == "types.weight":  # a text is all of the first type
            state[name][0] = tensor
        else:
            state[name] = tensor
    with np.load(path / "embeddings.npz") as arrays:
        state["restore_bias"] = torch.from_numpy(arrays["bias"])
    return state


def _exported(path: Path) -> Iterator[tuple[str, Any]]:
    """Give the weights of an exported graph by the names that they have in the encoder.

    What int8 made nameless is found by what is done with it: a product of integers is multiplied
    by the product of two scales, that of the matrix second, and a bias is added.
    """
    import onnx
    from onnx import numpy_helper

    graph = onnx.load(str(path)).graph
    held = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
    made = {output: node for node in graph.node for output in node.output}
    for name, values in held.items():
        if name.startswith("model.") and name.endswith((".weight", ".bias")):
            yield name.removeprefix("model."), values
    for node in graph.node:
        bias = next((i for i in node.input if node.op_type == "Add" and i in held), "")
        before = made.get(next((i for i in node.input if i != bias), ""))
        if bias.startswith("model.") and before and before.op_type == "Mul":
            scale = made[before.input[1]].input[1]
            matrix = held[scale.removesuffix("_scale") + "_quantized"]
            name = bias.removeprefix("model.").removesuffix("bias") + "weight"
            yield name, (matrix.astype(np.float32) * held[scale]).T
        elif bias and held[bias].ndim == 1:  # the one vector without a name
            yield "types.weight", held[bias]


def _saved(weights: Path) -> dict[str, Tensor]:
    state: dict[str, Any] = torch.load(weights, map_location="cpu", weights_only=True)
    found: dict[str, Tensor] = state.get("model", state)  # a checkpoint holds more
    return found


def _read(weights: Path) -> SpinEncoder:
    model = encoder_with(_saved(weights))
    model.eval()
    return model


def _write_embeddings(model: SpinEncoder, path: Path) -> None:
    vectors: Any = model.words.weight.detach().numpy()
    scales = np.abs(vectors).max(axis=1, keepdims=True) / INT8_LIMIT
    scales = np.maximum(scales, 1e-8)
    np.savez(
        path,
        vectors=np.round(vectors / scales).astype(np.int8),
        scales=scales.astype(np.float32),
        bias=model.restore_bias.detach().numpy().astype(np.float32),
    )


def _write_graph(model: SpinEncoder, path: Path) -> None:
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.quantization.shape_inference import quant_pre_process

    full, prepared = path.with_suffix(".fp32.onnx"), path.with_suffix(".prepared.onnx")
    sample = torch.randn(2, 16, model.words.weight.shape[1])
    torch.onnx.export(
        RuntimeGraph(model),
        (sample,),
        str(full),
        input_names=["embedded"],
        output_names=["words", "window", "proposals"],
        dynamic_axes={
            "embedded": {0: "batch", 1: "length"},
            "words": {0: "batch", 1: "length"},
            "window": {0: "batch"},
            "proposals": {0: "batch", 1: "length"},
        },
        opset_version=OPSET,
        custom_opsets={ORT_DOMAIN: 1},
        dynamo=False,
    )
    quant_pre_process(str(full), str(prepared), skip_symbolic_shape=True)
    quantize_dynamic(
        str(prepared),
        str(path),
        op_types_to_quantize=["MatMul", "Gemm"],
        per_channel=True,
        reduce_range=True,  # without it, int8 sums overflow on processors that lack VNNI
        weight_type=QuantType.QInt8,
    )
    full.unlink()
    prepared.unlink()
