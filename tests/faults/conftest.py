from tests.live.conftest import audio_cache, new_server, speak

__all__ = ["audio_cache", "new_server", "speak"]
