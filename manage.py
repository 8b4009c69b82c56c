"""Django's commands, with the servers that the environment lacks and errors as sentences."""

import os
import sys

from tracker.embedded.attach import NEEDS_NO_SERVER, check, run_with_servers, use_running
from tracker.embedded.refusal import Refusal


def main(arguments: list[str]) -> int:
    """Run one command; return its exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
    command = arguments[1] if len(arguments) > 1 else "help"
    try:
        attached = use_running(os.environ)
        check(command, os.environ)
        if not attached and command not in NEEDS_NO_SERVER:
            return run_with_servers([sys.executable, *arguments])
    except Refusal as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 1
    return execute(arguments, command)


def execute(arguments: list[str], command: str) -> int:
    """Run the command in this process."""
    from tracker.embedded.commands import after, sentence_of, use_role

    use_role(command, os.environ)
    try:
        from django.core.management import execute_from_command_line

        execute_from_command_line(arguments)
        after(command, os.environ)
    except Exception as error:
        sentence = None if "--traceback" in arguments else sentence_of(error, os.environ)
        if sentence is None:
            raise
        sys.stderr.write(f"{sentence}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
