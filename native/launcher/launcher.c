// The start of a self-extracting executable. Files, their table and a footer
// follow it (release/self_extracting.ts writes them).
//
// Its first start places the files in a private folder of the user's cache,
// named by their content, and checks their hashes. Every start then becomes the
// program among them. A later start compares each file's size, times and inode
// with those at placement, and places all again if one has changed.

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sha256.h"

#if defined(__APPLE__)
#include <mach-o/dyld.h>
#define CHANGED_AT(info) ((info)->st_ctimespec)
#define MODIFIED_AT(info) ((info)->st_mtimespec)
#else
#define CHANGED_AT(info) ((info)->st_ctim)
#define MODIFIED_AT(info) ((info)->st_mtim)
#endif

enum { NAME_CAPACITY = 208, MOST_ENTRIES = 4096, MOST_TEXT = 1 << 20 };

// A file. All numbers are little-endian, as on every supported CPU.
typedef struct entry_t {
  char name[NAME_CAPACITY];  // relative; folders are separated by '/'
  uint64_t offset;
  uint64_t size;
  uint8_t sha256[32];
} entry_t;

typedef struct footer_t {
  uint64_t offset;  // of the table, which the text follows
  uint32_t entry_count;
  uint32_t text_size;
  uint8_t sha256[32];  // of the table and the text; names the folder
  char magic[16];
} footer_t;

static const char MAGIC[16] = "iree-extract-01";

// What a placed file must still be.
typedef struct stamp_t {
  uint64_t inode;
  uint64_t size;
  int64_t modified[2];
  int64_t changed[2];
} stamp_t;

typedef struct package_t {
  int file;
  entry_t* entries;
  uint32_t entry_count;
  // Variables as NAME=VALUE, an empty string, then arguments; a byte 1 in them
  // stands for the folder. The first argument is the program.
  char* text;
  uint32_t text_size;
  char key[65];
} package_t;

// Why the last step failed.
static char reason[2 * PATH_MAX];

static int fail(const char* what, const char* why) {
  snprintf(reason, sizeof(reason), "'%s': %s", what, why);
  return -1;
}

static int fail_with_errno(const char* what) {
  return fail(what, strerror(errno));
}

static void die(const char* what) {
  fprintf(stderr, "error: %s: %s\n", what, reason);
  exit(1);
}

// Writes a path; fails if it is too long.
static int join(char path[PATH_MAX], const char* folder, const char* name,
                const char* suffix) {
  int length = snprintf(path, PATH_MAX, "%s/%s%s", folder, name, suffix);
  return length < PATH_MAX ? 0 : fail(folder, strerror(ENAMETOOLONG));
}

