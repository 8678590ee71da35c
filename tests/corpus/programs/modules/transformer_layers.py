import torch
from torch import nn

torch.manual_seed(0)
layer = nn.TransformerEncoderLayer(d_model=8, nhead=2, dim_feedforward=16, dropout=0.0, batch_first=True)
encoder = nn.TransformerEncoder(layer, num_layers=2, enable_nested_tensor=False)
x = torch.randn(2, 5, 8)
mask = nn.Transformer.generate_square_subsequent_mask(5)
print(encoder(x).shape, encoder(x, mask=mask).shape, mask[0])
decoder = nn.TransformerDecoderLayer(8, 2, 16, batch_first=True)
print(decoder(x, x).shape)
