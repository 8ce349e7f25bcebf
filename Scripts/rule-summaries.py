#!/usr/bin/env python3
"""Writes Sources/DescentOptimizers/Registry/Summaries from the docstrings of the update rules.

A rule's docstring is the one home of its formula and source; this makes them known to the program. Run it after changing
one (a test tells when it was forgotten). Needs nothing but Python 3.
"""
import pathlib
import re

root = pathlib.Path(__file__).resolve().parent.parent / "Sources/DescentOptimizers"
folders = ["ElementWise", "TensorWise", "Curvature", "RateFree", "Wrappers"]


def paragraphs(text):
    """Purpose, formula and source of a docstring."""
    text = re.sub(r"``(\w+)(?:/\w+)?``", r"\1", text)
    fence = re.search(r"```\n(.*?)\n```", text, re.S)
    formula = fence.group(1) if fence else ""
    prose = re.sub(r"```\n.*?```", "", text, flags=re.S)
    purpose = " ".join(prose.split("\n\n")[0].split())
    source = re.search(r"Sources?: (.*?)(?:\n\n|\Z)", prose, re.S)
    return purpose, formula, " ".join(source.group(1).split()) if source else ""


def broken(text, indent, width=118):
    """The lines of a Swift string's literal, broken where one is too long."""
    margin = " " * (len(text) - len(text.lstrip(" ")))
    lines, line = [], ""
    for word in text[len(margin) :].split(" "):
        if line and len(indent) + len(line) + 1 + len(word.replace('"', '\\"')) + line.count('"') > width - 2:
            lines.append(line + " \\")
            line = word
        else:
            line = f"{line} {word}" if line else word
    lines.append(line)
    lines[0] = margin + lines[0]
    return "\n".join((indent + one).rstrip() for one in lines)


def wrapped(text, indent):
    """A Swift string, over several lines."""
    body = "\n".join(broken(line, indent) for line in text.split("\n"))
    return f'"""\n{body}\n{indent}"""'


for folder in folders:
    entries = []
    for path in sorted((root / "Rules" / folder).glob("*.swift"), key=lambda path: path.name.lower()):
        for match in re.finditer(r"((?:^///.*\n)+)public struct (\w+): [\w, ]*Rule\b", path.read_text(), re.M):
            text = re.sub(r"^/// ?", "", match.group(1), flags=re.M).strip()
            purpose, formula, source = paragraphs(text)
            indent = " " * 8
            entries.append(
                f'    "{match.group(2)}": RuleSummary(\n'
                f"      purpose: {wrapped(purpose, indent)},\n"
                f"      formula: {wrapped(formula, indent)},\n"
                f"      source: {wrapped(source, indent)}),\n"
            )
    name = folder[0].lower() + folder[1:]
    (root / f"Registry/Summaries/RuleSummary+{folder}.swift").write_text(
        "// Made by Scripts/rule-summaries.py from the docstrings of the rules.\n"
        "extension RuleSummary {\n"
        f"  static let {name}: [String: RuleSummary] = [\n" + "".join(entries) + "  ]\n}\n"
    )
