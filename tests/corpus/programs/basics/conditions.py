import torch

scores = torch.tensor([0.2, 0.9, 0.5])
for score in scores:
    if score > 0.8:
        print("high", score.item() > 0)
    elif 0.4 <= score < 0.8:
        print("middle")
    else:
        print("low")

label = "positive" if scores.sum() > 0 else "negative"
print(label)
n = 7
print(n % 2 == 1 and n != 5 or not n, n // 2, -n // 2, n % -3)
print(1 < 2 < 3 != 4, n in (1, 7), n not in [7], n is not None)
