"""
A language model saved by Sequitur, in PyTorch: the same parameters, the same names, the same numbers.

It trains there with what PyTorch has for one machine or many, and its `save` writes what `LanguageModel.fromPretrained`
opens. This file needs nothing but PyTorch, 1.13 or later. Where `transformers` is installed, `AutoModelForCausalLM`
opens the folder with `trust_remote_code=True`.

    model = SequiturModel.from_folder("model")
    loss = next_token_loss(model(ids), ids)      # ids: int64 [batch, length]
    model.save("trained")

Whole sequences are read, from the empty state. Generate in Sequitur, which keeps the states between tokens.
"""

import json
import math
import os
import shutil
import struct

import torch
import torch.nn.functional as F
from torch import nn

NOTHING = float("-inf")


# Layers


class Linear(nn.Module):
    """y = x W + b, with W [inputs, outputs]."""

    def __init__(self, inputs, outputs, bias=True):
        super().__init__()
        self.weight = empty(inputs, outputs)
        self.bias = empty(outputs) if bias else None

    def forward(self, x):
        y = x @ self.weight
        return y if self.bias is None else y + self.bias


class Table(nn.Module):
    """One vector for each id: [count, width]."""

    def __init__(self, count, width):
        super().__init__()
        self.weight = empty(count, width)

    def forward(self, ids):
        return F.embedding(ids, self.weight)


class RmsNorm(nn.Module):
    def __init__(self, width, epsilon=1e-6):
        super().__init__()
        self.weight = empty(width)
        self.epsilon = epsilon

    def forward(self, x):
        return rms_norm(x, self.epsilon) * self.weight


class GatedFeedForward(nn.Module):
    """(activation(x W_g) * (x W)) W_2."""

    def __init__(self, width, hidden_width, activation, dropout):
        super().__init__()
        self.gate = Linear(width, hidden_width, bias=False)
        self.up = Linear(width, hidden_width, bias=False)
        self.down = Linear(hidden_width, width, bias=False)
        self.activation = activation_by_name(activation)
        self.dropout = dropout

    def forward(self, x):
        return F.dropout(self.down(self.activation(self.gate(x)) * self.up(x)), self.dropout, self.training)


class ShortConvolution(nn.Module):
    """A causal convolution of each channel; the last row of its weight multiplies the current position."""

    def __init__(self, channels, kernel_size):
        super().__init__()
        self.weight = empty(kernel_size, channels)
        self.bias = empty(channels)

    def forward(self, x):
        kernel_size, channels = self.weight.shape
        padded = F.pad(x.transpose(1, 2), (kernel_size - 1, 0))
        y = F.conv1d(padded, self.weight.t().unsqueeze(1), self.bias, groups=channels)
        return F.silu(y.transpose(1, 2))


def empty(*shape):
    """A parameter without a value: NaN, so that a model which was not loaded cannot be trained by mistake."""
    return nn.Parameter(torch.full(shape, float("nan")))


def rms_norm(x, epsilon):
    return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + epsilon)


ACTIVATIONS = {
    **dict.fromkeys(["gelu", "gelu_python"], F.gelu),
    "gelu_10": lambda x: F.gelu(x).clamp(-10, 10),
    **dict.fromkeys(
        ["gelu_fast", "gelu_new", "gelu_pytorch_tanh", "gelu_accurate"], lambda x: F.gelu(x, approximate="tanh")
    ),
    "leaky_relu": F.leaky_relu,
    "linear": lambda x: x,
    "mish": F.mish,
    "quick_gelu": lambda x: x * torch.sigmoid(1.702 * x),
    "relu": F.relu,
    "relu6": F.relu6,
    "relu2": lambda x: F.relu(x).square(),
    "sigmoid": torch.sigmoid,
    **dict.fromkeys(["silu", "swish"], F.silu),
    "softplus": F.softplus,
    "tanh": torch.tanh,
}


def activation_by_name(name):
    if name not in ACTIVATIONS:
        raise ValueError(f"expected an activation of {', '.join(ACTIVATIONS)}; came: {name}")
    return ACTIVATIONS[name]


# Attention patterns: which keys each query attends to


def visible(pattern, length, device):
    """bool [queries, keys]."""
    positions = torch.arange(length, device=device)
    return sees(pattern, positions[:, None], positions[None, :])


