"""Draws images of random sizes and forms into a folder, and says what torchvision makes of them: FOLDER SEED COUNT.

Prints one line of JSON an image: its file, the `preprocess` part of a model-config.yaml, and shape and SHA-256 of the tensor."""

import hashlib
import json
import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageFile
from torchvision import transforms

IMAGENET = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
#: Pillow writes a progressive JPEG in one piece of at most this size; noise does not shrink.
ImageFile.MAXBLOCK = 2**24
#: Pixels of a resized image, before the crop: torchvision makes all of them, and a line of one pixel becomes a band.
MOST_PIXELS = 12_000_000


def side(random):
    """Small ones and extreme shapes as often as usual ones."""
    return int(random.choice([random.integers(1, 8), random.integers(1, 64), random.integers(1, 601)]))


def draw(random, width, height, mode):
    """Noise, hard edges or waves: rounding shows in each of them in another way."""
    channels = {"L": 1, "RGB": 3, "RGBA": 4}[mode]
    kind = random.integers(3)
    if kind == 0:
        pixels = random.integers(0, 256, (height, width, channels))
    elif kind == 1:
        pixels = random.integers(0, 2, (height, width, channels)) * 255
    else:
        y, x = np.mgrid[0:height, 0:width]
        pixels = np.stack([127.5 + 127.5 * np.sin(x / (3 + c) + y / (7 - c)) for c in range(channels)], 2)
    pixels = pixels.astype(np.uint8)
    return Image.fromarray(pixels[:, :, 0] if channels == 1 else pixels, mode)


def choose(random, width, height):
    """A way to preprocess, as model-config.yaml says it and as torchvision does it."""
    if random.integers(3) == 0:
        size = [side(random), side(random)]
        return {"size": size}, [transforms.Resize(size)]
    resize = int(random.choice([256, 224, 232, side(random)]))
    while max(width, height) / min(width, height) * resize**2 > MOST_PIXELS:
        resize = max(1, resize // 2)
    crop = random.choice([224, side(random)]) if random.integers(2) else [side(random), side(random)]
    crop = crop if isinstance(crop, list) else int(crop)
    return {"resize": resize, "crop": crop}, [transforms.Resize(resize), transforms.CenterCrop(crop)]


def make(random, folder, index):
    width, height = side(random), side(random)
    image = draw(random, width, height, str(random.choice(["RGB", "RGB", "RGBA", "L"])))
    path = folder / f"{index}.{random.choice(['png', 'jpg'])}"
    if path.suffix == ".jpg":
        form = {"quality": int(random.integers(30, 100)), "subsampling": int(random.integers(3)), "progressive": bool(random.integers(2))}
        image.convert("L" if image.mode == "L" else "RGB").save(path, **form)
    else:
        image.save(path, compress_level=1)
    options, steps = choose(random, width, height)
    gray = random.integers(4) == 0
    mean, std = ([0.1307], [0.3081]) if gray else IMAGENET
    steps = [*steps, transforms.ToTensor(), transforms.Normalize(mean, std)]
    tensor = transforms.Compose(steps)(Image.open(path).convert("L" if gray else "RGB"))
    options = {**options, "mode": "L" if gray else "RGB", "mean": mean, "std": std}
    digest = hashlib.sha256(tensor.contiguous().numpy().tobytes()).hexdigest()
    return {"file": path.name, "size": [width, height], "preprocess": options, "shape": list(tensor.shape), "sha256": digest}


if __name__ == "__main__":
    folder, seed, count = sys.argv[1:]
    random = np.random.default_rng(int(seed))
    for index in range(int(count)):
        print(json.dumps(make(random, Path(folder), index)))
