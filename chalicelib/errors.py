"""The errors that leave an adapter; the class alone decides whether the work is tried again.

LeadmatchError
├── CallRefused           a webhook call is answered 4xx: it says what to change
├── Retryable             the same work may succeed later
│   ├── ZohoUnavailable   no connection, a time-out, a 5xx, an answer that cannot be read
│   │   ├── TokenUnclear  Zoho may have given out an access token: the answer was lost
│   │   ├── ZohoGatewayRefused a gateway before Zoho's API refuses the call: a 4xx that is no answer of the API
│   │   ├── ZohoTokensRejected Zoho refuses access tokens that it has just issued: no other one is fetched for now
│   │   └── ZohoBlocked   Zoho lets nobody in from our address, or says a word that we do not know: a person has to look
│   ├── ZohoThrottled     too many requests, or too many access tokens
│   │   └── ZohoApiThrottled the API itself says so: every worker pauses
│   ├── RecordLocked      the lead is being merged
│   ├── AnswersDiffer     Zoho knows the lead, and shows us no such lead
│   ├── SlackUnavailable  Slack certainly did not take the message
│   │   ├── SlackThrottled too many calls: Slack says when to come back
│   │   ├── SlackTokenRefused wrong in every channel until a person mends the token or the webhook
│   │   │   └── SlackScopeMissing the token lacks a scope that the call needs
│   │   └── ChannelClosed the channel is gone, or our app may not post there
│   ├── SlackUnclear      Slack may or may not have taken the message
│   │   └── SlackFailed   Slack itself says that it failed, perhaps over the content
│   ├── AwsUnavailable    SQS, DynamoDB or Secrets Manager did not do what we asked
│   ├── LeaseHeld         another worker is at this lead
│   ├── ConversionUnclear Zoho did not say whether it converted a lead: it is read again
│   ├── TokenAwaited      another access token was requested, and is not there yet
│   └── Misconfigured     a setting or a secret is missing or unusable: work waits until it is mended
└── Permanent             trying again changes nothing, a person has to
    ├── ZohoRefused       scope, permission, credentials, or a request Zoho does not know
    ├── NotApproved       the lead waits for an approval
    ├── LeadNotFound      Zoho shows our user no such lead
    ├── AlreadyConverted  somebody converted the lead
    ├── SlackRefused      Slack does not take this message
    │   ├── ContentRefused for what it holds: a plainer one may be taken
    │   ├── MessageGone   the message to edit does not exist any more
    │   ├── EditRefused   the message can never be edited
    │   ├── ThreadGone    there is no such thread, or it takes no replies
    │   ├── TriggerExpired the click is too old for a view to be opened
    │   ├── TriggerUsed   a view was opened for this click already
    │   ├── ViewGone      the view was closed
    │   ├── ViewChanged   the view is in another state than the one that the call was made for
    │   └── PersonAbsent  the person is not in the channel where they were to be told something
    ├── Superseded        what was asked is answered already: by a newer event, or by this one
    │   └── OutOfOrder    an older event came after a newer one of the same lead
    ├── Unreadable        a queue message that is not ours to read
    ├── Unanswered        Slack never says whether it took a message: the sweep takes it up
    └── Unexpected        a fault of our own

Outside the tree stand `NotSent` and `AnswerLost` of `chalicelib.http`: whoever speaks Zoho or Slack turns them into these.
"""

from __future__ import annotations


