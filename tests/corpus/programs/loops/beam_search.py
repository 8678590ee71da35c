import torch

torch.manual_seed(0)
table = torch.randn(4, 4).log_softmax(-1)


def beam_search(start, steps, width):
    beams = [([start], 0.0)]
    for _ in range(steps):
        candidates = []
        for tokens, score in beams:
            values, indices = table[tokens[-1]].topk(width)
            for v, i in zip(values.tolist(), indices.tolist()):
                candidates.append((tokens + [i], score + v))
        beams = sorted(candidates, key=lambda c: -c[1])[:width]
    return beams


for tokens, score in beam_search(0, 3, 2):
    print(tokens, f"{score:.3f}")
