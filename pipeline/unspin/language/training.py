"""Trains the encoder on clean text that the spinner has spun; the body of ``unspin train``.

One command with a recorded seed makes the shipped weights. The learning rate falls to zero over
the *time* given, so that a run of any length ends properly; a run that was cut off goes on from
its last checkpoint with the time it had left.
"""

from __future__ import annotations

import json
import multiprocessing
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import chain
from pathlib import Path
from queue import Empty, Full
from random import Random
from typing import Any

from unspin.language.corpus import PassageSampler, read_documents
from unspin.language.spinner import (
    Dictionaries,
    Edit,
    Spinner,
    SpunText,
    Style,
    add_glossary,
    add_thesaurus,
    draw_style,
    load_hand_pairs,
    read_pairs,
)

DELETED = 1  # word-piece [unused0]: nothing stood here
NO_TARGET = -100  # ignored by torch's cross entropy
CHECKPOINT_SECONDS = 240.0
LOG_STEPS = 50
CLEAN_SHARE = 0.45  # of the passages; another fifth has a single spun paragraph
PARAGRAPH_SHARE = 0.2
SOUP_SHARE = 0.3
ROUGH_SHARE = 0.15
EXAMPLE_SHARE = 0.12  # of passages are made of the glossary's hand-written sentences
EXAMPLE_SPUN_SHARE = 0.3  # of these hold its spun examples; the others are treated like any text
EXAMPLE_RATES = (0.3, 0.6, 1.0)  # of the sentences of such a passage are spun ones
WINDOW_LENGTHS = (64, 128, 192, 256, 256)  # word-pieces; one length per batch, so no padding
PASSAGE_WORDS = 400  # two of the longest windows
WAITING_BATCHES = 8  # made ahead of the training step
DETECTION_WEIGHT, WINDOW_WEIGHT, RESTORING_WEIGHT = 4.0, 0.5, 0.75  # of the losses
PROPOSED_SHARE = 0.25  # of windows added with the head's own guesses in place
PROPOSED_WORDS = 0.6  # of the replaced words of such a window get a guess
RESTORED_WORDS = 0.15  # and these what stood there
CLEAN_KEPT = 0.3  # of the clean windows of a batch: those that mislead the encoder most
LOSS_SCALE = 1024.0  # in fp16, where small gradients would be nought; halved when one is too large
TRIED_ROWS = 1024  # of the matrices that tell which 16-bit type is faster
PATIENCE_SECONDS = 10.0  # between looks whether the process that makes batches still lives
SOURCE_WEIGHTS = {  # consumer prose is what the tool reads; trials are half of the corpus
    "pmc-trials-ccby": 0.35,
    "craft-articles": 0.5,
    "medquad-cancergov": 3.0,
    "medquad-gard": 2.0,
    "medquad-mplus-topics": 4.0,
    "va-gov": 4.0,
    "nhs-alpha-beta": 6.0,
    "pmc-lay-summaries": 3.0,
    "cdc-covid-faq": 3.0,
    "openstax-nutrition-nurses": 2.0,
    "openstax-population-health-nurses": 1.5,
    "wikipedia-diseases": 1.5,
    # three passages of ten are no health text: an encoder that has read nothing else takes letters,
    # speeches and tales for spun
    "general-encyclopedia": 2.9,
    "general-parliament": 4.2,
    "general-speeches": 0.7,
    "general-argument": 0.5,
    "general-manuals": 1.05,
    "general-mail": 2.0,
    "general-fiction": 2.65,
    "general-dialogue": 3.3,
    "general-jargon": 0.75,
}


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


@dataclass(frozen=True)
class Window:
    """Word-pieces with a label (1 replaced, 0 not, -100 no word) and the original's piece each."""

    ids: list[int]
    labels: list[int]
    targets: list[int]


# --- noise --------------------------------------------------------------------------------


