from tests.live.conftest import new_server, speak, whisper_models_dir

__all__ = ["new_server", "speak", "whisper_models_dir"]
