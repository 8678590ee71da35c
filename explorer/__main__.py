"""The command line: `python -m explorer run FILE`."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import explorer
from explorer.trace import Trace
from explorer.trace.serialise import to_plain


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit status: 0 ran, 1 the program failed, 2 wrong usage."""
    options = _parser().parse_args(arguments)
    try:
        source = sys.stdin.read() if options.file == "-" else Path(options.file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        print(f"explorer: cannot read {options.file}: {error}", file=sys.stderr)
        return 2
    try:
        trace = explorer.run(source, device=options.device, seed=options.seed)
    except ValueError as error:
        print(f"explorer: {error}", file=sys.stderr)
        return 2
    if options.html and not _write_html(trace, options.lens, options.html):
        return 2
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
    run = commands.add_parser("run", help="run a program and show what it printed and did")
    run.add_argument("file", metavar="FILE", help="the program; - reads standard input")
    run.add_argument("--device", default="cpu", help="cpu (default), cuda, meta, …")
    run.add_argument("--seed", type=int, default=0, help="what torch's random generators start from (default 0)")
    run.add_argument("--json", action="store_true", help="print the trace as one JSON object")
    run.add_argument("--html", metavar="OUT", help="write the scene as a self-contained HTML file")
    run.add_argument("--lens", default="shapes", choices=list(explorer.LENSES), help="lens for --html")
    return parser


def _write_html(trace: Trace, lens: str, target: str) -> bool:
    try:
        Path(target).write_text(explorer.scene(trace, lens=lens).to_html(), encoding="utf-8")
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
