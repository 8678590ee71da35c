import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence

torch.manual_seed(0)
sequences = [torch.ones(3, 2), torch.ones(1, 2), torch.ones(2, 2)]
lengths = torch.tensor([len(s) for s in sequences])
padded = pad_sequence(sequences, batch_first=True)
packed = pack_padded_sequence(padded, lengths, batch_first=True, enforce_sorted=False)
out, h = nn.GRU(2, 3, batch_first=True)(packed)
out, out_lengths = pad_packed_sequence(out, batch_first=True)
print(padded.shape, packed.data.shape, packed.batch_sizes, out.shape, out_lengths)
out[1]
