import torch
import torch.nn.functional as F
from torch import nn

logits = torch.tensor([[2.0, 0.5, -1.0], [0.1, 0.2, 0.3]])
target = torch.tensor([0, 2])
ce = nn.CrossEntropyLoss()
print(ce(logits, target), F.nll_loss(F.log_softmax(logits, dim=1), target), -logits.log_softmax(1)[range(2), target].mean())
print(nn.CrossEntropyLoss(reduction="none")(logits, target), F.cross_entropy(logits, target, weight=torch.tensor([1.0, 2.0, 3.0]), label_smoothing=0.1))
p, t = torch.tensor([0.2, 0.9]), torch.tensor([0.0, 1.0])
print(nn.MSELoss()(p, t), nn.L1Loss()(p, t), nn.BCELoss()(p, t), F.binary_cross_entropy_with_logits(p, t), nn.HuberLoss()(p, t), nn.SmoothL1Loss()(p, t))
print(F.kl_div(p.log(), t, reduction="sum"), nn.BCEWithLogitsLoss(pos_weight=torch.tensor(2.0))(p, t), F.mse_loss(p, t, reduction="sum"))
print(nn.CosineEmbeddingLoss()(logits, logits, torch.ones(2)), nn.TripletMarginLoss()(logits, logits + 1, logits - 1), nn.HingeEmbeddingLoss()(p, torch.tensor([1.0, -1.0])))
