"""What can be wrong with a base model."""

from tuneyard.kit.errors import TuneyardError, Unavailable, WrongState


class UnknownBaseModel(TuneyardError):
    status_code, code = 422, "unknown_base_model"


class BaseModelNotInstalled(WrongState):
    """For what can't wait until a fine-tune has fetched it."""

    code = "base_model_not_installed"


class RefusedBaseModel(TuneyardError):
    """Its files are not what may be kept and loaded here."""

    status_code, code = 422, "base_model_refused"
    hint = "Choose another one: only the config, the tokenizer and safetensors weights of known kinds are taken."


class WrongChecksum(RefusedBaseModel):
    code = "base_model_wrong_checksum"
    hint = "Nothing was kept. Fetch it again; if it happens twice, somebody has changed the file."


class BaseModelUnreachable(Unavailable):
    code = "base_model_unreachable"
    hint = (
        "Check the network of the machine that trains, or import a folder on the server: "
        "tuneyard models pull ID --from FOLDER."
    )


class BaseModelNotFound(BaseModelUnreachable):
    """The hub answers, and has no such thing."""

    status_code, code = 404, "base_model_not_found"
    hint = (
        "Check the names of repository and revision: config.json, tokenizer.json and safetensors weights have to be "
        "there. A private repository takes HF_TOKEN, set to a token that may read it."
    )


class LicenceNotAccepted(BaseModelUnreachable):
    status_code, code = 409, "base_model_licence_not_accepted"
    hint = (
        "Accept its licence on the hub, and set HF_TOKEN, where the workers are started, to a token that may read it; "
        "or choose another base model."
    )
