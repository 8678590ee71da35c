import torch

docs = [("good great fun", 1), ("boring bad", 0), ("great film", 1), ("bad bad plot", 0)]
vocab = {w: i for i, w in enumerate(sorted({w for d, _ in docs for w in d.split()}))}
counts = torch.ones(2, len(vocab))
prior = torch.zeros(2)
for text, label in docs:
    prior[label] += 1
    for w in text.split():
        counts[label, vocab[w]] += 1
log_p = (counts / counts.sum(1, keepdim=True)).log()
log_prior = (prior / prior.sum()).log()


def classify(text):
    scores = log_prior.clone()
    for w in text.split():
        if w in vocab:
            scores += log_p[:, vocab[w]]
    return scores.softmax(0)


print(classify("great fun"), classify("bad film unknown").argmax())
