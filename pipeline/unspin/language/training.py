"""Trains the encoder on clean text that the spinner has spun; the body of ``unspin train``.

One command with a recorded seed makes the shipped weights. The learning rate falls to zero over
the *time* given, so that a run of any length ends properly; a run that was cut off goes on from
its last checkpoint with the time it had left.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path
from random import Random
from typing import Any

from unspin.language.batches import NO_TARGET, Proposer, Window, prefetched, read_tokenizer

CHECKPOINT_SECONDS = 240.0
LOG_STEPS = 50
PROPOSED_SHARE = 0.25  # of windows added with the head's own guesses in place
DETECTION_WEIGHT, WINDOW_WEIGHT, RESTORING_WEIGHT = 4.0, 0.5, 0.75  # of the losses
CLEAN_KEPT = 0.3  # of the clean windows of a batch: those that mislead the encoder most
LOSS_SCALE = 1024.0  # in fp16, where small gradients would be nought; halved when one is too large
TRIED_ROWS = 1024  # of the matrices that tell which 16-bit type is faster


@dataclass(frozen=True)
class TrainingOptions:
    """Settings of a run; they are recorded beside the weights.

    Attributes:
        corpus: Folder of clean text.
        out: Folder for checkpoints, log and weights.
        base: Folder of all-MiniLM-L6-v2 (``model.safetensors``, ``tokenizer.json``).
        start: Weights of an earlier run (``encoder.pt``) or a model folder to start from, or None
            for the base's.
        dictionaries: Folder of two-column synonym dictionaries, or None for the shipped pairs only.
        held_out: Dictionaries (file stems) whose pairs are dropped everywhere.
        without: Corpus sources left out.
        minutes: Length of the run.
        batch_pieces: Word-pieces in a batch, before most of the clean ones are left out.
        learning_rate: At its peak.
        warmup: Share of the run in which the learning rate rises.
        seed: Of all chance.
        threads: CPU threads; a GPU takes a batch in one piece.
        makers: Processes that make batches. One keeps up with a CPU (and gives the same batches
            every time), a GPU reads faster than several write.
        families: Families of noise; all when empty.
        probe: JSONL of real spun sentences to measure on while training, or None.
        frozen_layers: Lowest layers left as they are, for speed.
        layers: Of the encoder, new ones being put on top of those that it starts from; None for as
            many as those are.
    """

    corpus: Path
    out: Path
    base: Path
    start: Path | None = None
    dictionaries: Path | None = None
    held_out: tuple[str, ...] = ("wordspinner",)
    without: tuple[str, ...] = ("medquad-ninds", "medquad-niddk")
    minutes: float = 75.0
    batch_pieces: int = 5120
    learning_rate: float = 3e-4
    warmup: float = 0.03
    seed: int = 11
    threads: int = 2
    makers: int = 1
    families: tuple[str, ...] = ()
    probe: Path | None = None
    frozen_layers: int = 0
    layers: int | None = None


def train(options: TrainingOptions, progress: Callable[[str], None] = print) -> Path:
    """Train an encoder, or go on with a run that was cut off.

    Args:
        options: Settings; ``out`` may hold a checkpoint of the same run.
        progress: Receives a line now and then.

    Returns:
        The file of the finished weights (``encoder.pt`` in ``out``).
    """
    import torch

    from unspin.language.encoder import encoder_with, grown, load_bert
    from unspin.language.export import read_weights

    options.out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)  # parallel by working copies, see there
    torch.manual_seed(options.seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    if options.start:
        state = read_weights(options.start, options.base)
    else:
        state = load_bert(options.base / "model.safetensors").state_dict()
    if options.layers:
        state = grown(state, options.layers)
    model = encoder_with(state).to(device)
    for part in (model.words, model.positions, model.types):
        part.weight.requires_grad_(False)
    (options.out / "options.json").write_text(json.dumps(asdict(options), default=str, indent=1))
    return _Run(options, model, read_tokenizer(options), device, progress).go()


def mean_weights(shares: Mapping[Path, float], out: Path, base: Path) -> Path:
    """Write a weighted mean of some weights of one encoder; give the path.

    Args:
        shares: Of files as :func:`train` writes them, or of model folders; together 1.
        out: File to write.
        base: Folder of the encoder that all of them started from.
    """
    import torch

    from unspin.language.encoder import count_layers, grown
    from unspin.language.export import read_weights

    read = {path: read_weights(path, base) for path in shares}
    layers = max(count_layers(state) for state in read.values())
    states = [(grown(state, layers), shares[path]) for path, state in read.items()]
    mean = {
        name: sum(share * state[name].float() for state, share in states).to(first.dtype)
        for name, first in states[0][0].items()
    }
    torch.save(mean, out)
    return out


_Result = tuple[int, tuple[float, float, float], list[tuple[int, int, int]]]


class _Run:
    """A training run with its state."""

    def __init__(
        self,
        options: TrainingOptions,
        model: Any,
        tokenizer: Any,
        device: str,
        progress: Callable[[str], None],
    ) -> None:
        import torch

        self.options, self.model, self.device, self.progress = options, model, device, progress
        self.tokenizer = tokenizer
        self.parameters = [p for p in model.parameters() if p.requires_grad]
        if options.frozen_layers:  # nothing below needs a gradient either
            for part in (model.norm, *model.layers[: options.frozen_layers]):
                part.requires_grad_(False)
        kind = working_type(device)
        copies = options.threads if device == "cpu" else 1
        self.replicas = _working_copies(model, copies, kind)
        self.scale = LOSS_SCALE if kind == torch.float16 else 1.0
        self.pool = ThreadPoolExecutor(options.threads)
        self.rng = Random(options.seed)
        self.proposer = Proposer(tokenizer, self.rng)
        self.is_word = torch.tensor(self.proposer.words, device=device)
        self.proposed: dict[int, list[Window]] = {}
        self.optimizer = torch.optim.AdamW(
            self.parameters, lr=options.learning_rate, weight_decay=0.01, fused=True
        )
        self.seconds, self.step, self.words = 0.0, 0, 0
        self.losses: list[tuple[float, float, float]] = []
        self.checkpoint = options.out / "checkpoint.pt"
        if self.checkpoint.exists():
            self._load()

    def go(self) -> Path:
        import torch

        path = self.options.out / "encoder.pt"
        if self.seconds >= self.options.minutes * 60 and path.exists():
            return path  # the command runs again, as something after the training failed
        with prefetched(self.options, self.options.seed + 1000 * self.step) as source:
            next(source)  # the dictionaries are loaded when the first batch comes
            self._train(source)
        if self.losses:
            self._log()
        self._save()
        torch.save(self.model.state_dict(), path)
        return path

    def _train(self, source: Iterator[list[Window]]) -> None:
        total, saved, last = self.options.minutes * 60, self.seconds, time.monotonic()
        while self.seconds < total:
            self._train_step(next(source), self.seconds / total)
            now = time.monotonic()
            self.seconds, last = self.seconds + now - last, now
            if self.step % LOG_STEPS == 0:
                self._log()
            if self.seconds - saved > CHECKPOINT_SECONDS:
                self._save()
                saved = self.seconds

    def _rate(self, done: float) -> float:
        warmup = self.options.warmup
        shape = done / warmup if done < warmup else max(0.0, (1 - done) / (1 - warmup))
        return self.options.learning_rate * max(shape, 0.001)

    def _train_step(self, batch: list[Window], done: float) -> None:
        import torch

        for group in self.optimizer.param_groups:
            group["lr"] = self._rate(done)
        length = len(batch[0].ids)
        batch = self._misleading(batch)
        parts = self._parts(batch + self.proposed.pop(length, []))
        results = list(self.pool.map(self._gradients, self.replicas, parts))
        self.proposed[length] = self._proposed(batch, parts, results)
        for replica in self.replicas:
            for ours, theirs in zip(self.model.parameters(), replica.parameters(), strict=True):
                if theirs.grad is not None:
                    grad = theirs.grad.float().div_(self.scale)
                    ours.grad = grad if ours.grad is None else ours.grad.add_(grad)
                    theirs.grad = None
        norm = torch.nn.utils.clip_grad_norm_(self.parameters, 1.0)
        if bool(norm.isfinite()):
            self.optimizer.step()
        else:
            self.scale /= 2
        self.optimizer.zero_grad()
        self._refresh()
        self.step += 1
        self.words += sum(words for words, _, _ in results)
        self.losses += [found for _, found, _ in results]

    def _misleading(self, batch: list[Window]) -> list[Window]:
        """Leave out the clean windows that the encoder already takes for clean.

        Clean text teaches next to nothing where it is read rightly, and reading costs a third of a
        step (selective backpropagation, Jiang et al. 2019).
        """
        spun = [w for w in batch if 1 in w.labels]
        clean = [w for w in batch if 1 not in w.labels]
        parts = self._parts(clean)
        losses = list(chain(*self.pool.map(self._clean_losses, self.replicas, parts)))
        mixed = spun + most_misleading(list(chain(*parts)), losses)
        self.rng.shuffle(mixed)
        return mixed

    def _parts(self, windows: list[Window]) -> list[list[Window]]:
        """Deal windows out to the working copies, none of which gets an empty part."""
        count = min(len(self.replicas), len(windows))
        return [windows[i::count] for i in range(count)]

    def _clean_losses(self, replica: Any, windows: list[Window]) -> list[float]:
        """Give the loss of each clean window, without learning from it."""
        import torch
        from torch.nn.functional import softplus

        if self.device == "cpu":
            torch.set_num_threads(1)
        ids = torch.tensor([w.ids for w in windows], device=self.device)
        is_word = torch.tensor([w.labels for w in windows], device=self.device) >= 0
        with torch.no_grad():
            logits, whole, _ = replica(ids)
        found = (softplus(logits.float()) * is_word).sum(dim=1) / is_word.sum(dim=1).clamp(min=1)
        total = DETECTION_WEIGHT * found + WINDOW_WEIGHT * softplus(whole.float())
        losses: list[float] = total.tolist()
        return losses

    def _proposed(
        self, batch: list[Window], parts: list[list[Window]], results: list[_Result]
    ) -> list[Window]:
        """Make windows for the next step of this length from what the head wrote in this one."""
        guesses: dict[int, dict[int, int]] = {}
        for part, (_, _, found) in zip(parts, results, strict=True):
            for row, place, piece in found:
                guesses.setdefault(id(part[row]), {})[place] = piece
        spun = [w for w in batch if id(w) in guesses]
        return [self.proposer.window(w, guesses[id(w)]) for w in spun[: self._share(batch)]]

    def _share(self, batch: list[Window]) -> int:
        return max(1, round(PROPOSED_SHARE * len(batch)))

    def _refresh(self) -> None:
        """Copy the weights into the working copies (which share theirs)."""
        import torch

        with torch.no_grad():
            for ours, theirs in zip(
                self.model.parameters(), self.replicas[0].parameters(), strict=True
            ):
                if ours.requires_grad:
                    theirs.copy_(ours)

    def _gradients(self, replica: Any, batch: list[Window]) -> _Result:
        import torch

        if self.device == "cpu":
            torch.set_num_threads(1)
        ids = torch.tensor([w.ids for w in batch], device=self.device)
        labels = torch.tensor([w.labels for w in batch], device=self.device)
        targets = torch.tensor([w.targets for w in batch], device=self.device)
        found, whole, restored, proposals = losses(replica, ids, labels, targets)
        loss = DETECTION_WEIGHT * found + RESTORING_WEIGHT * restored + WINDOW_WEIGHT * whole
        (loss * (self.scale / len(self.replicas))).backward()
        words = int((labels >= 0).sum())
        values = (float(found.detach()), float(whole.detach()), float(restored.detach()))
        return words, values, self._guesses(targets, proposals)

    def _guesses(self, targets: Any, proposals: Any) -> list[tuple[int, int, int]]:
        """Draw what the head would write: (row, place, word-piece) for replaced words."""
        import torch

        if proposals is None:
            return []
        with torch.no_grad():
            scores = proposals.detach().float().masked_fill(~self.is_word, float("-inf"))
            drawn = torch.multinomial(torch.softmax(scores, dim=-1), 1)[:, 0].tolist()
        places = (targets != NO_TARGET).nonzero().tolist()
        return [(row, place, piece) for (row, place), piece in zip(places, drawn, strict=True)]

    def _log(self) -> None:
        recent = self.losses[-LOG_STEPS * len(self.replicas) :]
        found, whole, restored = (sum(c) / len(recent) for c in zip(*recent, strict=True))
        row = {
            "step": self.step,
            "words": self.words,
            "seconds": round(self.seconds),
            "detect": round(found, 4),
            "window": round(whole, 4),
            "restore": round(restored, 3),
        }
        if self.options.probe and self.step % (6 * LOG_STEPS) == 0:
            row |= probe(self.model, self.tokenizer, self.options.probe)
        with (self.options.out / "log.jsonl").open("a") as log:
            log.write(json.dumps(row) + "\n")
        self.progress(json.dumps(row))

    def _save(self) -> None:
        import torch

        state = {
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "counters": (self.seconds, self.step, self.words),
        }
        partial = self.checkpoint.with_suffix(".part")
        torch.save(state, partial)
        partial.replace(self.checkpoint)

    def _load(self) -> None:
        import torch

        state = torch.load(self.checkpoint, map_location=self.device, weights_only=True)
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.seconds, self.step, self.words = state["counters"]
        self._refresh()
        self.progress(f"going on after {self.seconds:.0f} s, {self.words} words")


def working_type(device: str) -> Any:
    """Give the 16-bit type to train in: on a CPU the faster of two at a product of matrices.

    With AMX bf16 is several times as fast as anything else; where a processor has avx512_fp16 and
    no AMX, a step in fp16 takes three fifths of the time of one in bf16.
    """
    import torch

    if device != "cpu":
        return torch.bfloat16
    times = {}
    for kind in (torch.bfloat16, torch.float16):
        a, b = torch.randn(TRIED_ROWS, 384).to(kind), torch.randn(384, 1536).to(kind)
        torch.mm(a, b)
        rounds = []
        for _ in range(10):
            started = time.perf_counter()
            torch.mm(a, b)
            rounds.append(time.perf_counter() - started)
        times[kind] = min(rounds)
    return min(times, key=lambda kind: times[kind])


def _working_copies(model: Any, count: int, kind: Any) -> list[Any]:
    """Give copies in 16 bits that share their weights and have gradients of their own.

    The weights proper stay in 32 bits; whole steps in 16 need no conversions inside (2.7 times
    the words a second of autocast on CPU). Each CPU thread runs its part of the batch through its
    own copy: threads that meet once per step lose far less to other programs on the machine than
    threads that meet in every matrix.
    """
    import copy

    first = copy.deepcopy(model).to(kind)
    copies = [first]
    for _ in range(count - 1):
        replica = copy.deepcopy(first)
        for shared, own in zip(first.parameters(), replica.parameters(), strict=True):
            own.data = shared.data
        copies.append(replica)
    return copies


def most_misleading(windows: Sequence[Window], losses: Sequence[float]) -> list[Window]:
    """Give those clean windows that the encoder is most wrong about, :data:`CLEAN_KEPT` of them.

    Args:
        windows: Clean ones.
        losses: One of each.
    """
    order = sorted(range(len(windows)), key=lambda i: -losses[i])
    return [windows[i] for i in order[: round(CLEAN_KEPT * len(order))]]


def losses(model: Any, ids: Any, labels: Any, targets: Any) -> tuple[Any, Any, Any, Any]:
    """Give the losses of detection, of the window verdict and of restoring, and the proposals."""
    import torch
    from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

    logits, window, hidden = model(ids)
    is_word = labels >= 0
    found = binary_cross_entropy_with_logits(logits.float()[is_word], labels[is_word].float())
    spun = (labels == 1).any(dim=1).float()
    whole = binary_cross_entropy_with_logits(window.float(), spun)
    wanted = targets != NO_TARGET
    if not bool(wanted.any()):
        return found, whole, torch.zeros((), device=ids.device), None
    proposals = model.proposals(hidden[wanted])
    return found, whole, cross_entropy(proposals.float(), targets[wanted]), proposals


def probe(model: Any, tokenizer: Any, path: Path) -> dict[str, float]:
    """Measure on real sentences: how well word logits part spun words from all clean ones.

    Args:
        model: The encoder.
        tokenizer: Its tokenizer.
        path: JSONL with ``carrier``, ``spun``, ``restored`` and ``legit``.

    Returns:
        Area under the ROC curve of the highest logit in each spun phrase against clean words,
        and the share of phrases above the 99.9th percentile of clean words.
    """
    import numpy as np
    import torch

    spun_scores, clean_scores = [], []
    device = model.words.weight.device
    model.eval()
    with torch.no_grad():
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if row.get("kept"):
                continue
            start = row["carrier"].find(row["spun"])
            for name in ("carrier", "restored", "legit"):
                if not row.get(name):
                    continue
                encoding = tokenizer.encode(row[name])
                logits = (
                    model(torch.tensor([encoding.ids], device=device))[0][0].float().cpu().numpy()
                )
                inside = [
                    start <= a < start + len(row["spun"]) and b > a and name == "carrier"
                    for a, b in encoding.offsets
                ]
                if any(inside):
                    spun_scores.append(logits[inside].max())
                text = [b > a and not i for (a, b), i in zip(encoding.offsets, inside, strict=True)]
                clean_scores.extend(logits[text])
    model.train()
    clean = np.sort(np.array(clean_scores))
    below = np.searchsorted(clean, spun_scores) / len(clean)
    return {"auc": round(float(below.mean()), 4), "at999": round(float((below > 0.999).mean()), 3)}
