"""The command line: `python -m explorer run FILE`."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from explorer.compute.runs import run, run_and_look
from explorer.lenses import LENSES
from explorer.scene import Scene
from explorer.trace import Trace
from explorer.trace.serialise import to_plain


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit status: 0 ran, 1 the program failed, 2 wrong usage, 130 interrupted."""
    options = _parser().parse_args(arguments)
    try:
        source = sys.stdin.read() if options.file == "-" else Path(options.file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        print(f"explorer: cannot read {options.file}: {error}", file=sys.stderr)
        return 2
    try:
        return _run(source, options)
    except ValueError as error:
        print(f"explorer: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130  # what shells report for an interrupted command


def _run(source: str, options: argparse.Namespace) -> int:
    if options.html:
        trace, scene = run_and_look(source, options.lens, device=options.device, seed=options.seed)
        if not _write_html(scene, options.html):
            return 2
    else:
        trace = run(source, device=options.device, seed=options.seed)
    if options.json:
        print(json.dumps(to_plain(trace), allow_nan=False))
    else:
        sys.stdout.write(trace.output)
    if trace.error is None:
        return 0
    print(_error_text(trace, "<stdin>" if options.file == "-" else options.file), file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m explorer", description="See what PyTorch tensor operations do.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    command = commands.add_parser("run", help="run a program and show what it printed and did")
    command.add_argument("file", metavar="FILE", help="the program; - reads standard input")
    command.add_argument("--device", default="cpu", help="cpu (default), cuda, meta, …")
    command.add_argument("--seed", type=int, default=0, help="what torch's random generators start from (default 0)")
    command.add_argument("--json", action="store_true", help="print the trace as one JSON object")
    command.add_argument("--html", metavar="OUT", help="write the scene as a self-contained HTML file")
    command.add_argument("--lens", default="shapes", choices=list(LENSES), help="lens for --html")
    return parser


def _write_html(scene: Scene, target: str) -> bool:
    try:
        Path(target).write_text(scene.to_html(), encoding="utf-8")
    except OSError as error:
        print(f"explorer: cannot write {target}: {error}", file=sys.stderr)
        return False
    return True


def _error_text(trace: Trace, name: str) -> str:
    error = trace.error
    if error is None:
        return ""
    lines = [f"{name}:{error.line}:{error.column + 1}: {error.kind}: {error.message}"]
    source = trace.source.split("\n")
    if 0 < error.line <= len(source):
        width = error.end_column - error.column if error.end_line == error.line else 1
        lines += [f"    {source[error.line - 1]}", "    " + " " * error.column + "^" * max(width, 1)]
    if error.hint:
        lines.append(f"  Try: {error.hint}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
