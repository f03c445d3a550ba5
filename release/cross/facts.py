"""Prints facts of a library as JSON, for check.ts: its format, architecture, exports and imports."""

import json
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


def pe(binary):
    imports = [entry.name for library in binary.imports for entry in library.entries]
    return {
        "format": "pe",
        "arch": binary.header.machine.name.lower(),
        "exports": sorted(entry.name for entry in binary.get_export().entries),
        "imports": sorted(imports),
        "libraries": sorted(library.name.lower() for library in binary.imports),
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


def facts(path):
    binary = lief.parse(path)
    if isinstance(binary, lief.ELF.Binary):
        return elf(binary)
    if isinstance(binary, lief.PE.Binary):
        return pe(binary)
    if isinstance(binary, lief.MachO.Binary):
        return macho(binary)
    raise SystemExit(f"{path} is not a library")


json.dump(facts(sys.argv[1]), sys.stdout)
