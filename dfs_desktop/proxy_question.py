"""What a proxy script (PAC) is asked, and what came of it, as they go between two processes."""

import msgspec

MOST_ANSWER = 16 << 10  # characters of an answer or a complaint; a list of proxies has some hundred


class Question(msgspec.Struct, frozen=True):
    """The text of the script, and the address that somebody wants to reach, without path and query."""

    script: str
    url: str
    host: str


class Outcome(msgspec.Struct, frozen=True):
    """The answer; or a complaint, with the line of the script if it is known; ``missing``: it has no
    function to be asked."""

    answer: str = ""
    complaint: str = ""
    line: int = 0
    missing: bool = False


def written_outcome(outcome: Outcome) -> bytes:
    """The outcome as bytes, cut where it is longer than anything of use."""

    def bounded(text: str) -> str:
        return text[:MOST_ANSWER].encode("utf-8", "replace").decode()

    answer, complaint = bounded(outcome.answer), bounded(outcome.complaint)
    return msgspec.json.encode(msgspec.structs.replace(outcome, answer=answer, complaint=complaint))
