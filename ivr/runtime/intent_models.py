"""The intent model of each bundle, learnt once: kept in a folder, and with a published bundle in the database, from where
the other servers take it. Called by the services and by `ivr publish`."""

from __future__ import annotations

from pathlib import Path

from ivr.config import Settings
from ivr.flow.model import Bundle
from ivr.nlu.encoder import Encoder
from ivr.ops import logs
from ivr.runtime.bundles import IntentModel
from ivr.store.models import BundleModels

log = logs.get("intents")


class IntentModels:
    def __init__(self, settings: Settings, store: BundleModels, folder: Path | None = None, *, may_learn: bool = True):
        """`may_learn` False: where learning by meaning would take a minute, the model of words alone is used."""
        self._settings, self._store, self._may_learn = settings, store, may_learn
        self._folder = folder or settings.var_dir / "intents"
        self._models: dict[str, IntentModel] = {}

    def of(self, bundle: Bundle) -> IntentModel:
        from ivr.nlu.train import is_kept, model_for

        model = self._models.get(bundle.hash)
        if model is None:
            encoder = self._encoder()
            if encoder and not is_kept(bundle, self._folder, encoder):
                self._take_published(bundle)
                if not self._may_learn and not is_kept(bundle, self._folder, encoder):
                    encoder = None  # vectors of all phrases take a minute, for which whoever types a call does not wait
            log.info("learning intents, or taking them from where they were kept", bundle=bundle.id, by="meaning" if encoder else "words")
            model = self._models[bundle.hash] = model_for(bundle, self._folder, encoder, publish=self._settings.is_production)
        return model

    def publish(self, bundle: Bundle) -> None:
        """Learn as for a publish, and keep the result for every server."""
        from ivr.nlu.train import kept_files, model_for

        encoder = self._encoder()
        self._models[bundle.hash] = model_for(bundle, self._folder, encoder, publish=True)
        self._store.keep(bundle.hash, kept_files(bundle, self._folder, encoder))

    def _take_published(self, bundle: Bundle) -> None:
        for name, data in self._store.files(bundle.hash).items():
            path = self._folder / Path(name).name
            if not path.exists():
                self._folder.mkdir(parents=True, exist_ok=True)
                part = path.with_suffix(f"{path.suffix}.part")
                part.write_bytes(data)
                part.replace(path)

    def _encoder(self) -> Encoder | None:
        from ivr.nlu.encoder import encoder_in

        return encoder_in(self._settings.models_path) if self._settings.intents == "auto" else None