def load_dictionaries(folder: Path | None, held_out: Sequence[str]) -> Dictionaries:
    """Load the hand-written pairs and all thesauri of a folder, less the held-out pairs."""
    excluded: set[tuple[str, str]] = set()
    files = sorted(folder.glob("*.tsv.gz")) if folder else []
    for path in files:
        if path.name.split(".")[0] in held_out:
            excluded |= read_pairs(path)
    made = load_hand_pairs(excluded)
    made.excluded = frozenset(excluded)
    for path in files:
        name = path.name.split(".")[0]
        if name not in held_out:
            add_thesaurus(made, name, read_pairs(path), excluded)
    add_glossary(made, glossary_forms(), excluded)
    return made


@lru_cache(maxsize=1)  # asked for once for the encoder's dictionaries and once for the trees'
def glossary_forms() -> tuple[tuple[str, str], ...]:
    """Give every spun form of the shipped glossary with the term it stands for."""
    from unspin.glossary.compiling import load_tables
    from unspin.glossary.matcher import Glossary

    tables = load_tables()
    glossary = Glossary(tables)
    found = []
    for form in tables.forms:
        for hit in glossary.find(form):
            if hit.kind == "spun" and hit.start == 0 and hit.end == len(form):
                found.append((form.lower(), hit.replacement.lower()))
                break
    return tuple(found)


@dataclass(frozen=True)
class Examples:
    """The hand-written sentences of a glossary.

    Short sentences of one author each, like those of an article on the web and unlike those of a
    textbook; many hold a listed wording that is right there.

    Attributes:
        right: What the examples should become, and sentences in which nothing may be found.
        spun: The examples, with the edits that spun them.
    """

    right: tuple[str, ...]
    spun: tuple[SpunText, ...]

    def soup(self, words: int, rate: float, rng: Random) -> SpunText:
        """Put sentences one after the other.

        Args:
            words: Least length.
            rate: Share of the sentences that are spun ones.
            rng: Source of chance.
        """
        joiner = rng.choice((" ", "\n"))
        text, edits = "", []
        while text.count(" ") < words:
            if rng.random() < rate:
                drawn = rng.choice(self.spun)
            else:
                drawn = SpunText(rng.choice(self.right), ())
            edits += [edit.moved(len(text)) for edit in drawn.edits]
            text += drawn.text + joiner
        return SpunText(text, tuple(edits))


def glossary_examples() -> Examples:
    """Give the hand-written sentences of the shipped glossary."""
    from unspin.glossary.commands import concepts_in_force

    concepts = [concept for _, concept in concepts_in_force()]
    spun = [concept for concept in concepts if not concept.deprecated]  # outdated is not spun
    pairs = [(e.bad, e.good) for concept in spun for e in concept.examples]
    fine = [sentence for concept in concepts for sentence, _ in concept.fine]
    return Examples(
        (*(good for _, good in pairs), *fine), tuple(compared(bad, good) for bad, good in pairs)
    )


def compared(spun: str, clean: str) -> SpunText:
    """Tell which words of a sentence were put in the place of which others."""
    words = [(m.start(), m.end()) for m in re.finditer(r"\S+", spun)]
    before = clean.split()
    matcher = SequenceMatcher(None, [spun[a:b] for a, b in words], before, autojunk=False)
    edits = []
    for kind, i, j, k, m in matcher.get_opcodes():
        if kind != "equal" and i < j:  # where a word is missing, no word is wrong
            start, end = words[i][0], words[j - 1][1]
            edits.append(Edit(start, end, spun[start:end], " ".join(before[k:m])))
    return SpunText(spun, tuple(edits))


