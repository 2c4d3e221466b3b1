"""What can be wrong with a request about webhooks."""

from tuneyard.kit.errors import TuneyardError, WrongState


class UnusableAddress(TuneyardError):
    status_code, code = 422, "unusable_address"
    hint = "Give the whole address of a server on the internet, as https://example.com/hooks/tuneyard."


class PrivateAddress(TuneyardError):
    status_code, code = 422, "private_address"
    hint = "Use a public address, or let the operator of this server allow the network with TUNEYARD_WEBHOOK_NETWORKS."


class WebhookOff(WrongState):
    code = "webhook_off"
    hint = "Switch it on first."


class TooManyWebhooks(WrongState):
    code = "too_many_webhooks"
    hint = "Delete one that is no longer needed."
