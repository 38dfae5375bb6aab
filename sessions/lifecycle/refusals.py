"""The refusals of an admission, each with its reason and sentence."""

from rooms.rules.join_policy import Decision, TokenReason


class AdmissionRefused(Exception):
    """The member is not admitted; `decision` has the reason, and when it may change."""

    def __init__(self, decision: Decision) -> None:
        super().__init__(decision.sentence)
        self.decision = decision


class TokenRefused(AdmissionRefused):
    """The room token admits no one to its room, at any time."""

    reason: TokenReason
    sentence: str

    def __init__(self, room_name: str = "") -> None:
        sentence = self.sentence.format(room=room_name)
        super().__init__(Decision(False, self.reason, sentence))


class NoSuchRoom(TokenRefused):
    """There is no room of that name, and the token does not create one."""

    reason = TokenReason.NO_SUCH_ROOM
    sentence = "There is no room {room}, and the room token does not create one."


class RoomDeleted(TokenRefused):
    """A room of that name was deleted after the token was issued."""

    reason = TokenReason.ROOM_DELETED
    sentence = "The room {room} was deleted. Request a new room token."


class TokenBlocked(TokenRefused):
    """A member with this token was removed and blocked."""

    reason = TokenReason.BLOCKED
    sentence = "A member with this room token was removed, and cannot join again with it."
