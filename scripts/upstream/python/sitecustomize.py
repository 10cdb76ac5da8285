"""For torchrun of torch before 2.0 on Python 3.11, where the default of its redirects is None: a flag of value 0 is no member there."""

import sys

if any("torchrun" in word or word == "torch.distributed.run" for word in sys.orig_argv[:3]):
    from torch.distributed.elastic.multiprocessing import Std

    read = Std.from_str.__func__
    Std.from_str = classmethod(lambda kind, text: Std.NONE if text == "0" else read(kind, text))
