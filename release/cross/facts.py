"""Prints facts of a library as JSON, for check.ts: its format, architecture, exports and imports.

    facts.py LIBRARY BUILD

BUILD is the folder with the object files that it was linked from.
"""

import json
import pathlib
import sys

import lief


def elf(binary):
    versions = set()
    for requirement in binary.symbols_version_requirement:
        for auxiliary in requirement.get_auxiliary_symbols():
            versions.add(auxiliary.name)
    return {
        "format": "elf",
        "arch": binary.header.machine_type.name.lower(),
        "exports": sorted(s.name for s in binary.exported_symbols),
        "imports": sorted(s.name for s in binary.imported_symbols if s.name),
        "libraries": sorted(binary.libraries),
        "versions": sorted(versions),
    }


def from_zig(imports, build):
    """Names that the object files use, and that neither they nor the system define: zig's libraries do."""
    used, defined = set(), set()
    for path in pathlib.Path(build).rglob("*.obj"):
        file = lief.COFF.parse(str(path))  # its symbols end with it
        for symbol in file.symbols:
            if symbol.is_undefined:
                used.add(symbol.name)
            elif symbol.is_external:
                defined.add(symbol.name)
    return {name.removeprefix("__imp_") for name in used - defined} - set(imports)


def pe(binary, build):
    imports = [entry.name for library in binary.imports for entry in library.entries]
    return {
        "format": "pe",
        "arch": binary.header.machine.name.lower(),
        "exports": sorted(entry.name for entry in binary.get_export().entries),
        "imports": sorted(imports),
        "libraries": sorted(library.name.lower() for library in binary.imports),
        "fromZig": sorted(from_zig(imports, build)),
        "versions": [],
    }


def macho(binary):
    version = binary.build_version.minos
    return {
        "format": "mach-o",
        "arch": binary.header.cpu_type.name.lower(),
        "exports": sorted(s.name.removeprefix("_") for s in binary.exported_symbols),
        "imports": sorted(s.name.removeprefix("_") for s in binary.imported_symbols),
        # Its own name is among the load commands.
        "libraries": sorted(
            library.name for library in binary.libraries if library.command != lief.MachO.LoadCommand.TYPE.ID_DYLIB
        ),
        "versions": [".".join(str(part) for part in version)],
    }


def facts(path, build):
    binary = lief.parse(path)
    if isinstance(binary, lief.ELF.Binary):
        return elf(binary)
    if isinstance(binary, lief.PE.Binary):
        return pe(binary, build)
    if isinstance(binary, lief.MachO.Binary):
        return macho(binary)
    raise SystemExit(f"{path} is not a library")


json.dump(facts(*sys.argv[1:]), sys.stdout)
