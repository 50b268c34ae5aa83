/* What would a pulled plug leave of a folder?
 *
 * Stands before the C library (LD_PRELOAD). Writes to files under $UNSYNCED_DATA go through, and are remembered; when a file is synced,
 * what was remembered of it is written to its twin under $UNSYNCED_KEPT before the sync is answered. The twins are thus what a disk
 * holds that writes nothing of its own accord. With $UNSYNCED_DEAF set, syncs are answered and do nothing: a lying disk.
 *
 * Not covered: memory maps (SQLite maps only its -shm file, which it makes anew), and names, which are durable at once.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

/* A write (length bytes at offset) or, where bytes is NULL, a truncation to offset; by inode, since names may change. */
struct change {
    dev_t device;
    ino_t inode;
    off_t offset;
    size_t length;
    char *bytes;
    struct change *next;
};

static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;
static struct change *first, *last;

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static void give_up(const char *what) {
    perror(what);
    abort();
}

/* The twin's path when the path lies under the data folder. */
static int twin_of_path(const char *path, char *twin) {
    const char *data = getenv("UNSYNCED_DATA"), *kept = getenv("UNSYNCED_KEPT");
    if (!data || !kept) return 0;
    size_t n = strlen(data);
    if (strncmp(path, data, n) != 0 || path[n] != '/') return 0;
    const char *end = path + n;
    if (strlen(end) >= 4 && strcmp(end + strlen(end) - 4, "-shm") == 0) return 0;
    return snprintf(twin, PATH_MAX, "%s%s", kept, end) < PATH_MAX;
}

static int twin_of(int fd, char *twin) {
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    if (n <= 0) return 0;
    path[n] = 0;
    return twin_of_path(path, twin);
}

static void make_folders(char *path) {
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        mkdir(path, 0700);
        *slash = '/';
    }
}

static void remember(int fd, off_t offset, const void *bytes, size_t length) {
    struct stat about;
    if (fstat(fd, &about) != 0) give_up("unsynced: fstat");
    struct change *change = calloc(1, sizeof *change);
    if (!change) give_up("unsynced: memory");
    change->device = about.st_dev;
    change->inode = about.st_ino;
    change->offset = offset;
    change->length = length;
    if (bytes) {
        change->bytes = malloc(length ? length : 1);
        if (!change->bytes) give_up("unsynced: memory");
        memcpy(change->bytes, bytes, length);
    }
    pthread_mutex_lock(&guard);
    if (last) last->next = change; else first = change;
    last = change;
    pthread_mutex_unlock(&guard);
}

static void put(int fd, const struct change *change) {
    if (!change->bytes) {
        if (NEXT(ftruncate)(fd, change->offset) != 0) give_up("unsynced: truncate a twin");
        return;
    }
    size_t done = 0;
    while (done < change->length) {
        ssize_t n = NEXT(pwrite)(fd, change->bytes + done, change->length - done, change->offset + (off_t)done);
        if (n <= 0) give_up("unsynced: write a twin");
        done += (size_t)n;
    }
}

/* Brings the twin up to what was written before this sync. */
static void settle(int fd) {
    char twin[PATH_MAX];
    struct stat about;
    if (getenv("UNSYNCED_DEAF") || !twin_of(fd, twin) || fstat(fd, &about) != 0 || !S_ISREG(about.st_mode)) return;
    make_folders(twin);
    pthread_mutex_lock(&guard);
    int out = open(twin, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (out < 0) give_up("unsynced: open a twin");
    struct change *before = NULL, *change = first;
    while (change) {
        struct change *next = change->next;
        if (change->device == about.st_dev && change->inode == about.st_ino) {
            put(out, change);
            if (before) before->next = next; else first = next;
            if (last == change) last = before;
            free(change->bytes);
            free(change);
        } else {
            before = change;
        }
        change = next;
    }
    close(out);
    pthread_mutex_unlock(&guard);
}

static ssize_t noted(int fd, const void *bytes, ssize_t written, off_t offset) {
    char twin[PATH_MAX];
    int kept = errno;
    if (written > 0 && twin_of(fd, twin)) remember(fd, offset, bytes, (size_t)written);
    errno = kept;
    return written;
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset) {
    return noted(fd, bytes, NEXT(pwrite)(fd, bytes, length, offset), offset);
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t offset) {
    return noted(fd, bytes, NEXT(pwrite64)(fd, bytes, length, offset), offset);
}

ssize_t write(int fd, const void *bytes, size_t length) {
    ssize_t written = NEXT(write)(fd, bytes, length);
    int kept = errno;
    /* Where it was written is known afterwards, for files opened for appending too. */
    off_t behind = written > 0 ? lseek(fd, 0, SEEK_CUR) : -1;
    errno = kept;
    return behind < 0 ? written : noted(fd, bytes, written, behind - written);
}

/* Nothing in the data folder is written so; if that changes, the test must not go blind. */
ssize_t writev(int fd, const struct iovec *parts, int count) {
    char twin[PATH_MAX];
    if (twin_of(fd, twin)) give_up("unsynced: writev is not followed");
    return NEXT(writev)(fd, parts, count);
}

static int cut(int fd, off_t length, int answer) {
    char twin[PATH_MAX];
    if (answer == 0 && twin_of(fd, twin)) remember(fd, length, NULL, 0);
    return answer;
}

int ftruncate(int fd, off_t length) { return cut(fd, length, NEXT(ftruncate)(fd, length)); }

int ftruncate64(int fd, off64_t length) { return cut(fd, length, NEXT(ftruncate64)(fd, length)); }

int fsync(int fd) {
    settle(fd);
    return 0;
}

int fdatasync(int fd) {
    settle(fd);
    return 0;
}

int rename(const char *from, const char *to) {
    char twin_from[PATH_MAX], twin_to[PATH_MAX];
    int answer = NEXT(rename)(from, to);
    if (answer == 0 && twin_of_path(from, twin_from) && twin_of_path(to, twin_to)) NEXT(rename)(twin_from, twin_to);
    return answer;
}

/* A removed file's number may be given to a new one, which must not inherit its writes. */
static void forget(const struct stat *about) {
    pthread_mutex_lock(&guard);
    struct change **at = &first;
    last = NULL;
    while (*at) {
        struct change *change = *at;
        if (change->device == about->st_dev && change->inode == about->st_ino) {
            *at = change->next;
            free(change->bytes);
            free(change);
        } else {
            last = change;
            at = &change->next;
        }
    }
    pthread_mutex_unlock(&guard);
}

int unlink(const char *path) {
    char twin[PATH_MAX];
    struct stat about;
    int ours = twin_of_path(path, twin) && stat(path, &about) == 0;
    int answer = NEXT(unlink)(path);
    if (answer == 0 && ours) {
        forget(&about);
        NEXT(unlink)(twin);
    }
    return answer;
}
