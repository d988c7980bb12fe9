"""What a person put in cannot be used."""


class RefusedInputError(Exception):
    """What was put in cannot be used; the text says what to do."""
