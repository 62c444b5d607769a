from tests.live.conftest import audio_cache, new_server, speak, whisper_models_dir

__all__ = ["audio_cache", "new_server", "speak", "whisper_models_dir"]
