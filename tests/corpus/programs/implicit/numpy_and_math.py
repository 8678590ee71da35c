a = np.arange(4.0)
print(torch.from_numpy(a), np.sqrt(a), math.sqrt(2), math.pi)
torch.tensor(np.eye(2))