class LeadmatchError(Exception):
    """Anything leadmatch raises: a sentence for people and a stable machine word, `reason`."""

    def __init__(self, message: str, *, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


class CallRefused(LeadmatchError):
    """A call of the webhook that is answered with an HTTP status from 400 to 499."""

    def __init__(self, message: str, *, reason: str, status: int = 400) -> None:
        super().__init__(message, reason=reason)
        self.status = status


class Retryable(LeadmatchError):
    """The same work may succeed later; `retry_after_seconds` is what the other side asked for, if it did."""

    def __init__(self, message: str, *, reason: str, retry_after_seconds: float | None = None) -> None:
        super().__init__(message, reason=reason)
        self.retry_after_seconds = retry_after_seconds


class ZohoUnavailable(Retryable):
    """Zoho could not be reached, failed, or answered something that is not its API."""


class TokenUnclear(ZohoUnavailable):
    """Zoho may have given out an access token: the answer was lost, and the token counts."""


class ZohoGatewayRefused(ZohoUnavailable):
    """A gateway before Zoho's API refuses the call, with a page or with nothing; it may pass."""


class ZohoTokensRejected(ZohoUnavailable):
    """Zoho refuses access tokens that it has just issued, for all leads or for some of them."""


class ZohoBlocked(ZohoUnavailable):
    """Zoho answers, and lets nobody in: work waits, and a person has to look, since waiting alone may cure nothing."""


class ZohoThrottled(Retryable):
    """Zoho asks us to slow down."""


class ZohoApiThrottled(ZohoThrottled):
    """Zoho's API asks all workers together to slow down."""


class RecordLocked(Retryable):
    """The lead is locked while Zoho merges it."""


class AnswersDiffer(Retryable):
    """Zoho's answers about the lead contradict each other: it is being deleted, merged or shared just now, or one is wrong."""


class SlackUnavailable(Retryable):
    """Slack certainly did not take the message: no connection, or a definite refusal for now."""


class SlackThrottled(SlackUnavailable):
    """Slack took nothing because calls came too fast; `retry_after_seconds` says when it takes the next one."""


class SlackTokenRefused(SlackUnavailable):
    """Slack refuses the token, what it may do, or the webhook: in every channel, until a person mends it."""


class SlackScopeMissing(SlackTokenRefused):
    """The token lacks a scope that the call needs."""


class ChannelClosed(SlackUnavailable):
    """The channel is gone or closed to our app; another one may take the message meanwhile."""


class SlackUnclear(Retryable):
    """Slack may have taken the message: the answer was lost, or says so itself."""


class SlackFailed(SlackUnclear):
    """Slack says that it failed over the call, which may be for its content; it may have taken the message."""


class AwsUnavailable(Retryable):
    """An AWS service did not do what we asked."""


class LeaseHeld(Retryable):
    """Another worker holds the lease of this lead."""


class ConversionUnclear(Retryable):
    """Zoho did not say whether it converted a lead, and shows it as open for now."""


class TokenAwaited(Retryable):
    """Another access token was requested; `refresh` puts it into the secret."""


class Misconfigured(Retryable):
    """A setting or a secret is missing or unusable; a person mends it, and what was accepted waits for that."""


class Permanent(LeadmatchError):
    """Trying again changes nothing: a person has to act."""


class ZohoRefused(Permanent):
    """Zoho will not answer this request: scope, permission, credentials or address."""


class NotApproved(Permanent):
    """The lead waits for an approval, and Zoho converts nothing until it has it."""


class LeadNotFound(Permanent):
    """Zoho shows our user no such lead."""


class AlreadyConverted(Permanent):
    """Somebody converted the lead, and Zoho converts it only once."""


class SlackRefused(Permanent):
    """Slack does not take this message, whoever sends it again."""


class ContentRefused(SlackRefused):
    """Slack does not take the message for what it holds; a plainer one may be taken."""


class MessageGone(SlackRefused):
    """The message that was to be edited does not exist any more."""


class EditRefused(SlackRefused):
    """The message exists, and Slack never lets us edit it."""


class ThreadGone(SlackRefused):
    """There is no such thread, or it takes no replies."""


class TriggerExpired(SlackRefused):
    """The click is older than Slack lets a view be opened for."""


class TriggerUsed(SlackRefused):
    """A view was opened for this click already."""


class ViewGone(SlackRefused):
    """The view that was to be updated is closed."""


class ViewChanged(SlackRefused):
    """The view is not in the state any more that the update was made for."""


class PersonAbsent(SlackRefused):
    """The person who was to be told something is not in that channel."""


class Superseded(Permanent):
    """What this event asks is answered already, by a newer event of the lead or by an earlier delivery of this one."""


class OutOfOrder(Superseded):
    """An event that is older than what stands: queues keep a lead's events in order, so this is rare and worth a look."""


class Unreadable(Permanent):
    """A queue message, or a lead's own item, that cannot be read."""


class Unanswered(Permanent):
    """Attempt after attempt Slack has not said whether it took a message; the message makes room for those behind it."""


class Unexpected(Permanent):
    """A fault of our own, named by its type alone."""
