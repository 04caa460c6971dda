"""What the functions of an emitted module are called: whose values they change, and what they do."""

from __future__ import annotations

from collections.abc import Sequence

from spikeq.codegen.tasks import (
    Deliver,
    Generate,
    Normalise,
    RecordEvents,
    RecordRate,
    RecordState,
    Statements,
    Sum,
    Task,
    Threshold,
)

_LONGEST = 60  # characters of a name


def name_of(tasks: Sequence[Task], taken: set[str]) -> tuple[str, tuple[str, ...]]:
    """(a name for a function that runs some tasks: ``cells_update_threshold``; what it does).

    No two functions get the same name.
    """
    owner, verbs = _owner(tasks[0]), tuple(dict.fromkeys(map(verb_of, tasks)))
    owner = f"{owner}_" if owner in ("p", "n", "m") else owner  # which begin the names of what is passed
    return _free(_as_name("_".join((owner, *verbs))), taken), verbs


def name_of_launch(form: str, verbs: Sequence[tuple[str, ...]], taken: set[str]) -> str:
    """A name for a kernel: for which form of a step, and what it does."""
    return _free(_as_name("_".join((form, *dict.fromkeys(verb for some in verbs for verb in some)))), taken)


def _free(wanted: str, taken: set[str]) -> str:
    name, number = wanted, 1
    while name in taken:
        number += 1
        name = f"{wanted}_{number}"
    taken.add(name)
    return name


def _as_name(text: str) -> str:
    return "".join(c if c.isascii() and c.isalnum() else "_" for c in text)[:_LONGEST].rstrip("_")


def _owner(task: Task) -> str:
    space = task.neurons if isinstance(task, Sum) else task.space  # type: ignore[attr-defined]
    return str(space.name)


def verb_of(task: Task) -> str:
    """What a task does, in a word or two."""
    match task:
        case Threshold():
            return "threshold"
        case Generate():
            return "generate"
        case RecordEvents() | RecordState() | RecordRate():
            return "record"
        case Normalise():
            return f"normalise_{task.target.key.partition('.')[2]}"
        case Sum():
            return f"sum_{task.target.key.partition('.')[2]}"
        case Deliver():
            return f"deliver_{task.pathway}"
        case Statements() if task.event is not None:
            return "reset" if task.event.endswith(":spike") else f"at_{task.event.partition(':')[2]}"
        case Statements():
            said = task.slot.name.removeprefix(f"{task.space.name}_")
            said = "update" if said.endswith("_stateupdater") else said
            return "update" if said == "stateupdater" else said
    return "run"