def add_neighbours(made: Dictionaries, words: Sequence[str], vectors: Any, count: int = 10) -> None:
    """Add each word's nearest neighbours by embedding, and its kin by shared beginning.

    Args:
        made: Dictionaries to add ``neighbours`` and ``kin`` to.
        words: Whole-word pieces.
        vectors: Their embeddings, one row each (numpy, unit length).
        count: Neighbours per word.
    """
    near: dict[str, list[str]] = {}
    for start in range(0, len(words), 1000):
        scores = vectors[start : start + 1000] @ vectors.T
        best = scores.argsort(axis=1)[:, -count - 1 : -1]
        for row, indexes in enumerate(best):
            word = words[start + row]
            found = (words[i] for i in indexes[::-1])
            near[word] = [n for n in found if (word, n) not in made.excluded]
    made.others["neighbours"] = near
    by_stem: dict[str, list[str]] = {}
    for word in words:
        if len(word) > 5:
            by_stem.setdefault(word[:5], []).append(word)
    made.others["kin"] = {
        word: [k for k in kin if _is_kin(word, k) and (word, k) not in made.excluded]
        for kin in by_stem.values()
        for word in kin
        if len(kin) > 1
    }


def _is_kin(word: str, other: str) -> bool:
    """Tell whether words of one beginning may be forms of one another."""
    return word != other and abs(len(word) - len(other)) < 5


def spin_passage(
    spinner: Spinner, text: str, rng: Random, sources: Sequence[str], families: Sequence[str]
) -> SpunText:
    """Leave a passage clean, spin it whole, or spin one paragraph of it."""
    draw = rng.random()
    if draw < CLEAN_SHARE:
        return SpunText(text, ())
    style = draw_style(rng, sources, families)
    if draw >= CLEAN_SHARE + PARAGRAPH_SHARE:
        return spinner.spin(text, style, rng)
    return _spin_middle(spinner, text, style, rng)


def _spin_middle(spinner: Spinner, text: str, style: Style, rng: Random) -> SpunText:
    start = text.find(" ", rng.randrange(max(1, len(text) - 300))) + 1
    end = min(len(text), start + rng.randrange(300, 900))
    spun = spinner.spin(text[start:end], style, rng)
    edits = tuple(edit.moved(start) for edit in spun.edits)
    return SpunText(text[:start] + spun.text + text[end:], edits)


def roughen(text: str, rng: Random) -> str:
    """Make clean text look scraped: lost periods, joined lines, bullets (these are no faults)."""
    if rng.random() < 0.5:
        text = re.sub(r"\n+", " ", text)
    if rng.random() < 0.5:
        text = re.sub(r"\. (?=[A-Z])", lambda m: " " if rng.random() < 0.2 else m.group(), text)
    if rng.random() < 0.3:
        text = re.sub(r"\n(?=\w)", "\n• ", text)
    if rng.random() < 0.2:
        text = text.lower()
    return text


def trim(edit: Edit) -> Edit:
    """Shorten an edit by the words its two sides begin and end with alike."""
    spun, clean = edit.spun.split(" "), edit.clean.split(" ")
    start, end = edit.start, edit.end
    while spun and clean and len(spun) + len(clean) > 2 and spun[0].lower() == clean[0].lower():
        start += len(spun[0]) + 1
        del spun[0], clean[0]
    while spun and clean and spun[-1].lower() == clean[-1].lower():
        end -= len(spun[-1]) + 1
        del spun[-1], clean[-1]
    return Edit(start, max(start, end), " ".join(spun), " ".join(clean))