def sees(pattern, query, key):
    kind = pattern["kind"]
    distance = query - key
    if kind == "causal":
        return distance >= 0
    if kind == "full":
        return (distance == 0) | (distance != 0)
    if kind == "slidingWindow":
        return (distance <= pattern["left"]) & (-distance <= pattern["right"])
    if kind == "dilated":
        step = pattern["dilation"]
        near = (distance <= pattern["left"] * step) & (-distance <= pattern["right"] * step)
        return near & (distance % step == 0)
    if kind == "strided":
        return (distance >= 0) & ((distance < pattern["stride"]) | (distance % pattern["stride"] == 0))
    if kind == "fixed":
        stride = pattern["stride"]
        summary = key % stride >= stride - pattern["summary"]
        return (distance >= 0) & ((block(key, stride) == block(query, stride)) | summary)
    if kind == "globalTokens":
        listed = torch.tensor(pattern["positions"], device=query.device, dtype=query.dtype)
        return torch.isin(query, listed) | torch.isin(key, listed)
    if kind == "randomBlocks":
        return sees_blocks(query, key, pattern["blockSize"], lambda index: drawn_blocks(pattern, index))
    if kind == "chosenBlocks":
        chosen = pattern["chosen"]
        return sees_blocks(query, key, pattern["blockSize"], lambda i: chosen[i] if i < len(chosen) else [])
    if kind == "documents":
        ids = torch.tensor(pattern["ids"], device=query.device)
        document = lambda position: ids[position.clamp(max=len(ids) - 1)]
        return document(query) == document(key)
    if kind == "prefix":
        return (distance >= 0) | ((query < pattern["length"]) & (key < pattern["length"]))
    if kind in ("either", "both"):
        parts = [sees(part, query, key) for part in pattern["patterns"]]
        together = torch.logical_or if kind == "either" else torch.logical_and
        found = parts[0]
        for part in parts[1:]:
            found = together(found, part)
        return found
    if kind == "except":
        return sees(pattern["pattern"], query, key) & ~sees(pattern["without"], query, key)
    raise ValueError(f"expected a kind of attention pattern that this file knows; came: {kind}")


def block(position, size):
    return torch.div(position, size, rounding_mode="floor")


def sees_blocks(query, key, size, chosen):
    count = int(query.max()) // size + 1
    table = torch.zeros(count, count, dtype=torch.bool)
    for index in range(count):
        for other in chosen(index):
            if other < count:
                table[index, other] = True
    return table.to(query.device)[block(query, size), block(key, size)]


