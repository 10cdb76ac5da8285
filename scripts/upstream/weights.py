"""Weights of torchvision's models for archives of upstream's list, from a fixed seed: weights.py FILE MODEL, for instance
densenet161-8d451a50.pth densenet161. The real ones cannot be fetched here; what is asked of them beyond loading fails with both servers."""

import sys

import torch
import torchvision

torch.manual_seed(0)
file, model = sys.argv[1:]
torch.save(getattr(torchvision.models, model)().state_dict(), file)
