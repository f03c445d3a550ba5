#include <stdio.h>
#include <string.h>

#include "internal.h"

#if defined(_WIN32)
#include "../fixes/windows_files.h"
#endif  // _WIN32

#if defined(IREE_PLATFORM_LINUX) || defined(IREE_PLATFORM_ANDROID)

#include <elf.h>

// The length required by the headers at the beginning of the file; 0 if they do
// not belong to a library for this system, which the loader reports better.
static uint64_t iree_ffi_elf_length(const uint8_t* header, size_t size) {
  Elf64_Ehdr file;
  if (size < sizeof(file)) return 0;
  memcpy(&file, header, sizeof(file));
  if (memcmp(file.e_ident, ELFMAG, SELFMAG) != 0 ||
      file.e_ident[EI_CLASS] != ELFCLASS64 ||
      file.e_phentsize != sizeof(Elf64_Phdr)) {
    return 0;
  }
  uint64_t length = 0;
  for (uint64_t i = 0; i < file.e_phnum; ++i) {
    uint64_t offset = file.e_phoff + i * sizeof(Elf64_Phdr);
    if (offset > size || size - offset < sizeof(Elf64_Phdr)) break;
    Elf64_Phdr segment;
    memcpy(&segment, header + offset, sizeof(segment));
    if (segment.p_type != PT_LOAD) continue;
    length = iree_max(length, segment.p_offset + segment.p_filesz);
  }
  return length;
}

iree_status_t iree_ffi_check_library_length(const char* path, uint64_t length) {
  uint8_t header[4096];
  FILE* file = fopen(path, "rb");
  if (!file) return iree_ok_status();
  size_t size = fread(header, 1, sizeof(header), file);
  fclose(file);
  uint64_t needed = iree_ffi_elf_length(header, size);
  if (length >= needed) return iree_ok_status();
  return iree_make_status(IREE_STATUS_NOT_FOUND,
                          "failed to load dynamic library '%s': the file is "
                          "cut short, %" PRIu64 " bytes of %" PRIu64 " or more",
                          path, length, needed);
}

#else

iree_status_t iree_ffi_check_library_length(const char* path, uint64_t length) {
  return iree_ok_status();
}

#endif  // IREE_PLATFORM_*
