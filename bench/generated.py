#!/usr/bin/env python3
"""What the generated clients cost: the time to compile them, two at a time and without a cache, and what they add to
the program. With --write FILE the section "Generated code" of that Markdown file is replaced, or put at its end.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import resource
import shlex
import subprocess
import sys
import tempfile
import time

from measure import BUILD

TITLE = "## Generated code"
AT_ONCE = 2
SECONDS_ALLOWED = 180
MEGABYTES_ALLOWED = 4
# Of an ELF file for x86-64: what a pointer in constant data takes besides its place.
RELOCATION_SIZE = 24


def commands(build):
    """The compiler's words for each generated source of the program, by object file."""
    entries = json.loads((build / "compile_commands.json").read_text())
    found = {}
    for entry in entries:
        if "/generated/aws/" in entry["file"]:
            words = shlex.split(entry["command"])
            found[words[words.index("-o") + 1]] = words
    return found


def compile_all(build, found):
    """Wall and CPU seconds of compiling all of it."""
    with tempfile.TemporaryDirectory(prefix="asiaq-generated-") as folder:
        def compile_one(number, words):
            words = list(words)
            words[words.index("-o") + 1] = f"{folder}/{number}.o"
            subprocess.run(words, cwd=build, check=True, env={**os.environ, "CCACHE_DISABLE": "1"})

        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        # The longest first, so that no processor is idle at the end.
        order = sorted(found.values(), key=lambda words: -pathlib.Path(words[-1]).stat().st_size)
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(compile_one, range(len(order)), order))
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return (time.monotonic() - began,
                after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)


def link_map(build):
    """The linker's account of the program, made by linking it once more."""
    words = subprocess.run(["ninja", "-C", build, "-t", "commands", "asiaq"], check=True, stdout=subprocess.PIPE,
                           text=True).stdout.splitlines()[-1]
    link = re.search(r"(?<=&& )\S.* -o bin/asiaq .*?(?= && )", words).group()
    with tempfile.TemporaryDirectory(prefix="asiaq-generated-") as folder:
        link = link.replace(" -o bin/asiaq ", f" -o {folder}/asiaq -Wl,-Map={folder}/map ")
        subprocess.run(link, shell=True, cwd=build, check=True)
        return pathlib.Path(folder, "map").read_text()


def is_generated(place):
    return re.search(r"libasiaq_aws_\w+\.a\(|\(partitions\.cpp\.o\)", place) is not None


def bytes_by_kind(text):
    """Bytes of generated objects in what is loaded, by kind of section."""
    kinds = {"text": "code", "rodata": "data", "data": "data", "bss": "data", "eh_frame": "tables of exceptions",
             "gcc_except_table": "tables of exceptions", "init_array": "data"}
    sums = dict.fromkeys(kinds.values(), 0)
    text = text.split("Linker script and memory map", 1)[1]
    for section, size, place in re.findall(r"^ \.(\w+)\S*\s+0x[0-9a-f]+\s+0x([0-9a-f]+) (\S+)$", text, re.MULTILINE):
        if section in kinds and is_generated(place):
            sums[kinds[section]] += int(size, 16)
    return sums


def relocations(build, found):
    """Pointers in the constant data of generated objects."""
    listing = subprocess.run(["readelf", "-rW", *found], cwd=build, check=True, stdout=subprocess.PIPE, text=True).stdout
    return listing.count(" R_X86_64_64 ")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", metavar="FILE", type=pathlib.Path)
    options = parser.parse_args()
    found = commands(BUILD)
    wall, processor = compile_all(BUILD, found)
    sums = bytes_by_kind(link_map(BUILD))
    sums["relocations"] = RELOCATION_SIZE * relocations(BUILD, found)
    megabytes = sum(sums.values()) / 1e6
    kept = [wall <= SECONDS_ALLOWED, megabytes <= MEGABYTES_ALLOWED]
    parts = ", ".join(f"{size / 1e6:.2f} MB {kind}" for kind, size in sums.items())
    lines = [TITLE, "", "Made with `build/python/bin/python bench/generated.py --write docs/performance.md`.", "",
             "| what | figure | limit | kept |", "|---|---|---|---|",
             f"| compiling all {len(found)} generated sources, {AT_ONCE} at a time, no cache | {wall:.0f} s "
             f"({processor:.0f} s of CPU time, load at the end {os.getloadavg()[0]:.1f}) | {SECONDS_ALLOWED} s "
             f"| {'yes' if kept[0] else 'NO'} |",
             f"| what they add to the program: {parts} | {megabytes:.2f} MB | {MEGABYTES_ALLOWED} MB "
             f"| {'yes' if kept[1] else 'NO'} |"]
    section = "\n".join(lines) + "\n"
    print(section, end="")
    if options.write:
        text = options.write.read_text().split("\n" + TITLE, 1)[0]
        options.write.write_text(text.rstrip("\n") + "\n\n" + section)
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
