import torch

major = int(torch.__version__.split(".")[0])
print(major >= 2, torch.__version__.startswith("2"), type(torch.__version__).__name__)
print(torch.ones(1).__class__.__name__, torch.nn.Linear.__name__, (lambda: 0).__name__, torch.relu.__name__)
