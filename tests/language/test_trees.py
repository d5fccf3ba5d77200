from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from unspin.language.trees import Trees, from_lightgbm, sigmoid

DUMP: dict[str, Any] = {
    "tree_info": [
        {
            "tree_structure": {
                "split_feature": 1,
                "threshold": 0.5,
                "left_child": {"leaf_value": -1.0},
                "right_child": {
                    "split_feature": 0,
                    "threshold": 2.0,
                    "left_child": {"leaf_value": 1.0},
                    "right_child": {"leaf_value": 3.0},
                },
            }
        },
        {"tree_structure": {"leaf_value": 0.25}},
    ]
}


def test_trees_sum_their_leaves() -> None:
    trees = from_lightgbm(DUMP)
    rows = np.array([[0, 0], [0, 1], [9, 1], [2.0, 0.5]], dtype=np.float32)
    assert trees.score(rows).tolist() == [-0.75, 1.25, 3.25, -0.75]


def test_trees_survive_saving() -> None:
    trees = from_lightgbm(DUMP)
    again = Trees.from_arrays(trees.arrays("x"), "x")
    rows = np.array([[9, 1]], dtype=np.float32)
    assert again.score(rows) == pytest.approx(trees.score(rows))


def test_trees_take_no_rows() -> None:
    assert from_lightgbm(DUMP).score(np.zeros((0, 2), dtype=np.float32)).size == 0


def test_trees_agree_with_lightgbm() -> None:
    lightgbm = pytest.importorskip("lightgbm", reason="the extra train is not installed")
    rng = np.random.default_rng(1)
    x = rng.normal(size=(500, 4)).astype(np.float32)
    y = (x[:, 0] * x[:, 1] > 0).astype(int)
    booster = lightgbm.train(
        {"objective": "binary", "verbose": -1, "num_threads": 1}, lightgbm.Dataset(x, label=y), 10
    )
    ours = from_lightgbm(booster.dump_model()).score(x)
    assert np.allclose(ours, booster.predict(x, raw_score=True), atol=1e-4)


def test_sigmoid() -> None:
    assert sigmoid(np.array([0.0, 99.0])).tolist() == pytest.approx([0.5, 1.0])