static int read_at(int file, void* target, uint64_t size, uint64_t offset) {
  for (uint64_t done = 0; done < size;) {
    ssize_t count =
        pread(file, (char*)target + done, size - done, (off_t)(offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return -1;
    done += (uint64_t)count;
  }
  return 0;
}

static int write_all(int file, const void* bytes, size_t size) {
  for (size_t done = 0; done < size;) {
    ssize_t count = write(file, (const char*)bytes + done, size - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return -1;
    done += (size_t)count;
  }
  return 0;
}

static int open_self(void) {
#if defined(__APPLE__)
  char path[PATH_MAX];
  uint32_t size = sizeof(path);
  if (_NSGetExecutablePath(path, &size)) return -1;
  return open(path, O_RDONLY | O_CLOEXEC);
#else
  return open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
#endif
}

static int read_package(package_t* package) {
  const char* self = "this executable";
  footer_t footer;
  package->file = open_self();
  off_t end = package->file < 0 ? -1 : lseek(package->file, 0, SEEK_END);
  if (end < 0) return fail_with_errno(self);
  if (end < (off_t)sizeof(footer) ||
      read_at(package->file, &footer, sizeof(footer),
              (uint64_t)end - sizeof(footer)) ||
      memcmp(footer.magic, MAGIC, sizeof(MAGIC)) ||
      footer.entry_count > MOST_ENTRIES || footer.text_size > MOST_TEXT) {
    return fail(self, "it is incomplete; download it again");
  }
  size_t table_size = footer.entry_count * sizeof(entry_t);
  size_t size = table_size + footer.text_size;
  char* table = malloc(size + 1);
  if (!table) return fail_with_errno(self);
  uint8_t digest[32];
  sha256_t hash;
  sha256_begin(&hash);
  if (!read_at(package->file, table, size, footer.offset)) {
    sha256_update(&hash, table, size);
  }
  sha256_end(&hash, digest);
  if (memcmp(digest, footer.sha256, sizeof(digest))) {
    return fail(self, "it is damaged; download it again");
  }
  table[size] = 0;
  package->entries = (entry_t*)table;
  package->entry_count = footer.entry_count;
  package->text = table + table_size;
  package->text_size = footer.text_size;
  for (int i = 0; i < 32; ++i) {
    snprintf(package->key + 2 * i, 3, "%02x", digest[i]);
  }
  return 0;
}

// Makes a folder and those above it.
static int make_folders(char* path, mode_t mode) {
  for (char* at = path + 1; *at; ++at) {
    if (*at != '/') continue;
    *at = 0;
    int status = mkdir(path, mode);
    *at = '/';
    if (status && errno != EEXIST && errno != EROFS && errno != EACCES) {
      return fail_with_errno(path);
    }
  }
  if (mkdir(path, mode) && errno != EEXIST) return fail_with_errno(path);
  return 0;
}

// Rejects a folder that other users could replace.
static int check_parents(const char* folder) {
  char path[PATH_MAX];
  if (!realpath(folder, path)) return fail_with_errno(folder);
  for (char* slash; (slash = strrchr(path, '/')) != NULL && slash != path;) {
    *slash = 0;
    struct stat info;
    if (stat(path, &info)) return fail_with_errno(path);
    if (info.st_uid != getuid() && info.st_uid != 0) {
      return fail(path, "it belongs to another user");
    }
    // Only the user is in the user's own group, or in root's. In a folder with
    // the sticky bit, such as /tmp, users can only replace their own entries.
    int is_own_group = info.st_gid == 0 || info.st_gid == getuid();
    int is_shared =
        (info.st_mode & S_IWOTH) || ((info.st_mode & S_IWGRP) && !is_own_group);
    if (is_shared && !(info.st_mode & S_ISVTX)) {
      return fail(path, "other users can write to it");
    }
  }
  return 0;
}

static int make_private_folder(char* folder) {
  struct stat info;
  if (make_folders(folder, 0700)) return -1;
  if (lstat(folder, &info)) return fail_with_errno(folder);
  if (!S_ISDIR(info.st_mode)) return fail(folder, "it is not a folder");
  if (info.st_uid != getuid())
    return fail(folder, "it belongs to another user");
  if ((info.st_mode & 0777) != 0700 && chmod(folder, 0700)) {
    return fail_with_errno(folder);
  }
  return check_parents(folder);
}

static stamp_t stamp_of(const struct stat* info) {
  return (stamp_t){
      .inode = info->st_ino,
      .size = (uint64_t)info->st_size,
      .modified = {MODIFIED_AT(info).tv_sec, MODIFIED_AT(info).tv_nsec},
      .changed = {CHANGED_AT(info).tv_sec, CHANGED_AT(info).tv_nsec},
  };
}

static const char STAMP_NAME[] = ".stamps";

// Whether all files are there and as they were placed.
static int is_placed(const package_t* package, const char* folder) {
  char path[PATH_MAX];
  if (join(path, folder, STAMP_NAME, "")) return 0;
  int stamps = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (stamps < 0) return 0;
  int is_same = 1;
  for (uint32_t i = 0; is_same && i < package->entry_count; ++i) {
    struct stat info;
    stamp_t expected;
    is_same =
        !read_at(stamps, &expected, sizeof(expected), i * sizeof(expected)) &&
        !join(path, folder, package->entries[i].name, "") &&
        !lstat(path, &info);
    if (!is_same) break;
    stamp_t found = stamp_of(&info);
    is_same =
        S_ISREG(info.st_mode) && !memcmp(&found, &expected, sizeof(found));
  }
  close(stamps);
  return is_same;
}

static int copy_entry(const package_t* package, const entry_t* entry, int out,
                      const char* path) {
  static char buffer[1 << 16];
  sha256_t hash;
  sha256_begin(&hash);
  for (uint64_t done = 0; done < entry->size;) {
    uint64_t left = entry->size - done;
    size_t count = left < sizeof(buffer) ? (size_t)left : sizeof(buffer);
    if (read_at(package->file, buffer, count, entry->offset + done)) {
      return fail(entry->name, "this executable is damaged; download it again");
    }
    sha256_update(&hash, buffer, count);
    if (write_all(out, buffer, count)) return fail_with_errno(path);
    done += count;
  }
  uint8_t digest[32];
  sha256_end(&hash, digest);
  if (memcmp(digest, entry->sha256, sizeof(digest))) {
    return fail(entry->name, "this executable is damaged; download it again");
  }
  return 0;
}

static int place_entry(const package_t* package, const entry_t* entry,
                       const char* folder, stamp_t* out_stamp) {
  char path[PATH_MAX];
  if (join(path, folder, entry->name, "")) return -1;
  char* slash = strrchr(path, '/');
  *slash = 0;
  if (make_folders(path, 0700)) return -1;
  *slash = '/';
  int out = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0700);
  if (out < 0) return fail_with_errno(path);
  struct stat info;
  int status = copy_entry(package, entry, out, path);
  if (!status && fstat(out, &info)) status = fail_with_errno(path);
  if (close(out) && !status) status = fail_with_errno(path);
  if (!status) *out_stamp = stamp_of(&info);
  return status;
}

// Removes a folder of earlier placements: the names in it are those of a table.
static void remove_folder(const package_t* package, const char* folder) {
  char path[PATH_MAX];
  for (uint32_t i = 0; i <= package->entry_count; ++i) {
    const char* name =
        i < package->entry_count ? package->entries[i].name : STAMP_NAME;
    if (join(path, folder, name, "")) continue;
    unlink(path);
    // Then the folders above it that are empty.
    for (char* slash; (slash = strrchr(path, '/')) &&
                      strlen(folder) < (size_t)(slash - path);) {
      *slash = 0;
      if (rmdir(path)) break;
    }
  }
  rmdir(folder);
}

static int write_stamps(const char* folder, const stamp_t* stamps,
                        uint32_t count) {
  char path[PATH_MAX];
  if (join(path, folder, STAMP_NAME, "")) return -1;
  int out = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (out < 0) return fail_with_errno(path);
  int status = write_all(out, stamps, count * sizeof(*stamps));
  if (status) fail_with_errno(path);
  if (close(out) && !status) status = fail_with_errno(path);
  return status;
}

// Places all files in a folder beside the final one. The lock is held.
static int place_all(const package_t* package, const char* partial,
                     const char* folder) {
  static stamp_t stamps[MOST_ENTRIES];
  remove_folder(package, partial);  // of a start that was killed
  if (mkdir(partial, 0700)) return fail_with_errno(partial);
  int status = 0;
  for (uint32_t i = 0; !status && i < package->entry_count; ++i) {
    status = place_entry(package, &package->entries[i], partial, &stamps[i]);
  }
  if (!status) status = write_stamps(partial, stamps, package->entry_count);
  if (!status) {
    remove_folder(package, folder);  // it has changed since
    if (rename(partial, folder)) status = fail_with_errno(folder);
  }
  if (status) remove_folder(package, partial);
  return status;
}

// Places the files under a root unless they are there. One start at a time:
// the lock ends with its process.
static int place(const package_t* package, char* root, char folder[PATH_MAX]) {
  char lock_path[PATH_MAX];
  char partial[PATH_MAX];
  if (make_private_folder(root) || join(folder, root, package->key, "") ||
      join(partial, root, package->key, ".partial") ||
      join(lock_path, root, package->key, ".lock")) {
    return -1;
  }
  if (is_placed(package, folder)) return 0;
  int lock = open(lock_path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (lock < 0) return fail_with_errno(lock_path);
  while (flock(lock, LOCK_EX)) {
    if (errno != EINTR) return fail_with_errno(lock_path);
  }
  int status =
      is_placed(package, folder) ? 0 : place_all(package, partial, folder);
  close(lock);
  return status;
}

// The folders to try, in order: the user's cache, then the temporary folder.
static int root_of(int ordinal, char root[PATH_MAX]) {
#if defined(__APPLE__)
  const char* cache = NULL;
  const char* in_home = "Library/Caches";
#else
  const char* cache = getenv("XDG_CACHE_HOME");
  const char* in_home = ".cache";
#endif
  const char* home = getenv("HOME");
  const char* temporary = getenv("TMPDIR");
  int length = 0;
  if (ordinal == 1) {
    if (!temporary || *temporary != '/') temporary = "/tmp";
    length = snprintf(root, PATH_MAX, "%s/iree-deno-%u", temporary,
                      (unsigned)getuid());
  } else if (cache && *cache == '/') {
    length = snprintf(root, PATH_MAX, "%s/iree-deno/standalone", cache);
  } else if (home && *home == '/') {
    length =
        snprintf(root, PATH_MAX, "%s/%s/iree-deno/standalone", home, in_home);
  } else {
    return fail("HOME", "it does not name a folder");
  }
  return length < PATH_MAX ? 0 : fail("HOME", strerror(ENAMETOOLONG));
}

// Replaces each byte 1 of a text by the folder.
static char* expand(const char* text, const char* folder) {
  size_t count = 0;
  for (const char* at = text; *at; ++at) count += *at == 1;
  char* result = malloc(strlen(text) + count * strlen(folder) + 1);
  if (!result) {
    fail_with_errno("memory");
    die("cannot start");
  }
  char* out = result;
  for (const char* at = text; *at; ++at) {
    if (*at == 1) {
      out = stpcpy(out, folder);
    } else {
      *out++ = *at;
    }
  }
  *out = 0;
  return result;
}

static void set_variable(char* variable) {
  char* value = strchr(variable, '=');
  if (!value) return;
  *value = 0;
  setenv(variable, value + 1, /*overwrite=*/0);
}

// Becomes the program.
static void start(const package_t* package, const char* folder, int argc,
                  char** argv) {
  const char* at = package->text;
  const char* end = at + package->text_size;
  for (; at < end && *at; at += strlen(at) + 1)
    set_variable(expand(at, folder));
  size_t count = 0;
  for (const char* next = at + 1; next < end; next += strlen(next) + 1) ++count;
  char** arguments = calloc(count + (size_t)argc + 1, sizeof(*arguments));
  if (!arguments || count == 0) {
    fail("this executable", "it has no program");
    die("cannot start");
  }
  count = 0;
  for (++at; at < end; at += strlen(at) + 1) {
    arguments[count++] = expand(at, folder);
  }
  const char* program = arguments[0];
  for (int i = 1; i < argc; ++i) arguments[count++] = argv[i];
  execv(program, arguments);
  fail_with_errno(program);
  die("cannot start");
}

int main(int argc, char** argv) {
  static package_t package;
  if (read_package(&package)) die("cannot extract");
  char reasons[2][sizeof(reason)];
  for (int i = 0; i < 2; ++i) {
    char root[PATH_MAX];
    char folder[PATH_MAX];
    if (!root_of(i, root) && !place(&package, root, folder)) {
      start(&package, folder, argc, argv);
    }
    memcpy(reasons[i], reason, sizeof(reason));
  }
  fprintf(stderr,
          "error: cannot extract this executable:\n  %s\n  %s\n"
          "hint: set XDG_CACHE_HOME to a folder of yours with enough space\n",
          reasons[0], reasons[1]);
  return 1;
}
