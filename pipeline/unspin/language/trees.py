"""Gradient-boosted trees and logistic models, read and applied with numpy alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
SCORED_ROWS = 512  # at once: what is looked up stays in the processor's cache


def sigmoid(x: Array) -> Array:
    """Logistic function."""
    result: Array = 1.0 / (1.0 + np.exp(-np.clip(x, -30, 30)))
    return result


@dataclass(frozen=True)
class Trees:
    """A sum of binary trees. Leaves point to themselves.

    Attributes:
        roots: Index of each tree's root.
        feature: Feature compared at each node.
        threshold: Go left where the feature is at most this.
        children: Left and right child of each node, shape (nodes, 2).
        value: What a leaf adds; 0 at inner nodes.
        depth: Of the deepest tree.
    """

    roots: Array
    feature: Array
    threshold: Array
    children: Array
    value: Array
    depth: int

    def score(self, x: Array) -> Array:
        """Give log odds for rows of features (float32)."""
        if not len(x):
            return np.zeros(0, dtype=np.float32)
        parts = [self._score(x[at : at + SCORED_ROWS]) for at in range(0, len(x), SCORED_ROWS)]
        return np.concatenate(parts)

    def _score(self, x: Array) -> Array:
        values, children = x.ravel(), self.children.ravel()  # flat: take() needs half the time
        first = (np.arange(len(x), dtype=np.int32) * x.shape[1])[:, None]
        node = np.repeat(self.roots[None], len(x), axis=0)
        for _ in range(self.depth):
            right = values.take(self.feature.take(node) + first) > self.threshold.take(node)
            node = children.take(2 * node + right)
        total: Array = self.value.take(node).sum(axis=1)
        return total

    def arrays(self, prefix: str) -> dict[str, Array]:
        """Give the arrays under prefixed names, for ``numpy.savez``."""
        return {
            f"{prefix}.roots": self.roots.astype(np.int32),
            f"{prefix}.feature": self.feature.astype(np.int16),
            f"{prefix}.threshold": self.threshold.astype(np.float32),
            f"{prefix}.children": self.children.astype(np.int32),
            f"{prefix}.value": self.value.astype(np.float32),
            f"{prefix}.depth": np.array(self.depth),
        }

    @classmethod
    def from_arrays(cls, data: Mapping[str, Array], prefix: str) -> Trees:
        """Read what :meth:`arrays` gave."""
        return cls(
            data[f"{prefix}.roots"],
            data[f"{prefix}.feature"].astype(np.int32),
            data[f"{prefix}.threshold"],
            data[f"{prefix}.children"],
            data[f"{prefix}.value"],
            int(data[f"{prefix}.depth"]),
        )


def from_lightgbm(dump: Mapping[str, Any]) -> Trees:
    """Turn ``booster.dump_model()`` (numeric features without missing values) into arrays."""
    feature: list[int] = []
    threshold: list[float] = []
    children: list[tuple[int, int]] = []
    value: list[float] = []

    def add(node: Mapping[str, Any], level: int) -> tuple[int, int]:
        index = len(feature)
        feature.append(int(node.get("split_feature", 0)))
        threshold.append(float(node.get("threshold", 0.0)))
        value.append(float(node["leaf_value"]) if "leaf_value" in node else 0.0)
        children.append((index, index))
        if "leaf_value" in node:
            return index, level
        left, deep_left = add(node["left_child"], level + 1)
        right, deep_right = add(node["right_child"], level + 1)
        children[index] = (left, right)
        return index, max(deep_left, deep_right)

    found = [add(tree["tree_structure"], 0) for tree in dump["tree_info"]]
    return Trees(
        np.array([root for root, _ in found], dtype=np.int32),
        np.array(feature, dtype=np.int32),
        np.array(threshold, dtype=np.float32),
        np.array(children, dtype=np.int32).reshape(-1, 2),
        np.array(value, dtype=np.float32),
        max(depth for _, depth in found),
    )
