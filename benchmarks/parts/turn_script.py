"""What the callers of the turn benchmark say, call by call; and where in a recording the voice ends. Pure."""

from __future__ import annotations

import numpy as np

Call = tuple[str, tuple[str, ...]]
"""Language (a Spanish caller presses 2 first), sentences."""

CALLS: tuple[Call, ...] = (
    ("en", ("I never got my green card", "yes please", "no")),
    ("es", ("quiero cambiar mi dirección", "no", "sí, por favor", "no")),
    ("en", ("when is your office open", "yes", "I want to check the status of my case", "yes", "no")),
    ("es", ("nunca recibí mi tarjeta verde", "sí", "no gracias")),
    ("en", ("I need to change my address", "no", "yes please", "no thank you")),
    ("es", ("quiero hablar con una persona", "otra cosa", "cuál es el estado de mi caso", "sí", "no")),
    ("en", ("can I talk to a person please", "something else", "my card never came in the mail", "yes", "no")),
    ("es", ("a qué hora abre la oficina", "no")),
    ("en", ("I need to reschedule my interview", "no", "yes", "no")),
)
QUICK_CALLS = 3
LOUD = 0.05
"""Share of the loudest 10 ms below which a stretch is no voice any more (the rule of benchmarks/recognition.py)."""


def voice_ends_ms(samples: np.ndarray) -> int:
    """Where the last voiced 10 ms of the recording (8 kHz) end."""
    rms = np.sqrt(np.mean(samples[:samples.size // 80 * 80].reshape(-1, 80) ** 2, axis=1))
    return 10 * (int(np.flatnonzero(rms > LOUD * rms.max())[-1]) + 1)
