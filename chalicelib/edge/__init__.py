"""The edge of each function: what comes in is handed to its step, what comes of it is logged and measured."""
