import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class HyperParameters:
    def save(self, **kwargs):
        for key, value in kwargs.items():
            setattr(self, key, value)


class Trainer(HyperParameters):
    def __init__(self, max_epochs, verbose=True):
        self.save(max_epochs=max_epochs, verbose=verbose)
        self.log = []

    def fit(self, model, loader):
        self.optim = model.configure_optimizers()
        for self.epoch in range(self.max_epochs):
            self.fit_epoch(model, loader)
        return self

    def fit_epoch(self, model, loader):
        model.train()
        for batch in loader:
            loss = model.training_step(batch)
            self.optim.zero_grad()
            loss.backward()
            self.optim.step()
        self.log.append(loss.item())
        if self.verbose:
            print(f"epoch {self.epoch}: {self.log[-1]:.4f}")


class Model(nn.Module):
    def __init__(self, lr):
        super().__init__()
        self.lr = lr
        self.net = nn.Linear(2, 1)

    def forward(self, X):
        return self.net(X)

    def training_step(self, batch):
        return ((self(*batch[:-1]) - batch[-1]) ** 2).mean()

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), self.lr)


torch.manual_seed(0)
X = torch.randn(32, 2)
y = X @ torch.tensor([[1.0], [-2.0]])
trainer = Trainer(max_epochs=3).fit(Model(lr=0.1), DataLoader(TensorDataset(X, y), batch_size=8))
print(len(trainer.log), trainer.log[0] > trainer.log[-1])
