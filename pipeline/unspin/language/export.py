"""Writes trained weights as the files that the product ships: int8 ONNX and int8 embeddings.

The word embeddings lie beside the graph, not in it: input and restoring head share them, so one
int8 copy serves both, and the graph takes embedded pieces.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from unspin.language.encoder import SpinEncoder

OPSET = 17
INT8_LIMIT = 127


class RuntimeGraph(nn.Module):  # type: ignore[misc]
    """The encoder from embedded pieces to word logits, window logit and proposal vectors."""

    def __init__(self, model: SpinEncoder) -> None:
        super().__init__()
        self.model = model

    def forward(self, embedded: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Take (batch, length, width) and (batch, length); all float32."""
        model = self.model
        place = torch.arange(embedded.shape[1])
        x = model.norm(embedded + model.positions(place) + model.types.weight[0])
        bias = (1.0 - mask[:, None, None, :]) * -1e4
        for layer in model.layers:
            x = layer(x, bias)
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


def _read(weights: Path) -> SpinEncoder:
    state = torch.load(weights, map_location="cpu", weights_only=True)
    model = SpinEncoder()
    model.load_state_dict(state.get("model", state))
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
        (sample, torch.ones(2, 16)),
        str(full),
        input_names=["embedded", "mask"],
        output_names=["words", "window", "proposals"],
        dynamic_axes={
            "embedded": {0: "batch", 1: "length"},
            "mask": {0: "batch", 1: "length"},
            "words": {0: "batch", 1: "length"},
            "window": {0: "batch"},
            "proposals": {0: "batch", 1: "length"},
        },
        opset_version=OPSET,
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
