"""A model of torch that takes about a millisecond on one thread: what a front end adds to it shows."""

import torch


class Mlp:
    def initialize(self, context):
        torch.manual_seed(0)
        layers = [torch.nn.Linear(1024, 1024) for _ in range(2)]
        self.model = torch.nn.Sequential(*layers, torch.nn.Linear(1024, 3)).eval()

    @torch.inference_mode()
    def handle(self, data, context):
        inputs = torch.tensor([len(row.get("body") or b"") for row in data], dtype=torch.float32)
        return self.model(inputs[:, None].expand(-1, 1024)).tolist()