def drawn_blocks(pattern, index):
    length = pattern.get("length")
    candidates = index + 1 if length is None else -(-length // pattern["blockSize"])
    random = Random(f"#{pattern['seed']}").fork(str(index))
    return {random.integer(candidates) for _ in range(pattern["blocks"])}


class Random:
    """The seeded generator of Sequitur: xoshiro128**, seeded by names."""

    def __init__(self, name, key=(0, 0, 0, 0)):
        self.key = tuple(self._lane(lane, index, name) for index, lane in enumerate(key))
        if not any(self.key):
            self.key = (1, 0, 0, 0)
        self.words = list(self.key)

    def fork(self, name):
        return Random(name, self.key)

    def integer(self, bound):
        draw = self._next()
        while draw < 2**32 % bound:
            draw = self._next()
        return draw % bound

    def _next(self):
        s = self.words
        result = _rotate(s[1] * 5 & MASK, 7) * 9 & MASK
        shifted = s[1] << 9 & MASK
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= shifted
        s[3] = _rotate(s[3], 11)
        return result

    @staticmethod
    def _lane(lane, index, name):
        h = _mix(lane ^ (index + 1) * 0x9E3779B9 & MASK)
        for character in name:
            h = _mix(h ^ (ord(character) + 1) * 0x85EBCA6B & MASK)
        return _mix(h ^ len(name))


MASK = 0xFFFFFFFF


def _rotate(x, bits):
    return (x << bits | x >> (32 - bits)) & MASK


def _mix(h):
    h = (h ^ h >> 16) * 0x85EBCA6B & MASK
    h = (h ^ h >> 13) * 0xC2B2AE35 & MASK
    return h ^ h >> 16


# Positions


def rotary_frequencies(options, size, length):
    """Radians per position of each pair, in float64, and the factor on cosines and sines."""
    base = options.get("base", 10000)
    scaling = options.get("scaling") or {"kind": "none"}
    kind = scaling["kind"]
    exponents = torch.arange(size // 2, dtype=torch.float64) * -2 / size
    pairs = torch.pow(torch.tensor(float(base), dtype=torch.float64), exponents)
    if kind == "none":
        return pairs, 1.0
    if kind == "longrope":
        is_long = length > scaling["trainedLength"]
        factors = scaling["longFactors" if is_long else "shortFactors"]
        return pairs / torch.tensor(factors, dtype=torch.float64), scaling["amplitude"]
    factor = scaling["factor"]
    if kind == "linear":
        return pairs / factor, 1.0
    trained = scaling["trainedLength"]
    if kind == "dynamic":
        stretch = max(1.0, factor * length / trained - (factor - 1))
        return pairs * stretch ** (torch.arange(size // 2, dtype=torch.float64) * -2 / (size - 2)), 1.0
    if kind == "llama3":
        low, high = scaling["lowFrequencyFactor"], scaling["highFrequencyFactor"]
        kept = ((trained * pairs / (2 * math.pi) - low) / (high - low)).clamp(0, 1)
        return (1 - kept) * pairs / factor + kept * pairs, 1.0
    if kind == "yarn":
        pair_of = lambda turns: size * math.log(trained / (turns * 2 * math.pi)) / (2 * math.log(base))
        fast, slow = pair_of(scaling.get("fastTurns", 32)), pair_of(scaling.get("slowTurns", 1))
        if scaling.get("truncate", True):
            fast, slow = math.floor(fast), math.ceil(slow)
        first, last = max(fast, 0), min(slow, size - 1)
        last = last + 0.001 if last == first else last
        share = ((torch.arange(size // 2, dtype=torch.float64) - first) / (last - first)).clamp(0, 1)
        amplitude = scaling.get("amplitude") or (1.0 if factor <= 1 else 0.1 * math.log(factor) + 1)
        return share * pairs / factor + (1 - share) * pairs, amplitude
    raise ValueError(f"expected a scaling of none, linear, dynamic, llama3, yarn or longrope; came: {kind}")


def rotate(x, options):
    """x [batch, heads, length, size]."""
    length, size = x.shape[2:]
    frequencies, amplitude = rotary_frequencies(options, size, length)
    angles = torch.arange(length, dtype=torch.float64)[:, None] * frequencies
    cosine = (angles.cos() * amplitude).to(x.device, x.dtype)
    sine = (angles.sin() * amplitude).to(x.device, x.dtype)
    a, b = x.chunk(2, -1)
    return torch.cat([a * cosine - b * sine, b * cosine + a * sine], -1)


def alibi_slopes(heads):
    geometric = lambda count: [2 ** (-8 * (index + 1) / count) for index in range(count)]
    power = 2 ** int(math.log2(heads))
    return geometric(power) + geometric(2 * power)[::2][: heads - power]


# Mixers


def split_heads(x, heads):
    """[batch, length, heads * size] -> [batch, heads, length, size]."""
    batch, length, width = x.shape
    return x.view(batch, length, heads, width // heads).transpose(1, 2)


def join_heads(x):
    return x.transpose(1, 2).flatten(2)


def attend(query, key, value, mask, bias=None):
    """softmax(query key^T / sqrt(size) + bias) value where `mask` [queries, keys] is True; 0 for a query without keys."""
    fused = getattr(F, "scaled_dot_product_attention", None)
    some = mask.any(-1, keepdim=True)
    added = torch.zeros(mask.shape, device=query.device, dtype=query.dtype).masked_fill(~(mask | ~some), NOTHING)
    added = added if bias is None else added + bias
    if fused:
        mixed = fused(query, key, value, attn_mask=added.expand(*query.shape[:3], key.shape[2]))
    else:
        scores = query @ key.transpose(-1, -2) / math.sqrt(query.shape[-1])
        mixed = (scores + added).softmax(-1) @ value
    return mixed * some


class Attention(nn.Module):
    """Multi-head attention with any pattern, grouped queries, and rotary positions, ALiBi or none."""

    def __init__(self, width, heads, key_heads, pattern, positions):
        super().__init__()
        size = width // heads
        self.query = Linear(width, heads * size, bias=False)
        self.key = Linear(width, key_heads * size, bias=False)
        self.value = Linear(width, key_heads * size, bias=False)
        self.output = Linear(heads * size, width, bias=False)
        self.heads, self.key_heads, self.pattern, self.positions = heads, key_heads, pattern, positions
        if positions["kind"] not in ("rotary", "alibi", "none"):
            raise ValueError(f"expected positions of rotary, alibi or none; came: {positions['kind']}")

    def forward(self, x):
        query = split_heads(self.query(x), self.heads)
        key = split_heads(self.key(x), self.key_heads)
        value = split_heads(self.value(x), self.key_heads)
        if self.positions["kind"] == "rotary":
            query, key = rotate(query, self.positions), rotate(key, self.positions)
        key, value = (part.repeat_interleave(self.heads // self.key_heads, 1) for part in (key, value))
        mask = visible(self.pattern, x.shape[1], x.device)
        return self.output(join_heads(attend(query, key, value, mask, self._bias(x))))

    def _bias(self, x):
        if self.positions["kind"] != "alibi":
            return None
        slopes = torch.tensor(alibi_slopes(self.heads), device=x.device, dtype=x.dtype)
        places = torch.arange(x.shape[1], device=x.device)
        return -slopes[:, None, None] * (places[:, None] - places[None, :]).abs()


class Memory:
    """The compressive memory: what keys bring in, and queries retrieve."""

    def __init__(self):
        self.matrix = self.normaliser = None

    def retrieve(self, features):
        if self.matrix is None:
            return torch.zeros_like(features[..., :1])
        return features @ self.matrix / (features @ self.normaliser).clamp(min=1e-6)

    def sums(self, features):
        if self.matrix is None:
            return 0, 0
        return features @ self.matrix, features @ self.normaliser

    def take(self, features, value):
        matrix, normaliser = features.transpose(-1, -2) @ value, features.sum(2).unsqueeze(-1)
        self.matrix = matrix if self.matrix is None else self.matrix + matrix
        self.normaliser = normaliser if self.normaliser is None else self.normaliser + normaliser


def positive_features(x):
    return F.elu(x) + 1


class LinearAttention(nn.Module):
    """Katharopoulos et al. 2020, equation 8."""

    CHUNK = 64

    def __init__(self, width, heads):
        super().__init__()
        self.query, self.key, self.value, self.output = (Linear(width, width, bias=False) for _ in range(4))
        self.heads = heads

    def forward(self, x):
        query = positive_features(split_heads(self.query(x), self.heads)).split(self.CHUNK, 2)
        key = positive_features(split_heads(self.key(x), self.heads)).split(self.CHUNK, 2)
        value = split_heads(self.value(x), self.heads).split(self.CHUNK, 2)
        memory, outputs = Memory(), []
        for q, k, v in zip(query, key, value):
            scores = (q @ k.transpose(-1, -2)).tril()
            numerator, denominator = memory.sums(q)
            total = (scores.sum(-1, keepdim=True) + denominator).clamp(min=1e-6)
            outputs.append((scores @ v + numerator) / total)
            memory.take(k, v)
        return self.output(join_heads(torch.cat(outputs, 2)))


class InfiniAttention(nn.Module):
    """Munkhdalai et al. 2024, section 2.1."""

    def __init__(self, width, heads, segment_length, delta):
        super().__init__()
        self.query, self.key, self.value, self.output = (Linear(width, width, bias=False) for _ in range(4))
        self.gate = empty(heads, 1)
        self.heads, self.segment_length, self.delta = heads, segment_length, delta

    def forward(self, x):
        parts = [split_heads(layer(x), self.heads) for layer in (self.query, self.key, self.value)]
        share = torch.sigmoid(self.gate)[None, :, :, None]
        memory, outputs = Memory(), []
        for q, k, v in zip(*(part.split(self.segment_length, 2) for part in parts)):
            local = attend(q, k, v, visible({"kind": "causal"}, q.shape[2], x.device))
            outputs.append(share * memory.retrieve(positive_features(q)) + (1 - share) * local)
            features = positive_features(k)
            memory.take(features, v - memory.retrieve(features) if self.delta else v)
        return self.output(join_heads(torch.cat(outputs, 2)))


class TransformerXlAttention(nn.Module):
    """Dai et al. 2019, section 3.3: earlier segments are read without gradient."""

    def __init__(self, width, heads, memory_length, segment_length):
        super().__init__()
        names = ["query", "key", "value", "distance", "output"]
        for name in names:
            setattr(self, name, Linear(width, width, bias=False))
        self.contentBias, self.positionBias = empty(heads, width // heads), empty(heads, width // heads)
        self.width, self.heads = width, heads
        self.memory_length, self.segment_length = memory_length, segment_length

    def forward(self, x):
        memory = x.new_zeros(x.shape[0], self.memory_length, self.width)
        outputs = []
        for segment in x.split(self.segment_length, 1):
            seen = torch.cat([memory, segment], 1)
            outputs.append(self._read(segment, seen))
            memory = seen[:, seen.shape[1] - self.memory_length :].detach()
        return self.output(torch.cat(outputs, 1))

    def _read(self, segment, seen):
        query = split_heads(self.query(segment), self.heads)
        key, value = split_heads(self.key(seen), self.heads), split_heads(self.value(seen), self.heads)
        length, keys = segment.shape[1], seen.shape[1]
        place = torch.arange(keys - length, keys, device=seen.device)[:, None]
        distance = place - torch.arange(keys, device=seen.device)
        vectors = split_heads(self.distance(self._sinusoids(keys, seen))[None], self.heads)
        by_distance = (query + self.positionBias[:, None]) @ vectors.transpose(-1, -2)
        wanted = distance.clamp(min=0).expand(*query.shape[:2], length, keys)
        bias = by_distance.gather(-1, wanted) / math.sqrt(query.shape[-1])
        return join_heads(attend(query + self.contentBias[:, None], key, value, distance >= 0, bias))

    def _sinusoids(self, count, like):
        sines = (self.width + 1) // 2
        pair = torch.arange(self.width, dtype=torch.float64)
        pair = torch.where(pair < sines, pair, pair - sines)
        angles = torch.arange(count, dtype=torch.float64)[:, None] / 10000 ** (2 * pair / self.width)
        return torch.cat([angles[:, :sines].sin(), angles[:, sines:].cos()], 1).to(like.device, like.dtype)


def linear_scan(decay, entered, first):
    """
    h <- decay h + entered along axis 1, by doubling within chunks: all states.

    :param first: the state before, [batch, ...], or None for zeros
    """
    outputs = []
    for a, b in zip(decay.split(64, 1), entered.split(64, 1)):
        if first is not None:
            b = torch.cat([b[:, :1] + a[:, :1] * first.unsqueeze(1), b[:, 1:]], 1)
        shift = 1
        while shift < b.shape[1]:
            b = torch.cat([b[:, :shift], b[:, shift:] + a[:, shift:] * b[:, :-shift]], 1)
            a = torch.cat([a[:, :shift], a[:, shift:] * a[:, :-shift]], 1)
            shift *= 2
        outputs.append(b)
        first = b[:, -1]
    return torch.cat(outputs, 1)


class Mamba(nn.Module):
    """Gu and Dao 2023, figure 3."""

    CHUNK = 64

    def __init__(self, width, inner_width, state_size, kernel_size, step_rank):
        super().__init__()
        self.input = Linear(width, 2 * inner_width, bias=False)
        self.convolution = ShortConvolution(inner_width, kernel_size)
        self.selection = Linear(inner_width, step_rank + 2 * state_size, bias=False)
        self.stepSize = Linear(step_rank, inner_width, bias=False)
        self.stepBias = empty(inner_width)
        self.logDecay = empty(inner_width, state_size)
        self.skip = empty(inner_width)
        self.output = Linear(inner_width, width, bias=False)
        self.sizes = [step_rank, state_size, state_size]

    def forward(self, x):
        signal, gate = self.input(x).chunk(2, -1)
        signal = self.convolution(signal)
        step, into, out_of = self.selection(signal).split(self.sizes, -1)
        step = F.softplus(self.stepSize(step) + self.stepBias)
        matrix = -self.logDecay.exp()
        outputs, state = [], None
        for delta, u, b, c in zip(*(part.split(self.CHUNK, 1) for part in (step, signal, into, out_of))):
            decay = (delta.unsqueeze(-1) * matrix).exp()
            states = linear_scan(decay, (delta * u).unsqueeze(-1) * b.unsqueeze(2), state)
            outputs.append((states * c.unsqueeze(2)).sum(-1))
            state = states[:, -1]
        y = torch.cat(outputs, 1) + signal * self.skip
        return self.output(y * F.silu(gate))


class Mamba2(nn.Module):
    """Dao and Gu 2024, figure 6; the scan is their section 6, chunk by chunk."""

    def __init__(self, width, inner_width, state_size, head_size, groups, kernel_size, chunk_length):
        super().__init__()
        heads, channels = inner_width // head_size, inner_width + 2 * groups * state_size
        self.input = Linear(width, inner_width + channels + heads, bias=False)
        self.convolution = ShortConvolution(channels, kernel_size)
        self.stepBias, self.logDecay, self.skip = empty(heads), empty(heads), empty(heads)
        self.normWeight = empty(inner_width)
        self.output = Linear(inner_width, width, bias=False)
        self.parts = [inner_width, channels, heads]
        self.mixed = [inner_width, groups * state_size, groups * state_size]
        self.heads, self.groups, self.chunk_length = heads, groups, chunk_length

    def forward(self, x):
        gate, mixed, step = self.input(x).split(self.parts, -1)
        signal, into, out_of = self.convolution(mixed).split(self.mixed, -1)
        step = F.softplus(step + self.stepBias)
        signal = split_heads(signal, self.heads)
        into, out_of = (split_heads(part, self.groups) for part in (into, out_of))
        each = self.heads // self.groups
        into, out_of = (part.repeat_interleave(each, 1) for part in (into, out_of))
        log_decay = (step * -self.logDecay.exp()).transpose(1, 2)
        y = self._scan(signal * step.transpose(1, 2).unsqueeze(-1), log_decay, into, out_of)
        passed = join_heads(y + signal * self.skip[:, None, None])
        return self.output(rms_norm(passed * F.silu(gate), 1e-5) * self.normWeight)

    def _scan(self, x, log_decay, into, out_of):
        """[batch, heads, length, ...] of each."""
        state, outputs = None, []
        chunks = (part.split(self.chunk_length, 2) for part in (x, log_decay, into, out_of))
        for u, a, b, c in zip(*chunks):
            elapsed = a.cumsum(-1)
            later = torch.ones(a.shape[-1], a.shape[-1], dtype=torch.bool, device=a.device).triu(1)
            between = (elapsed.unsqueeze(-1) - elapsed.unsqueeze(-2)).masked_fill(later, NOTHING).exp()
            y = (c @ b.transpose(-1, -2) * between) @ u
            added = (u * (elapsed[..., -1:] - elapsed).exp().unsqueeze(-1)).transpose(-1, -2) @ b
            if state is not None:
                y = y + c @ state.transpose(-1, -2) * elapsed.exp().unsqueeze(-1)
                added = added + state * elapsed[..., -1, None, None].exp()
            state = added
            outputs.append(y)
        return torch.cat(outputs, 2)


class S4d(nn.Module):
    """Gu et al. 2022, sections 3 and 4.1: a convolution with the impulse response."""

    def __init__(self, width, state_size):
        super().__init__()
        self.logStep = empty(width)
        self.logDecay = empty(width, state_size // 2)
        self.frequency = empty(width, state_size // 2)
        self.outputMatrix = empty(width, state_size // 2, 2)
        self.skip = empty(width)
        self.output = Linear(width, 2 * width)

    def forward(self, x):
        length = x.shape[1]
        transformed = torch.fft.rfft(x.transpose(1, 2).float(), n=2 * length)
        response = torch.fft.rfft(self._response(length), n=2 * length)
        y = torch.fft.irfft(transformed * response, n=2 * length)[..., :length].transpose(1, 2).to(x.dtype)
        values, gates = self.output(F.gelu(y + x * self.skip)).chunk(2, -1)
        return values * torch.sigmoid(gates)

    def _response(self, length):
        """2 Re sum C (exp(step A) - 1) / A exp(step A l): [width, length]."""
        matrix = torch.complex(-self.logDecay.float().exp(), self.frequency.float())
        step = matrix * self.logStep.float().exp()[:, None]
        read = torch.view_as_complex(self.outputMatrix.float().contiguous()) * (step.exp() - 1) / matrix
        powers = (step.unsqueeze(-1) * torch.arange(length, device=step.device)).exp()
        return 2 * (read.unsqueeze(-1) * powers).sum(1).real


class Lstm(nn.Module):
    """By PyTorch's own kernel: the gates have its order, i, f, g, o."""

    def __init__(self, width, hidden_width):
        super().__init__()
        self.input = Linear(width, 4 * hidden_width)
        self.recurrence = Linear(hidden_width, 4 * hidden_width, bias=False)
        self.output = Linear(hidden_width, width)

    def forward(self, x):
        first = x.new_zeros(1, x.shape[0], self.recurrence.weight.shape[0])
        weights = recurrent_weights(self.input, self.recurrence)
        states, _, _ = torch._VF.lstm(x, (first, first), weights, True, 1, 0.0, self.training, False, True)
        return self.output(states)


class Gru(nn.Module):
    """By PyTorch's own kernel: the gates have its order, r, z, n."""

    def __init__(self, width, hidden_width):
        super().__init__()
        self.input = Linear(width, 3 * hidden_width)
        self.recurrence = Linear(hidden_width, 3 * hidden_width)
        self.output = Linear(hidden_width, width)

    def forward(self, x):
        first = x.new_zeros(1, x.shape[0], self.recurrence.weight.shape[0])
        weights = recurrent_weights(self.input, self.recurrence)
        states, _ = torch._VF.gru(x, first, weights, True, 1, 0.0, self.training, False, True)
        return self.output(states)


def recurrent_weights(input, recurrence):
    bias = torch.zeros_like(input.bias) if recurrence.bias is None else recurrence.bias
    return [input.weight.t().contiguous(), recurrence.weight.t().contiguous(), input.bias, bias]


class MinGru(nn.Module):
    """Feng et al. 2024, section 3.1."""

    def __init__(self, width, hidden_width):
        super().__init__()
        self.input = Linear(width, 2 * hidden_width)
        self.output = Linear(hidden_width, width)

    def forward(self, x):
        gate, candidate = self.input(x).chunk(2, -1)
        enter = torch.sigmoid(gate)
        return self.output(linear_scan(1 - enter, enter * candidate, None))


# Blocks


class MixerBlock(nn.Module):
    """x <- x + mixer(norm(x))."""

    def __init__(self, width, mixer):
        super().__init__()
        self.norm, self.mixer = RmsNorm(width, 1e-5), mixer

    def forward(self, x):
        return x + self.mixer(self.norm(x))


class PreNormBlock(nn.Module):
    """x <- x + mixer(norm(x)), then x <- x + feedForward(norm(x))."""

    def __init__(self, width, mixer, hiddenWidth=None, activation="silu", dropout=0):
        super().__init__()
        hidden_width = hiddenWidth or math.floor(8 * width / 3 + 0.5)
        self.mixerNorm, self.mixer = RmsNorm(width), mixer
        self.feedForwardNorm = RmsNorm(width)
        self.feedForward = GatedFeedForward(width, hidden_width, activation, dropout)
        self.dropout = dropout

    def forward(self, x):
        x = x + F.dropout(self.mixer(self.mixerNorm(x)), self.dropout, self.training)
        return x + self.feedForward(self.feedForwardNorm(x))


def attention_block(width, heads=None, keyHeads=None, pattern=None, positions=None, **around):
    heads = heads or heads_of(width)
    mixer = Attention(width, heads, keyHeads or heads, pattern or {"kind": "causal"}, positions or {"kind": "rotary"})
    return PreNormBlock(width, mixer, **around)


def linear_attention_block(width, heads=None, **around):
    return PreNormBlock(width, LinearAttention(width, heads or heads_of(width)), **around)


def infini_attention_block(width, heads=None, segmentLength=256, delta=True, **around):
    return PreNormBlock(width, InfiniAttention(width, heads or heads_of(width), segmentLength, delta), **around)


def transformer_xl_block(width, heads=None, memoryLength=256, segmentLength=None, **around):
    length = memoryLength if segmentLength is None else segmentLength
    return PreNormBlock(width, TransformerXlAttention(width, heads or heads_of(width), memoryLength, length), **around)


def mamba_block(width, innerWidth=None, stateSize=16, kernelSize=4, stepRank=None):
    mixer = Mamba(width, innerWidth or 2 * width, stateSize, kernelSize, stepRank or -(-width // 16))
    return MixerBlock(width, mixer)


def mamba2_block(width, innerWidth=None, stateSize=128, headSize=64, groups=1, kernelSize=4, chunkLength=64):
    return MixerBlock(width, Mamba2(width, innerWidth or 2 * width, stateSize, headSize, groups, kernelSize, chunkLength))


def s4d_block(width, stateSize=64):
    return MixerBlock(width, S4d(width, stateSize))


def recurrent_block(mixer):
    return lambda width, hiddenWidth=None: MixerBlock(width, mixer(width, hiddenWidth or width))


def heads_of(width):
    return max(1, width // 64)


# A block of another kind: add a function of (width, **options) here that returns a module [batch, length, width] -> the same.
BLOCKS = {
    "attention": attention_block,
    "linear-attention": linear_attention_block,
    "infini-attention": infini_attention_block,
    "transformer-xl-attention": transformer_xl_block,
    "mamba": mamba_block,
    "mamba2": mamba2_block,
    "s4d": s4d_block,
    "lstm": recurrent_block(Lstm),
    "gru": recurrent_block(Gru),
    "min-gru": recurrent_block(MinGru),
}


def block_of(width, index, kind, options):
    if kind not in BLOCKS:
        raise ValueError(f"block {index}: expected a kind of {', '.join(BLOCKS)}; came: {kind}. Add it to BLOCKS")
    try:
        return BLOCKS[kind](width, **{name: value for name, value in options.items() if value is not None})
    except TypeError as error:
        raise ValueError(f"block {index}, {kind}: {error}") from error


# The model


class Embedding(nn.Module):
    def __init__(self, vocabulary_size, width, learned_positions):
        super().__init__()
        self.tokens = Table(vocabulary_size, width)
        if learned_positions:
            self.positions = Table(learned_positions, width)

    def forward(self, ids):
        x = self.tokens(ids)
        if not hasattr(self, "positions"):
            return x
        most = self.positions.weight.shape[0]
        if ids.shape[1] > most:
            raise ValueError(f"expected at most {most} tokens; came: {ids.shape[1]}")
        return x + self.positions.weight[: ids.shape[1]]


class Stack:
    """What both classes below are made of."""

    def build(self, vocabularySize, width, blocks, tied=True, learnedPositions=None, **_):
        self.embedding = Embedding(vocabularySize, width, learnedPositions)
        self.blocks = nn.ModuleList(
            block_of(width, index, part["kind"], part.get("options", {})) for index, part in enumerate(blocks)
        )
        self.norm = RmsNorm(width)
        if not tied:
            self.head = Linear(width, vocabularySize, bias=False)

    def logits(self, ids, attention_mask=None):
        """ids int64 [batch, length] -> float [batch, length, vocabularySize]."""
        if attention_mask is not None:
            self.expect_mask(attention_mask)
        x = self.embedding(ids)
        for block in self.blocks:
            x = block(x)
        x = self.norm(x)
        return self.head(x) if hasattr(self, "head") else x @ self.embedding.tokens.weight.t()

    @staticmethod
    def expect_mask(mask):
        """Padding after a sequence changes nothing before it."""
        if bool((mask[:, 1:] > mask[:, :-1]).any()):
            raise ValueError("expected padding at the end of sequences; came: padding before tokens")


class SequiturModel(nn.Module, Stack):
    """The model on plain PyTorch: ids int64 [batch, length] -> logits [batch, length, vocabularySize]."""

    def __init__(self, config):
        super().__init__()
        self.config = dict(config)
        self.folder = None
        self.build(**config)

    def forward(self, ids, attention_mask=None):
        return self.logits(ids, attention_mask)

    @classmethod
    def from_folder(cls, folder):
        with open(os.path.join(folder, "config.json"), encoding="utf-8") as file:
            model = cls(json.load(file))
        model.load_state_dict(read_weights(folder))
        model.folder = folder
        return model

    def save(self, folder, state=None):
        """Saves a folder that `LanguageModel.fromPretrained` opens. `state`: where FSDP has gathered it."""
        os.makedirs(folder, exist_ok=True)
        if self.folder and os.path.realpath(self.folder) != os.path.realpath(folder):
            for name in os.listdir(self.folder):
                if not name.startswith("model") and os.path.isfile(os.path.join(self.folder, name)):
                    shutil.copyfile(os.path.join(self.folder, name), os.path.join(folder, name))
        with open(os.path.join(folder, "config.json"), "w", encoding="utf-8") as file:
            json.dump({**self.config, "torch_dtype": "float32"}, file, indent=2)
        shutil.copyfile(os.path.abspath(__file__), os.path.join(folder, "modeling_sequitur.py"))
        write_safetensors(os.path.join(folder, "model.safetensors"), state or self.state_dict())


def next_token_loss(logits, ids):
    """The mean loss of each next token in nats; ids of -100 are not counted."""
    return F.cross_entropy(logits[:, :-1].flatten(0, 1).float(), ids[:, 1:].flatten(), ignore_index=-100)


# Files


DTYPES = {"F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16, "F64": torch.float64}


def read_weights(folder):
    """The tensors of model.safetensors, or of the files that its index lists, as float32."""
    index = os.path.join(folder, "model.safetensors.index.json")
    names = ["model.safetensors"]
    if os.path.exists(index):
        with open(index, encoding="utf-8") as file:
            names = sorted(set(json.load(file)["weight_map"].values()))
    tensors = {}
    for name in names:
        tensors.update(read_safetensors(os.path.join(folder, name)))
    return {name: tensor.float() for name, tensor in tensors.items()}


def read_safetensors(path):
    with open(path, "rb") as file:
        (size,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(size))
        header.pop("__metadata__", None)
        data = bytearray(file.read())
    tensors = {}
    for name, entry in header.items():
        if entry["dtype"] not in DTYPES:
            raise ValueError(f"{path}, {name}: expected a dtype of {', '.join(DTYPES)}; came: {entry['dtype']}")
        first, last = entry["data_offsets"]
        dtype = DTYPES[entry["dtype"]]
        flat = torch.frombuffer(data[first:last], dtype=dtype) if last > first else torch.empty(0, dtype=dtype)
        tensors[name] = flat.reshape(entry["shape"])
    return tensors


def write_safetensors(path, tensors):
    header, at, parts = {"__metadata__": {"format": "pt"}}, 0, []
    for name, tensor in tensors.items():
        part = tensor.detach().to("cpu", torch.float32).contiguous()
        size = 4 * part.numel()
        header[name] = {"dtype": "F32", "shape": list(part.shape), "data_offsets": [at, at + size]}
        parts.append(part)
        at += size
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path + ".part", "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for part in parts:
            file.write(part.numpy().tobytes())
    os.replace(path + ".part", path)


# For transformers: AutoModelForCausalLM.from_pretrained(folder, trust_remote_code=True)

try:
    from transformers import PretrainedConfig, PreTrainedModel
    from transformers.modeling_outputs import CausalLMOutput
except ImportError:
    pass
else:

    class SequiturConfig(PretrainedConfig):
        model_type = "sequitur-language-model"

        def __init__(self, tied=True, **fields):
            super().__init__(tie_word_embeddings=False, **fields)
            self.tied = tied

    class SequiturForCausalLM(PreTrainedModel, Stack):
        config_class = SequiturConfig
        supports_gradient_checkpointing = False

        def __init__(self, config):
            super().__init__(config)
            names = ("vocabularySize", "width", "blocks", "tied", "learnedPositions")
            self.build(**{name: getattr(config, name) for name in names if getattr(config, name, None) is not None})
            self.post_init()

        def _init_weights(self, module):
            """Values come from the folder."""

        def forward(self, input_ids, attention_mask=None, labels=None, **_):
            logits = self.logits(input_ids, attention_mask)
            loss = None if labels is None else next_token_loss(logits, labels)
            return CausalLMOutput(loss=loss, logits=logits)
