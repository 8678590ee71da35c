r"""What a recurrent layer goes through, chosen from a list: numbers, a learner's own text, symbols, sentences.

>>> program = "import torch\nfrom torch import nn\nx = torch.randn(9, 1, 4)\ngru = nn.GRU(4, 6)\noutput, h_n = gru(x)\n"
>>> print(set_sequence(program, "gru", WORDS).strip())
import torch
from torch import nn
text = "the cat saw the other cat"
tokens = text.split()
vocab = sorted(set(tokens))
ids = torch.tensor([vocab.index(token) for token in tokens])
embedding = nn.Embedding(len(vocab), 4)
x = embedding(ids)[:, None]
gru = nn.GRU(4, 6)
output, h_n = gru(x)
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Collection, Mapping
from functools import partial

from explorer.program.builders import names
from explorer.program.builders.additions import imports
from explorer.program.builders.feeders import feeders, own_feeders
from explorer.program.builders.layers import LAYERS
from explorer.program.builders.lengths import lengths_of, pack, set_lengths
from explorer.program.builders.links import Program, read
from explorer.program.builders.problems import EditProblem
from explorer.program.builders.recurrent_calls import fresh, same_input
from explorer.program.builders.sequence_parts import numbers_of, text_of
from explorer.program.builders.source import Edit
from explorer.program.builders.truncation import over_whole
from explorer.program.builders.weights import read_program

RANDOM, SINE, NOISY, STEPS, NOISE = "random", "sine", "sine with noise", "steps", "noise"
TYPED, TABLE = "typed numbers", "table (CSV)"
CHARACTERS, WORDS, SYMBOLS, SENTENCES = "characters", "words", "one-hot symbols", "sentences, packed"
SEQUENCES = (RANDOM, SINE, NOISY, STEPS, NOISE, TYPED, TABLE, CHARACTERS, WORDS, SYMBOLS, SENTENCES)
OTHER = "as written"
ITEMS, FEATURES = "items of the batch", "features of a step"
SERIES_MEAN = (ITEMS, FEATURES)
"""What several typed series are."""

_EMBEDDED = 4
# rows of numbers, too, and no list that is made by going through something
_QUOTED_OR_WORD = re.compile(r'"(?:[^"\\]|\\.)*"|\w+')
_LISTED = re.compile(r"torch\.tensor\(\[+-?[0-9]")
_SERIES: Mapping[str, tuple[str, ...]] = {
    SINE: ("T = 24", "series = torch.sin(torch.arange(T) / 2)[:, None]"),
    NOISY: ("T = 24", "series = (torch.sin(torch.arange(T) / 2) + 0.3 * torch.randn(T))[:, None]"),
    STEPS: ("T = 24", "series = (torch.arange(T) // 6 % 2).float()[:, None]"),
    NOISE: ("T = 24", "series = torch.randn(T, 1)"),
    TYPED: ("series = torch.tensor([0, 1, 0, 0, 1, 1, 0, 1]).float()[:, None]",),
    TABLE: ("series = torch.tensor(data).float().view(len(data), -1)",),
}
_TEXTS: Mapping[str, tuple[str, str]] = {
    CHARACTERS: ("hello world", "list(text)"),
    WORDS: ("the cat saw the other cat", "text.split()"),
    SYMBOLS: ("abcabba", "list(text)"),
}
_IDS = "ids = torch.tensor([vocab.index(token) for token in tokens])"
_LENGTHS = "lengths = torch.tensor([len(words) for words in tokens])"
_PADDED = (
    'sentences = ["the cat sleeps", "a dog saw the other cat", "birds sing"]',
    "tokens = [sentence.split() for sentence in sentences]",
    'vocab = ["", *sorted({word for words in tokens for word in words})]',
    "ids = [torch.tensor([vocab.index(word) for word in words]) for words in tokens]",
    _LENGTHS,
)


def sequence_of(source: str, path: str) -> str:
    """Return what a layer goes through: one of SEQUENCES, or OTHER."""
    program = read(source)
    if program is None:
        return OTHER
    text = "\n".join(ast.unparse(program.body[place]) for place in feeders(program, path))
    marks = {
        SENTENCES: "sentences = [" in text and "pad_sequence" in text,
        SYMBOLS: "one_hot(" in text,
        WORDS: ".split()" in text and "Embedding(" in text,
        CHARACTERS: "Embedding(" in text and text_of(source, path) is not None,
        TABLE: "torch.tensor(data)" in text,
        TYPED: _lists_numbers(source, path, text) and "Embedding(" not in text,
        NOISY: "torch.sin(" in text and "torch.randn(" in text,
        SINE: "torch.sin(" in text,
        STEPS: "arange(" in text and "//" in text,
        NOISE: "series" in text and "torch.randn(" in text,
        RANDOM: "torch.randn(" in text,
    }
    return next((kind for kind, found in marks.items() if found), OTHER)


def _lists_numbers(source: str, path: str, text: str) -> bool:
    return numbers_of(source, path) is not None or _LISTED.search(text) is not None


def set_sequence(source: str, path: str, kind: str) -> str:
    """Return the program whose recurrent layer goes through something else.

    Lines that only made what it went through go away; other layers on the same sequence follow. A text that is read
    in another way stays, unless it is the one that a kind begins with.

    Args:
        source: The program.
        path: How it calls the layer.
        kind: One of SEQUENCES.

    Raises:
        EditProblem: Nothing calls the layer, or lines need what would go away.
    """

    def change(plain: str) -> str:
        return _with_sequence(plain, path, kind, partial(_lines, typed=_typed_text(plain, path)))

    return over_whole(source, path, change)


def _typed_text(source: str, path: str) -> str:
    """Return the text that a layer goes through where it is not the one that its kind begins with; else ""."""
    text, before = text_of(source, path), _TEXTS.get(sequence_of(source, path))
    return "" if text is None or before is None or text == before[0] or not text.strip() else text


def set_series(source: str, path: str, rows: list[str], meaning: str) -> str:
    """Return the program whose recurrent layer goes through typed series.

    Args:
        source: The program.
        path: How it calls the layer.
        rows: Each series as a list that Python reads, all of the same length.
        meaning: What several are, one of SERIES_MEAN.

    Raises:
        EditProblem: Nothing calls the layer, or lines need what would go away.
    """

    def lines(_kind: str, _size: str, *, first: bool) -> tuple[list[str], str]:
        return _typed(rows, meaning, first=first)

    return over_whole(source, path, lambda plain: _with_sequence(plain, path, TYPED, lines))


def _with_sequence(source: str, path: str, kind: str, make: Callable[..., tuple[list[str], str]]) -> str:
    if lengths_of(source, path):
        source = set_lengths(source, path, "")
    program = read_program(source)
    layers = same_input(program, path)
    if not layers:
        raise EditProblem("No line calls this layer on a sequence. Edit the program's text instead.")
    own = next(chip for chip, _ in layers if chip.path == path)
    lines, size = make(kind, own.fields["input_size"], first=own.fields.get("batch_first") == "True")
    packs = kind == SENTENCES and all(call.loop is None and call.output for _, call in layers)
    lines = lines if packs else [line for line in lines if line != _LENGTHS]
    gone = own_feeders(program, path)
    renamed = _renamed(program, gone, lines)
    lines, size, result = (
        [_with_names(line, renamed) for line in lines],
        _with_names(size, renamed),
        renamed.get("x", "x"),
    )
    places = {chip.path: program.find(chip.index)[0].place for chip, _ in layers}
    start = min([*places.values(), *gone])
    edits = [*imports(program, "\n".join(lines)), _before(program, start, lines)]
    edits += [program.text.removal(program.body, place) for place in gone]
    for chip, call in layers:
        statement, at = program.find(chip.index)
        fields = {**chip.fields, "input_size": size}
        written = LAYERS[chip.name].render(fields, kept=frozenset(fields))
        node, given = statement.links[at].node, call.sequence
        edits.append(Edit(program.text.start(node), program.text.end(node), written))
        edits.append(Edit(program.text.start(given), program.text.end(given), result))
    changed = program.text.edited(edits)
    return pack(changed, path, renamed.get("lengths", "lengths")) if packs else changed


def _typed(rows: list[str], meaning: str, *, first: bool) -> tuple[list[str], str]:
    """Return the lines that make typed series a sequence `x`, and its number of features."""
    batch = "[None]" if first else "[:, None]"
    if len(rows) == 1:
        return [f"series = torch.tensor({rows[0]}).float()[:, None]", f"x = series{batch}"], "1"
    tensor = f"torch.tensor([{', '.join(rows)}]).float()"
    if meaning == ITEMS:
        return [f"x = {tensor}{'' if first else '.T'}[..., None]"], "1"
    return [f"series = {tensor}.T", f"x = series{batch}"], str(len(rows))


def _lines(kind: str, size: str, *, first: bool, typed: str = "") -> tuple[list[str], str]:
    """Return the lines that make a sequence `x`, and its number of features as the layer's field writes it.

    `typed` is the text to go through, where the kind is one of texts; "" for the one that it begins with.
    """
    batch = "[None]" if first else "[:, None]"
    width = size if size.isdigit() and int(size) > 1 else str(_EMBEDDED)
    if kind == RANDOM:
        return [f"x = torch.randn({'1, 12' if first else '12, 1'}, {width})"], width
    if kind in _SERIES:
        return [*_SERIES[kind], f"x = series{batch}"], "x.shape[-1]" if kind == TABLE else "1"
    if kind == SENTENCES:
        keyword = ", batch_first=True" if first else ""
        embedding = f"embedding = nn.Embedding(len(vocab), {width}, padding_idx=0)"
        return [*_PADDED, embedding, f"x = embedding(nn.utils.rnn.pad_sequence(ids{keyword}))"], width
    text, split = _TEXTS[kind]
    written = json.dumps(typed or text, ensure_ascii=False)
    lines = [f"text = {written}", f"tokens = {split}", "vocab = sorted(set(tokens))", _IDS]
    if kind == SYMBOLS:
        return [*lines, f"x = F.one_hot(ids, len(vocab)).float(){batch}"], "len(vocab)"
    return [*lines, f"embedding = nn.Embedding(len(vocab), {width})", f"x = embedding(ids){batch}"], width


def _renamed(program: Program, gone: Collection[int], lines: list[str]) -> dict[str, str]:
    """Return other names for those of new lines that the rest of a program has given something else."""
    kept = [node for place, node in enumerate(program.body) if place not in gone]
    taken = {name for node in kept for name in names.bound(node)}
    given = {name for line in lines for node in ast.parse(line).body for name in names.bound(node)}
    return {name: fresh(program.text.source, name) for name in given & taken}


def _with_names(text: str, renamed: Mapping[str, str]) -> str:
    """Return text with other names; what it quotes stays."""
    return _QUOTED_OR_WORD.sub(lambda word: renamed.get(word[0], word[0]), text)


def _before(program: Program, place: int, lines: list[str]) -> Edit:
    start = program.text.line_start(program.text.start(program.body[place]))
    return Edit(start, start, "".join(line + program.text.newline for line in lines))
