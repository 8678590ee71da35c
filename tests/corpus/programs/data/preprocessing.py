import torch

rows = [["3", "NA", "127500"], ["NA", "2", "106000"], ["4", "1", "178100"], ["2", "NA", "140000"]]
values = [[float(v) if v != "NA" else float("nan") for v in row] for row in rows]
X = torch.tensor(values)
mean = X.nanmean(dim=0)
filled = torch.where(X.isnan(), mean, X)
print(filled, X.isnan().sum(0))
inputs, targets = filled[:, :-1], filled[:, -1:]
standardised = (inputs - inputs.mean(0)) / inputs.std(0)
print(standardised.mean(0).abs() < 1e-6, standardised.std(0))
scaled = (targets - targets.min()) / (targets.max() - targets.min())
scaled.squeeze()
