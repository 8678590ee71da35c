import torch


def box_iou(boxes1, boxes2):
    """Pairwise intersection over union."""
    area = lambda boxes: (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    lower = torch.max(boxes1[:, None, :2], boxes2[:, :2])
    upper = torch.min(boxes1[:, None, 2:], boxes2[:, 2:])
    inters = (upper - lower).clamp(min=0)
    inter_areas = inters[:, :, 0] * inters[:, :, 1]
    return inter_areas / (area(boxes1)[:, None] + area(boxes2) - inter_areas)


def nms(boxes, scores, threshold):
    B = torch.argsort(scores, dim=-1, descending=True)
    keep = []
    while B.numel() > 0:
        i = B[0]
        keep.append(i)
        if B.numel() == 1:
            break
        iou = box_iou(boxes[i, :].reshape(-1, 4), boxes[B[1:], :].reshape(-1, 4)).reshape(-1)
        inds = torch.nonzero(iou <= threshold).reshape(-1)
        B = B[inds + 1]
    return torch.tensor(keep)


boxes = torch.tensor([[0.1, 0.08, 0.52, 0.92], [0.08, 0.2, 0.56, 0.95], [0.55, 0.2, 0.9, 0.88]])
print(box_iou(boxes, boxes).round(decimals=3), nms(boxes, torch.tensor([0.9, 0.8, 0.7]), 0.5))
