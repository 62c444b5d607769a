"""Every setting: name, type, unit, default, meaning. The only reader of the environment.

`docs/reference/settings.md` is generated from this file and checked by a test; `ivr doctor` prints each value with its
source. A value may also come from a file named by `<NAME>_FILE`, so that secrets need not be in the environment.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from ivr.errors import ConfigProblem

PREFIX = "IVR_"


class Settings(BaseSettings):
    """Settings of one process, read once at start."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", env_ignore_empty=True, frozen=True)

    env: Literal["development", "production"] = Field(
        "development", description="production refuses everything that only makes sense while trying things out.")
    host: str = Field("127.0.0.1", description="Address to listen on. Loopback by default: put a TLS proxy in front.")
    port: int = Field(8080, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    public_url: str = Field(
        "", description="The URL under which Twilio reaches this server, such as https://ivr.example.org. Signatures are "
        "checked against it, never against what a request says of itself. Default: http://HOST:PORT.")
    proxy_hops: int = Field(0, ge=0, le=5, description="Proxies of yours in front of the server that add to X-Forwarded-For: who tries "
                            "links or signs in, chats and media sockets are told apart by the address that the outermost of them saw. "
                            "0 believes no header, and behind a proxy everybody is one address.")
    bundle: Path = Field(Path("flows/uscis"), description="Folder of the bundle to serve.")
    follow: Literal["auto", "published", "folder"] = Field(
        "auto", description="What new calls begin with: published follows `ivr publish`, folder every edit in IVR_BUNDLE that loads "
        "and is proven; auto is published in production, folder elsewhere.")
    var_dir: Path = Field(Path("var"), description="Folder for the database, rendered prompts and trained intent models.")
    models_dir: Path | None = Field(None, description="Folder of the speech models. Default: VAR_DIR/models.")
    database_url: str = Field(
        "", description="SQL database: sqlite:///FILE for one machine, postgresql://USER:PASSWORD@HOST:PORT/NAME for one or many. "
        "Default: ivr.db in VAR_DIR.")
    redis_url: str = Field(
        "", description="Redis, redis://HOST:PORT/NUMBER, for copies of live sessions, stream tokens, counters, locks and presence. "
        "Empty: the database does all of it.")
    data_keys: SecretStr | None = Field(
        None, description="Keys that personal data is sealed with in the database, separated by spaces, the one in force first. "
        "Required in production; elsewhere one is made and kept in VAR_DIR/data.key.")
    index_key: SecretStr | None = Field(
        None, description="Key of the hashes that sealed numbers and addresses are found by. Empty takes the last of IVR_DATA_KEYS; "
        "set it to that one before removing it, because hashes cannot be made anew.")
    keep_calls_days: int = Field(90, ge=1, description="Days that calls, their events and what was said are kept.")
    keep_answers_days: int = Field(7, ge=1, description="Days that answers to webhooks are kept, by which a repetition is recognised.")
    keep_promises_days: int = Field(400, ge=1, description="Days that a promise is kept after it is over.")
    keep_consent_days: int = Field(1830, ge=1, description="Days that consent is kept; the last word on each address stays.")
    keep_bundles_days: int = Field(365, ge=1, description="Days that a bundle is kept which nothing uses any more.")
    keep_proof_days: int = Field(2560, ge=1, description="Days that the record of deletions is kept.")
    twilio_account_sid: str = Field("", description="Twilio account.")
    twilio_auth_token: SecretStr | None = Field(None, description="Primary auth token: signs and checks webhooks.")
    twilio_auth_token_next: SecretStr | None = Field(None, description="Second token that is accepted during rotation.")
    twilio_from: str = Field("", description="Number that texts are sent from, E.164.")
    twilio_api_base: str = Field("https://api.twilio.com", description="Base URL of Twilio's REST API.")
    smtp_url: SecretStr | None = Field(
        None, description="Mail server, smtp://user:password@host:587 or smtps://. Empty: no email is offered.")
    mail_from: str = Field("no-reply@localhost", description="Sender address of emails.")
    twilio_shared_keys: SecretStr | None = Field(
        None, description="Shared webhook keys that Twilio signs with beside the auth token, as KEY=SECRET pairs separated by "
        "spaces; two during a rotation.")
    texts_number_hour: int = Field(6, ge=0, description="Most texts to one number in an hour.")
    texts_number_day: int = Field(15, ge=0, description="Most texts to one number in a day.")
    texts_block_hour: int = Field(10, ge=0, description="Most texts to a block of 1,000 adjacent numbers in an hour: stops those who "
                                  "pump texts through numbers they earn on.")
    texts_block_day: int = Field(20, ge=0, description="Most texts to a block of 1,000 adjacent numbers in a day.")
    texts_minute: int = Field(300, ge=0, description="Most texts in a minute to everybody: above it they are refused, with an alarm.")
    texts_hour: int = Field(3000, ge=0, description="Most texts in an hour to everybody: above it they are refused, with an alarm.")
    emails_address_day: int = Field(15, ge=0, description="Most emails to one address in a day.")
    callbacks_number_day: int = Field(4, ge=0, description="Most callbacks and service requests for one number in a day.")
    callbacks_block_day: int = Field(20, ge=0, description="Most callbacks for a block of 1,000 adjacent numbers in a day.")
    callback_changes_day: int = Field(5, ge=0, description="Most changes of number or time of day to one promised call in a day, by link "
                                      "and by telephone together. Calling it off is always possible.")
    answers_number_hour: int = Field(30, ge=0, description="Most answers to one number in an hour of a conversation by text: a machine "
                                     "that answers our answers is stopped by it.")
    answers_block_hour: int = Field(150, ge=0, description="Most answers to a block of 1,000 adjacent numbers in an hour.")
    sms_silence_s: float = Field(7200.0, ge=60, description="Seconds of silence after which a conversation by text is over; the next text "
                                 "begins a new one.")
    chat_origins: str = Field("", description="Origins of the web pages that may show the chat, such as https://www.example.org, separated "
                              "by spaces; this server's own always may.")
    chat_silence_s: float = Field(600.0, ge=30, description="Seconds of silence after which a chat is told that it ends soon.")
    chat_notice_s: float = Field(120.0, ge=10, description="Seconds between that notice and the end of the chat.")
    chat_starts_hour: int = Field(30, ge=1, description="Most chats that one address begins in an hour.")
    chat_messages_minute: int = Field(30, ge=1, description="Most messages of one chat in a minute.")
    media_require_signature: bool = Field(True, description="Refuse media sockets whose upgrade Twilio did not sign.")
    media_require_token: bool = Field(True, description="Refuse media streams without the one-time token of their call.")
    recognizer: Literal["auto", "vosk", "whisper", "twilio"] | None = Field(
        None, description="Speech recogniser of all lines; empty takes the bundle's env file, else auto.")
    whisper: Literal["base", "small"] | None = Field(
        None, description="Which Whisper model recognises, where one does; empty takes the one that is installed, base where both are.")
    intents: Literal["auto", "words"] = Field(
        "auto", description="auto understands intents by meaning and words where the sentence encoder is installed; words leaves it out.")
    worker: Literal["embedded", "off"] = Field(
        "embedded", description="embedded performs promises inside the server; off leaves them to `ivr worker`.")
    now: datetime | None = Field(
        None, description="A start time such as 2026-03-10T10:05:00-05:00 from which the clock runs; for trying things "
        "out, refused in production.")
    crash_at: str = Field("", description="Name of a point at which the process kills itself; for fault tests only.")
    max_streams: int = Field(20, ge=0, description="Media streams this process carries; calls above it go on by keys and "
                             "Twilio's recogniser.")
    max_calls: int = Field(0, ge=0, description="Calls at once, over all servers; callers above it hear that all lines are busy, when "
                           "people are there, and where else help is. A call counts until it ends, or nothing was heard of it for 15 "
                           "minutes. 0: no limit.")
    webhook_threads: int = Field(10, ge=1, le=64, description="Threads that answer Twilio's webhooks.")
    page_threads: int = Field(6, ge=1, le=64, description="Threads that answer pages and the API.")
    lease_s: float = Field(30.0, gt=1, description="Seconds a worker may hold a promise before another takes it over.")
    worker_threads: int = Field(4, ge=1, le=64, description="Promises that one worker performs at the same time.")
    worker_batch: int = Field(40, ge=1, le=500, description="Promises of a sort that one worker holds at a time.")
    listed_after_s: float = Field(
        30.0, ge=0, description="Seconds after which a provider's listing shows what it took: something uncertain that is not "
        "listed is sent again no sooner.")
    callback_from: str = Field("", description="Number that promised calls come from, E.164. Default: TWILIO_FROM.")
    callback_lines: int = Field(10, ge=0, description="Promised calls under way at once, over all workers; 0 makes none.")
    callback_calls_per_s: float = Field(1.0, gt=0, description="Promised calls begun in a second, over all workers. Twilio takes 1 "
                                        "unless more was agreed.")
    callback_per_hour: int = Field(60, ge=1, description="Promised calls planned into one hour of opening.")
    callback_per_day: int = Field(500, ge=1, description="Promised calls planned into one day.")
    api_token: SecretStr | None = Field(
        None, description="Bearer token of the API under /api. Empty: no API in production, and elsewhere only from this machine.")
    callers_wait: Literal["auto", "desk", "carrier"] = Field(
        "auto", description="Where callers who speak wait for a person: at the desk of /agent, in a queue of the carrier, or (auto) at the "
        "desk while somebody who takes such callers is signed in there. The desk needs local speech.")
    staff_totp: Literal["auto", "required", "optional"] = Field(
        "auto", description="Whether staff need one-time codes beside their password: without them a user gets no further than the own "
        "account, to set them up. auto requires them in production.")
    cases_source: Literal["none", "fake", "http", "sql"] = Field(
        "none", description="Case system that callers are verified by and hear of: none, fake with made-up cases (refused in "
        "production), http, or sql.")
    cases_url: str = Field("", description="Address of cases over HTTP, https://HOST/PATH; the receipt number is added to it.")
    cases_token_url: str = Field("", description="Address that gives tokens for it (OAuth 2, client credentials).")
    cases_client_id: str = Field("", description="Client id there.")
    cases_client_secret: SecretStr | None = Field(None, description="Client secret there.")
    cases_database_url: SecretStr | None = Field(
        None, description="Database of cases, sqlite:///FILE or postgresql://USER:PASSWORD@HOST:PORT/NAME; it is only read.")
    cases_query: str = Field("", description="The one SELECT that finds a case by :receipt there; its columns are in the page on the "
                             "case source.")
    cases_questions: str = Field("date_of_birth", description="What has to be answered before anything is said of a case: slots of the "
                                 "verifying flow, separated by spaces. A flow that hands over fewer opens nothing.")
    cases_give_up_s: float = Field(8.0, gt=0, le=12, description="Seconds after which a caller hears that it could not be checked.")
    cases_verify_s: float = Field(4.0, ge=0, le=10, description="Seconds after which the answer about an identity is given, whatever it "
                                  "is and however soon it is known. 0 gives it at once, for trying things out only.")
    cases_keep_s: float = Field(120.0, ge=0, le=900, description="Seconds that a case is kept in memory, for the same call only.")
    cases_threads: int = Field(8, ge=1, le=64, description="Questions to the case system at once, from one server.")
    cases_tries_call: int = Field(3, ge=1, description="Most wrong tries to be verified in one call.")
    cases_tries_number_day: int = Field(5, ge=1, description="Most wrong tries from one number in a day.")
    cases_tries_block_day: int = Field(20, ge=1, description="Most wrong tries from a block of 1,000 adjacent numbers in a day, and "
                                       "from all hidden numbers together.")
    cases_tries_case_day: int = Field(5, ge=1, description="Most wrong tries for one case in a day.")
    cases_tries_hour: int = Field(300, ge=1, description="Most wrong tries of everybody in an hour: above it nobody is verified, with an "
                                  "alarm.")
    drain_s: float = Field(5.0, ge=0, description="Seconds a stopping server lets running calls finish.")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least level that is logged.")

    @field_validator("env", "host", "database_url", "redis_url", "cases_url", "cases_token_url", mode="before")
    @classmethod
    def _strip(cls, value: Any) -> Any:
        return value.strip() if isinstance(value, str) else value

    @field_validator("now")
    @classmethod
    def _aware(cls, value: datetime | None) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("needs an offset, such as 2026-03-10T10:05:00-05:00")
        return value

    @model_validator(mode="after")
    def _production(self) -> Settings:
        if self.env != "production":
            return self
        wrong = [
            ("IVR_MEDIA_REQUIRE_SIGNATURE=0 is refused", not self.media_require_signature),
            ("IVR_MEDIA_REQUIRE_TOKEN=0 is refused", not self.media_require_token),
            ("IVR_NOW is refused", self.now is not None),
            ("IVR_CRASH_AT is refused", bool(self.crash_at)),
            ("IVR_CASES_SOURCE=fake is refused", self.cases_source == "fake"),
            ("IVR_CASES_VERIFY_S=0 is refused", self.cases_source != "none" and self.cases_verify_s == 0),
            ("IVR_DATA_KEYS is missing", self.data_keys is None),
            ("IVR_TWILIO_AUTH_TOKEN is missing", self.twilio_auth_token is None),
            ("IVR_TWILIO_ACCOUNT_SID is missing", not self.twilio_account_sid),
            ("IVR_PUBLIC_URL has to be an https:// address", not self.public_url.startswith("https://")),
        ]
        bad = [text for text, is_bad in wrong if is_bad]
        if bad:
            raise ValueError("in production: " + "; ".join(bad))
        return self

    @property
    def models_path(self) -> Path:
        return self.models_dir or self.var_dir / "models"

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{(self.var_dir / 'ivr.db').resolve()}"

    @property
    def follows_published(self) -> bool:
        return self.follow == "published" or (self.follow == "auto" and self.is_production)

    @property
    def totp_required(self) -> bool:
        return self.staff_totp == "required" or (self.staff_totp == "auto" and self.is_production)

    @property
    def is_production(self) -> bool:
        return self.env == "production"

    def shared_keys(self) -> dict[str, str]:
        """Shared webhook keys by id. Raises ConfigProblem when the setting is no list of pairs."""
        text = self.twilio_shared_keys.get_secret_value() if self.twilio_shared_keys else ""
        pairs = [part.partition("=") for part in text.split()]
        if not all(key and secret for key, _, secret in pairs):
            raise ConfigProblem("IVR_TWILIO_SHARED_KEYS has to be pairs such as KEY=SECRET, separated by spaces")
        return {key: secret for key, _, secret in pairs}

    def tokens(self) -> tuple[str, ...]:
        """Auth tokens that are accepted now, the primary one first."""
        both = (self.twilio_auth_token, self.twilio_auth_token_next)
        return tuple(t.get_secret_value() for t in both if t is not None)


def load(environment: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
    """Settings from the environment; `overrides` win. Raises ConfigProblem that names every bad setting."""
    env = dict(os.environ if environment is None else environment)
    values: dict[str, Any] = {}
    for name in Settings.model_fields:
        key = PREFIX + name.upper()
        if env.get(key + "_FILE"):
            try:
                values[name] = Path(env[key + "_FILE"]).read_text().strip()
            except OSError as error:
                raise ConfigProblem(f"{key}_FILE cannot be read: {error.strerror}") from error
        elif env.get(key):
            values[name] = env[key]
    values.update(overrides)
    try:
        # Every value is passed by name: nothing is read from the process environment behind our back.
        return _Explicit(**values)
    except ValidationError as error:
        raise ConfigProblem("; ".join(_sentence(e) for e in error.errors()),
                            hint="ivr doctor lists every setting with its meaning") from error


class _Explicit(Settings):
    @classmethod
    def settings_customise_sources(cls, settings_cls: Any, init_settings: Any, **_: Any) -> tuple[Any, ...]:
        return (init_settings,)


def _sentence(error: Any) -> str:
    name = PREFIX + str(error["loc"][0]).upper() if error["loc"] else ""
    return f"{name}: {error['msg']}".removeprefix(": ").replace("Value error, ", "")


def sources(environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """setting -> where its value comes from: `default`, the variable's name, or the file's variable."""
    env = os.environ if environment is None else environment
    out = {}
    for name in Settings.model_fields:
        key = PREFIX + name.upper()
        out[name] = f"{key}_FILE" if env.get(key + "_FILE") else key if env.get(key) else "default"
    return out


def reference_markdown() -> str:
    """The reference page of the settings, generated."""
    lines = ["# Settings", "", "Generated from `ivr/config.py` by `ivr doctor --markdown`; a test compares them.",
             "", "| setting | type | default | meaning |", "|---|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = "" if field.default is None else field.default
        shown = str(int(default)) if isinstance(default, bool) else str(default)
        kind = _type_name(field.annotation)
        lines.append(f"| `{PREFIX}{name.upper()}` | {kind} | {f'`{shown}`' if shown else ''} | {field.description} |")
    return "\n".join(lines) + "\n"


def _type_name(annotation: Any) -> str:
    if getattr(annotation, "__origin__", None) is Literal:
        return " \\| ".join(annotation.__args__)
    text = str(getattr(annotation, "__name__", annotation))
    for name, plain in (("SecretStr", "secret"), ("Path", "path"), ("datetime", "time"), ("Literal", "choice"),
                        ("bool", "0 or 1"), ("int", "integer"), ("float", "number"), ("str", "text")):
        if name in text:
            return plain
    return text
