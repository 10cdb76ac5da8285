"""Writes the models of the interop suite into the current folder: weights are random, from a fixed seed."""

import torch
from torchvision.models.squeezenet import SqueezeNet

DEFINITION = '''from torchvision.models.squeezenet import SqueezeNet


class ImageClassifier(SqueezeNet):
    def __init__(self):
        super().__init__(version="1_1")
'''

torch.manual_seed(0)
torch.jit.script(torch.nn.Linear(4, 3)).save("linear.pt")
model = SqueezeNet(version="1_1").eval()
torch.save(model.state_dict(), "model_weights.pth")
torch.jit.trace(model, torch.zeros(1, 3, 224, 224)).save("squeezenet.pt")
with open("model_definition.py", "w") as file:
    file.write(DEFINITION)
