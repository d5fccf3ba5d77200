"""Batches for training: windows of word-pieces, made of spun and clean text by other processes."""

from __future__ import annotations

import multiprocessing
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from queue import Empty, Full
from random import Random
from typing import TYPE_CHECKING, Any

from unspin.language.corpus import SOURCE_WEIGHTS, PassageSampler, read_documents
from unspin.language.noise import (
    add_neighbours,
    glossary_examples,
    load_dictionaries,
    roughen,
    spin_passage,
    trim,
)
from unspin.language.spinner import Dictionaries, Spinner, SpunText

if TYPE_CHECKING:
    from unspin.language.training import TrainingOptions

DELETED = 1  # word-piece [unused0]: nothing stood here
NO_TARGET = -100  # ignored by torch's cross entropy
SOUP_SHARE = 0.3
ROUGH_SHARE = 0.15
EXAMPLE_SHARE = 0.12  # of passages are made of the glossary's hand-written sentences
EXAMPLE_SPUN_SHARE = 0.3  # of these hold its spun examples; the others are treated like any text
EXAMPLE_RATES = (0.3, 0.6, 1.0)  # of the sentences of such a passage are spun ones
WINDOW_LENGTHS = (64, 128, 192, 256, 256)  # word-pieces; one length per batch, so no padding
PASSAGE_WORDS = 400  # two of the longest windows
WAITING_BATCHES = 8  # made ahead of the training step
PROPOSED_WORDS = 0.6  # of the replaced words of such a window get a guess
RESTORED_WORDS = 0.15  # and these what stood there
PATIENCE_SECONDS = 10.0  # between looks whether the process that makes batches still lives


@dataclass(frozen=True)
class Window:
    """Word-pieces with a label (1 replaced, 0 not, -100 no word) and the original's piece each."""

    ids: list[int]
    labels: list[int]
    targets: list[int]


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
    tokenizer = read_tokenizer(options)
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


def read_tokenizer(options: TrainingOptions) -> Any:
    """Read the tokenizer of the base encoder."""
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
    _add_embedding_tables(made, read_tokenizer(options), model)
    return made


def _add_embedding_tables(made: Dictionaries, tokenizer: Any, model: Any) -> None:
    vocabulary = tokenizer.get_vocab()
    words = sorted(w for w in vocabulary if re.fullmatch(r"[a-z]{4,}", w))
    vectors = model.words.weight.detach().cpu().numpy()[[vocabulary[w] for w in words]]
    vectors = vectors / (vectors**2).sum(axis=1, keepdims=True) ** 0.5
    add_neighbours(made, words, vectors)
