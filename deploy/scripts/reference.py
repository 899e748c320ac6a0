#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes docs/reference/ from the protos: every RPC with its policy, every message with its comments.

`--check` compares instead of writing and exits 1 when a page is stale (ctest calls it so, as reference_pages).
"""
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
OUT = ROOT / "docs" / "reference"
LICENCE = "<!-- SPDX-License-Identifier: Apache-2.0 -->\n"
SERVICES = ["directory", "plan", "alert", "incident", "drill", "platform"]


def load(folder):
    """The descriptors with their comments, and the modules of our options."""
    protos = sorted(str(p.relative_to(ROOT / "proto")) for p in (ROOT / "proto" / "huying").rglob("*.proto"))
    subprocess.run(["protoc", f"-I{ROOT}/proto", "--include_source_info", "--include_imports",
                    f"--descriptor_set_out={folder}/all.pb", f"--python_out={folder}", *protos],
                   check=True, stderr=subprocess.DEVNULL)
    sys.path.insert(0, str(folder))
    from huying.common.v1 import limit_pb2, policy_pb2, privacy_pb2
    from google.protobuf import descriptor_pb2
    files = descriptor_pb2.FileDescriptorSet.FromString((folder / "all.pb").read_bytes())
    return files, policy_pb2, privacy_pb2, limit_pb2


def comments(file):
    """Source path -> comment, leading and trailing joined, licence lines dropped."""
    found = {}
    for location in file.source_code_info.location:
        raw = location.leading_comments + "\n" + location.trailing_comments
        # "--- Recipients" heads a group of RPCs in the proto; it says nothing of the one below it.
        text = " ".join(" ".join(l for l in raw.splitlines() if not l.strip().startswith("---")).split())
        if text:
            found[tuple(location.path)] = text
    return found


TYPE_NAMES = {1: "double", 2: "float", 3: "int64", 4: "uint64", 5: "int32", 8: "bool", 9: "string",
              12: "bytes", 13: "uint32"}


def type_of(field):
    name = TYPE_NAMES.get(field.type) or field.type_name.rsplit(".", 1)[-1]
    return f"{name}[]" if field.label == 3 else name


def service_page(name, files, policy_pb2, privacy_pb2, limit_pb2):
    lines = [f"# huying.{name}.v1", "", "Made from the protos by `./dev reference`; do not edit.", ""]
    mine = [f for f in files.file if f.package == f"huying.{name}.v1"]
    for file in mine:
        notes = comments(file)
        for s, service in enumerate(file.service):
            lines += [f"## {service.name}", "", notes.get((6, s), ""), "",
                      "| RPC | permission | lowest tier | idempotency | deadline | lane | what it does |",
                      "|---|---|---|---|---|---|---|"]
            for m, method in enumerate(service.method):
                policy = method.options.Extensions[policy_pb2.policy]
                stream = " (stream)" if method.server_streaming else ""
                lines.append("| `{}`{} | `{}` | {} | {} | {} s | {} | {} |".format(
                    method.name, stream, policy.permission, policy_pb2.Tier.Name(policy.lowest_tier),
                    policy_pb2.Idempotency.Name(policy.idempotency), policy.deadline_ms / 1000,
                    policy_pb2.Lane.Name(policy.lane) if policy.lane else "–", notes.get((6, s, 2, m), "")))
            lines.append("")
    for file in mine:
        notes = comments(file)
        for e, enum in enumerate(file.enum_type):
            lines += [f"### enum {enum.name}", "", notes.get((5, e), ""), ""]
            lines += [f"* `{v.name}` = {v.number} {notes.get((5, e, 2, i), '')}".rstrip()
                      for i, v in enumerate(enum.value)]
            lines.append("")
        for i, message in enumerate(file.message_type):
            lines += message_section(message, notes, (4, i), privacy_pb2, limit_pb2)
    return "\n".join(lines).rstrip() + "\n"


def limit_of(field, limit_pb2):
    """The bound of a field that a request can carry, in words."""
    limit = field.options.Extensions[limit_pb2.limit]
    words = []
    for kind in (limit.key, limit.text):
        if kind:
            size = limit_pb2.Limit.Text.DESCRIPTOR.values_by_number[kind].GetOptions().Extensions[limit_pb2.text_size]
            words.append(f"{limit_pb2.Limit.Text.Name(kind)}, {size.characters} characters")
    if limit.time:
        years = limit_pb2.Limit.Time.DESCRIPTOR.values_by_number[limit.time].GetOptions().Extensions[limit_pb2.year_range]
        words.append(f"years {years.first}–{years.last}")
    for value, unit in ((limit.items, "items"), (limit.bytes, "bytes"), (limit.days, "days")):
        if value:
            words.append(f"{value} {unit}")
    if limit.max:
        words.append(f"0–{limit.max}")
    return "; ".join(words)


def message_section(message, notes, path, privacy_pb2, limit_pb2):
    lines = [f"### {message.name}", "", notes.get(path, ""), ""]
    if message.field:
        lines += ["| field | type | limit | privacy | meaning |", "|---|---|---|---|---|"]
    for i, field in enumerate(message.field):
        privacy = field.options.Extensions[privacy_pb2.privacy]
        lines.append(f"| `{field.name}` | {type_of(field)} | {limit_of(field, limit_pb2)} | "
                     f"{privacy_pb2.Privacy.Name(privacy).lower() if privacy else ''} | "
                     f"{notes.get(path + (2, i), '')} |")
    lines.append("")
    return lines


def rules_page():
    """The rule table as a page: which numbers are law, which are ours."""
    rows, row = [], {}
    for line in (ROOT / "deploy/config/rules.textproto").read_text().splitlines():
        key, _, value = line.strip().partition(" ")
        if key == "rows":
            row = {}
        elif key == "}":
            rows.append(row)
        elif key and not key.startswith("#"):
            row[key.rstrip(":")] = value.strip().strip('"')
    lines = ["# Rules in force", "", "Made from `deploy/config/rules.textproto` by `./dev reference`; do not edit.",
             "", "| rule | title | value | basis |", "|---|---|---|---|"]
    for row in rows:
        value = row.get("number") or row.get("text") or row.get("duration", "")
        basis = row.get("basis", "")
        quoted = [part.split('"')[1] for part in basis.split(": ") if part.startswith('"')]
        lines.append("| `{}` | {} | {} | {} |".format(
            row.get("id", ""), row.get("title", ""), value.strip("{} ").replace("seconds: ", "s = "),
            " ".join(quoted) if quoted else "project default 本项目默认值"))
    return "\n".join(lines) + "\n"


def main():
    with tempfile.TemporaryDirectory() as folder:
        loaded = load(pathlib.Path(folder))
    pages = {f"{name}.md": service_page(name, *loaded) for name in SERVICES}
    pages["rules.md"] = rules_page()
    pages = {name: LICENCE + text for name, text in pages.items()}
    stale = [name for name, text in pages.items()
             if not (OUT / name).exists() or (OUT / name).read_text() != text]
    if "--check" in sys.argv:
        for name in stale:
            print(f"docs/reference/{name} is stale: ./dev reference")
        return 1 if stale else 0
    OUT.mkdir(parents=True, exist_ok=True)
    for name, text in pages.items():
        (OUT / name).write_text(text)
    print(f"docs/reference: {len(pages)} pages, {len(stale)} changed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