class WindowMaker:
    """Turns spun text into labelled windows of word-pieces."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self._first_piece = lru_cache(maxsize=200_000)(self._find_first_piece)

    def _find_first_piece(self, word: str) -> int:
        return int(self._tokenizer.encode(word, add_special_tokens=False).ids[0])

    def windows(self, spun: SpunText, length: int) -> Iterator[Window]:
        """Cut a spun text into windows of exactly ``length`` pieces; the tail is dropped."""
        encoding = self._tokenizer.encode(spun.text, add_special_tokens=False)
        labels, targets = self._labels(spun, encoding)
        cls, sep = (self._tokenizer.token_to_id(t) for t in ("[CLS]", "[SEP]"))
        body = length - 2
        for start in range(0, len(encoding.ids) - body + 1, body):
            part = slice(start, start + body)
            yield Window(
                [cls, *encoding.ids[part], sep],
                [NO_TARGET, *labels[part], NO_TARGET],
                [NO_TARGET, *targets[part], NO_TARGET],
            )

    def _labels(self, spun: SpunText, encoding: Any) -> tuple[list[int], list[int]]:
        offsets, word_ids = encoding.offsets, encoding.word_ids
        text = spun.text
        first = [
            i
            for i, w in enumerate(word_ids)
            if (i == 0 or w != word_ids[i - 1]) and text[offsets[i][0]].isalnum()
        ]
        labels, targets = [NO_TARGET] * len(offsets), [NO_TARGET] * len(offsets)
        for i in first:
            labels[i] = 0
        position = 0
        for edit in map(trim, spun.edits):
            while position < len(first) and offsets[first[position]][0] < edit.start:
                position += 1
            inside = []
            while position < len(first) and offsets[first[position]][0] < edit.end:
                inside.append(first[position])
                position += 1
            self._mark(inside, edit.clean, labels, targets)
        return labels, targets

    def _mark(self, inside: list[int], clean: str, labels: list[int], targets: list[int]) -> None:
        words = re.findall(r"[^\W_]+", clean)
        for order, i in enumerate(inside):
            labels[i] = 1
            if len(words) == len(inside) or (order == 0 and words):
                targets[i] = self._first_piece(words[order].lower())
            elif order == len(inside) - 1 and len(words) > 1:
                targets[i] = self._first_piece(words[-1].lower())
            else:
                targets[i] = DELETED


class Proposer:
    """Makes harder windows of read ones: with the restoring head's own guesses in place.

    What the detector is asked about when replacements are weighed are words that its own head
    proposed, in text of which a part is restored; no dictionary writes such text.

    Args:
        tokenizer: Of the encoder.
        rng: Source of chance.
    """

    def __init__(self, tokenizer: Any, rng: Random) -> None:
        pieces = [tokenizer.id_to_token(i) for i in range(tokenizer.get_vocab_size())]
        self._continues = [piece.startswith("##") for piece in pieces]
        self.words = [bool(re.fullmatch(r"[a-z]{2,}", piece)) for piece in pieces]
        self._rng = rng

    def window(self, window: Window, guesses: Mapping[int, int]) -> Window:
        """Put guesses at some replaced words of a window, and the originals at others.

        Args:
            window: As it was read.
            guesses: Place -> word-piece that the head would write there.

        Returns:
            The window with other words; a guess that is the original is no fault.
        """
        ids, labels, targets = list(window.ids), list(window.labels), list(window.targets)
        for place, guess in guesses.items():
            draw = self._rng.random()
            original = targets[place]
            if self._continues[ids[place + 1]] or draw >= PROPOSED_WORDS + RESTORED_WORDS:
                continue
            piece = guess if draw < PROPOSED_WORDS else original
            if not self.words[piece]:  # nothing stood here, or a word of several pieces
                continue
            ids[place] = piece
            if piece == original:
                labels[place], targets[place] = 0, NO_TARGET
        return Window(ids, labels, targets)


def batches(
    options: TrainingOptions, tokenizer: Any, made: Dictionaries, seed: int
) -> Iterator[list[Window]]:
    """Yield batches of windows of one length each, for ever."""
    rng = Random(seed)
    # an encoder that has read the documents for fitting finds them cleaner than any others
    documents = read_documents(options.corpus, fitting=False, without=options.without)
    sampler = PassageSampler(documents, SOURCE_WEIGHTS, words=PASSAGE_WORDS)
    examples = glossary_examples()
    spinner, maker = Spinner(made), WindowMaker(tokenizer)
    waiting: dict[int, list[Window]] = {length: [] for length in WINDOW_LENGTHS}

    def passage() -> SpunText:
        if rng.random() < EXAMPLE_SHARE:
            if rng.random() < EXAMPLE_SPUN_SHARE:
                return examples.soup(PASSAGE_WORDS, rng.choice(EXAMPLE_RATES), rng)
            text = examples.soup(PASSAGE_WORDS, 0.0, rng).text
        else:
            text = sampler.soup(rng) if rng.random() < SOUP_SHARE else sampler.passage(rng)
            if rng.random() < ROUGH_SHARE:
                text = roughen(text, rng)
        return spin_passage(spinner, text, rng, made.sources, options.families)

    while True:
        spun = passage()
        length = rng.choice(WINDOW_LENGTHS)
        waiting[length].extend(maker.windows(spun, length))
        size = options.batch_pieces // length
        # Waiting for three batches mixes the windows of an article with those of others.
        if len(waiting[length]) >= 3 * size:
            rng.shuffle(waiting[length])
            yield waiting[length][:size]
            del waiting[length][:size]


def _produce(options: TrainingOptions, seed: int, queue: Any) -> None:
    """Make batches into a queue; body of the process that runs beside the training."""
    parent = multiprocessing.parent_process()
    tokenizer = _tokenizer(options)
    made = batches(options, tokenizer, embedding_dictionaries(options), seed)
    try:
        first = next(made)
    except ValueError as error:  # of a corpus with nothing in it
        queue.put(error)
        return
    queue.cancel_join_thread()  # batches that nobody will read must not keep the process alive
    for batch in chain([first], made):
        while True:
            try:
                queue.put(batch, timeout=PATIENCE_SECONDS)
                break
            except Full:
                if parent is None or not parent.is_alive():  # killed: nobody will ask again
                    return


@contextmanager
def prefetched(options: TrainingOptions, seed: int) -> Iterator[Iterator[list[Window]]]:
    """Give :func:`batches`, made by other processes: Python code would hold up the training."""
    context = multiprocessing.get_context("spawn")
    queue = context.Queue(WAITING_BATCHES * options.makers)
    makers = [
        context.Process(target=_produce, args=(options, seed + number, queue), daemon=True)
        for number in range(options.makers)
    ]
    for maker in makers:
        maker.start()

    def made() -> Iterator[list[Window]]:
        while True:
            try:
                batch = queue.get(timeout=PATIENCE_SECONDS)
                if isinstance(batch, ValueError):
                    raise batch
                yield batch
            except Empty:
                if ended := next((m for m in makers if not m.is_alive()), None):
                    raise RuntimeError(
                        f"a process that makes training text ended ({ended.exitcode})"
                    ) from None

    try:
        yield made()
    finally:
        for maker in makers:
            maker.kill()


# --- the run ------------------------------------------------------------------------------


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
    return _Run(options, model, _tokenizer(options), device, progress).go()


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


def _tokenizer(options: TrainingOptions) -> Any:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(options.base / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def embedding_dictionaries(options: TrainingOptions) -> Dictionaries:
    """Load all dictionaries of a run, the tables derived from word embeddings among them."""
    from unspin.language.encoder import load_bert

    made = load_dictionaries(options.dictionaries, options.held_out)
    model = load_bert(options.base / "model.safetensors")
    _add_embedding_tables(made, _tokenizer(options), model)
    return made


def _add_embedding_tables(made: Dictionaries, tokenizer: Any, model: Any) -> None:
    vocabulary = tokenizer.get_vocab()
    words = sorted(w for w in vocabulary if re.fullmatch(r"[a-z]{4,}", w))
    vectors = model.words.weight.detach().cpu().numpy()[[vocabulary[w] for w in words]]
    vectors = vectors / (vectors**2).sum(axis=1, keepdims=True) ** 0.5
    add_neighbours(made, words, vectors)


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
        """Deal windows out to the working copies."""
        count = len(self.replicas)
        return [windows[i::count] for i in range(count)]

    def _clean_losses(self, replica: Any, windows: list[Window]) -> list[float]:
        """Give the loss of each clean window, without learning from it."""
        import torch
        from torch.nn.functional import softplus

        if not windows:
            return []
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
