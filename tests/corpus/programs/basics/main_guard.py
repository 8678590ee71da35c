import torch


def main():
    torch.manual_seed(1)
    x = torch.rand(3)
    print("mean in range:", 0 <= x.mean().item() <= 1)
    return x


if __name__ == "__main__":
    result = main()
    print(result)
    print(__name__)
