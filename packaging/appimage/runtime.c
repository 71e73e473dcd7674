/* The first part of the AppImage: it shows the file system behind it as a folder and runs AppRun there.

   The process itself becomes AppRun, so that signals, exit code and terminal are the program's own. Its
   keeper, a process beside it in a session of its own, mounts the file system by FUSE, or unpacks it where
   FUSE is not there (containers), and takes it away when the program is gone, however it ended. Written
   anew: the usual runtime is not in the package archives that this is built from. */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <squashfuse/ll.h>

enum { CHUNK = 1 << 20, MOST_OPEN = 16 };

static const char HELP[] =
    "DFS Desktop as an AppImage. Its own options, before all others:\n\n"
    "  --appimage-extract           unpack it to the folder squashfs-root here\n"
    "  --appimage-extract-and-run   unpack it to a temporary folder, run it there, remove it\n"
    "                               (APPIMAGE_EXTRACT_AND_RUN=1 does the same)\n"
    "  --appimage-mount             show its files in a folder until Ctrl+C\n"
    "  --appimage-offset            where its file system begins\n"
    "  --appimage-help              this text\n\n"
    "Everything else goes to the program: --help tells of it.\n";

static char image[PATH_MAX]; /* this file */
static size_t offset;        /* where the file system in it begins */

/* The way of this file; where no /proc is mounted, as it was called. */
static void find_image(void) {
    ssize_t length = readlink("/proc/self/exe", image, sizeof image - 1);
    if (length < 0 && !realpath((const char *)getauxval(AT_EXECFN), image)) {
        perror("AppImage");
        exit(127);
    }
}

/* The table of sections is the last of an ELF file: what follows is the file system. */
static void find_offset(void) {
    Elf64_Ehdr head;
    int file = open(image, O_RDONLY | O_CLOEXEC);
    if (file < 0 || read(file, &head, sizeof head) != sizeof head) {
        perror(image);
        exit(127);
    }
    close(file);
    offset = head.e_shoff + (size_t)head.e_shentsize * head.e_shnum;
}

/* Whether all of the file system is here: half a download starts as well as a whole one. */
static bool is_whole(void) {
    struct squashfs_super_block head = {0};
    struct stat of = {0};
    int file = open(image, O_RDONLY | O_CLOEXEC);
    bool whole = file >= 0 && pread(file, &head, sizeof head, (off_t)offset) == sizeof head &&
                 head.s_magic == SQUASHFS_MAGIC && fstat(file, &of) == 0 &&
                 head.bytes_used <= (uint64_t)of.st_size - offset;
    if (file >= 0) close(file);
    if (!whole) fprintf(stderr, "%s is cut or damaged: fetch it again.\n", image);
    return whole;
}

static bool write_all(int file, const char *data, size_t size) {
    while (size) {
        ssize_t written = write(file, data, size);
        if (written < 0) return false;
        data += written;
        size -= (size_t)written;
    }
    return true;
}

static bool unpack_file(sqfs *fs, sqfs_inode *inode, const char *path) {
    static char data[CHUNK];
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, inode->base.mode & 0777);
    bool good = file >= 0;
    for (sqfs_off_t at = 0; good && (uint64_t)at < inode->xtra.reg.file_size;) {
        sqfs_off_t size = CHUNK;
        good = sqfs_read_range(fs, inode, at, &size, data) == SQFS_OK && size > 0 &&
               write_all(file, data, (size_t)size);
        at += size;
    }
    return file >= 0 && close(file) == 0 && good;
}

static bool unpack_link(sqfs *fs, sqfs_inode *inode, const char *path) {
    char target[PATH_MAX];
    size_t size = sizeof target;
    return sqfs_readlink(fs, inode, target, &size) == SQFS_OK && symlink(target, path) == 0;
}

/* All files of the image below a folder that is there. */
static bool unpack(const char *folder) {
    sqfs fs;
    sqfs_traverse walk;
    sqfs_err error = SQFS_OK;
    if (sqfs_open_image(&fs, image, offset) != SQFS_OK) return false;
    bool good = sqfs_traverse_open(&walk, &fs, sqfs_inode_root(&fs)) == SQFS_OK;
    while (good && sqfs_traverse_next(&walk, &error)) {
        char path[PATH_MAX];
        sqfs_inode inode;
        if (walk.dir_end) continue;
        good = snprintf(path, sizeof path, "%s/%s", folder, walk.path) < (int)sizeof path &&
               sqfs_inode_get(&fs, &inode, sqfs_dentry_inode(&walk.entry)) == SQFS_OK;
        if (!good) break;
        if (S_ISDIR(inode.base.mode))
            good = mkdir(path, 0755) == 0;
        else if (S_ISLNK(inode.base.mode))
            good = unpack_link(&fs, &inode, path);
        else if (S_ISREG(inode.base.mode))
            good = unpack_file(&fs, &inode, path);
    }
    return good && error == SQFS_OK;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw) {
    (void)st, (void)kind, (void)ftw;
    remove(path);
    return 0;
}

static void remove_folder(const char *folder) { nftw(folder, remove_one, MOST_OPEN, FTW_DEPTH | FTW_PHYS); }

/* The loader reads here and there: with the few blocks that are usual, most would be unpacked twice. */
static void enlarge(sqfs_cache *cache, size_t blocks) {
    sqfs_cache_destroy(cache);
    sqfs_block_cache_init(cache, blocks);
}

static struct fuse_session *mount_at(const char *folder) {
    static const struct fuse_lowlevel_ops ops = {
        .getattr = sqfs_ll_op_getattr, .opendir = sqfs_ll_op_opendir, .releasedir = sqfs_ll_op_releasedir,
        .readdir = sqfs_ll_op_readdir, .lookup = sqfs_ll_op_lookup,   .open = sqfs_ll_op_open,
        .release = sqfs_ll_op_release, .read = sqfs_ll_op_read,       .readlink = sqfs_ll_op_readlink,
        .forget = sqfs_ll_op_forget,   .statfs = stfs_ll_op_statfs,
    };
    char *words[] = {"dfs-desktop", "-o", "ro,nosuid,nodev,fsname=dfs-desktop,subtype=AppImage", NULL};
    struct fuse_args args = FUSE_ARGS_INIT(3, words);
    sqfs_ll *fs = sqfs_ll_open(image, offset);
    if (fs) {
        enlarge(&fs->fs.data_cache, 64);
        enlarge(&fs->fs.frag_cache, 16);
        enlarge(&fs->fs.md_cache, 64);
    }
    struct fuse_session *session = fs ? fuse_session_new(&args, &ops, sizeof ops, fs) : NULL;
    return session && fuse_session_mount(session, folder) == 0 ? session : NULL;
}

/* Answers what the kernel asks until the program is gone, and what still has files open after it. */
static void serve(struct fuse_session *session, const char *folder, int program) {
    struct pollfd wait[] = {{fuse_session_fd(session), POLLIN, 0}, {program, POLLIN, 0}};
    struct fuse_buf request = {0};
    for (;;) {
        if (poll(wait, 2, -1) < 0) continue;
        if (wait[1].revents) {
            fuse_session_unmount(session); /* now or when the last file is closed */
            rmdir(folder);
            wait[1].fd = -1;
            wait[1].revents = 0;
        }
        if (!wait[0].revents) continue;
        int size = fuse_session_receive_buf(session, &request);
        if (size == -EINTR || size == -EAGAIN) continue;
        if (size <= 0) break;
        fuse_session_process_buf(session, &request);
    }
    rmdir(folder); /* unmounted by somebody else */
}

/* A new private folder, in the first of the usual places that takes one. */
static bool make_folder(char *folder, const char *place) {
    return place && *place == '/' && strlen(place) < PATH_MAX - 32 &&
           sprintf(folder, "%s/.dfs-desktop-XXXXXX", place) > 0 && mkdtemp(folder);
}

static bool may_run_in(const char *folder) {
    struct statvfs of;
    return statvfs(folder, &of) == 0 && !(of.f_flag & ST_NOEXEC);
}

/* The keeper: tells the folder by the pipe when AppRun is there, and ends after the program. */
static void keep(bool mounted, int told, int program) {
    const char *places[] = {getenv("XDG_RUNTIME_DIR"), getenv("TMPDIR"), "/tmp", "/var/tmp", getenv("HOME")};
    const size_t count = sizeof places / sizeof *places;
    char folder[PATH_MAX];
    int silence = open("/dev/null", O_RDWR | O_CLOEXEC);
    setsid(); /* Ctrl+C and the end of a terminal or a session are for the program: it needs its files */
    for (int number = 1; number < 32; number++)
        if (number != SIGCHLD && number != SIGSEGV && number != SIGABRT) signal(number, SIG_IGN);
    chdir("/");
    for (int stream = 0; stream < 3 && silence >= 0; stream++) dup2(silence, stream);
    for (size_t n = 0; mounted && n < count; n++) {
        if (!make_folder(folder, places[n])) continue;
        struct fuse_session *session = mount_at(folder);
        if (session) {
            write_all(told, folder, strlen(folder));
            close(told);
            serve(session, folder, program);
            exit(0);
        }
        rmdir(folder);
        break; /* another place would not help */
    }
    for (size_t n = 1; n < count; n++) { /* not in the first: it lies in the memory, and is small */
        if (!make_folder(folder, places[n])) continue;
        if (may_run_in(folder) && unpack(folder)) {
            struct pollfd wait = {program, POLLIN, 0};
            write_all(told, folder, strlen(folder));
            close(told);
            while (poll(&wait, 1, -1) < 0) continue;
            remove_folder(folder);
            exit(0);
        }
        remove_folder(folder);
    }
    exit(1);
}

/* Starts the keeper and returns the folder that it made. */
static const char *kept_folder(bool mounted) {
    static char folder[PATH_MAX];
    int told[2], life[2] = {(int)syscall(SYS_pidfd_open, getpid(), 0), -1};
    size_t size = 0;
    ssize_t got;
    /* Without pidfd (Linux before 5.3) a pipe that the program inherits tells of its end. */
    if (pipe2(told, O_CLOEXEC) || (life[0] < 0 && pipe(life))) return NULL;
    pid_t between = fork(); /* the program is not to have a child that it did not start */
    if (between == 0) {
        if (life[1] >= 0) close(life[1]);
        close(told[0]);
        if (fork() == 0) keep(mounted, told[1], life[0]);
        _exit(0);
    }
    close(told[1]);
    close(life[0]);
    waitpid(between, NULL, 0);
    while ((got = read(told[0], folder + size, sizeof folder - 1 - size)) > 0) size += (size_t)got;
    close(told[0]);
    return size ? folder : NULL;
}

static int run(char **words, bool mounted) {
    if (!is_whole()) return 127;
    const char *folder = kept_folder(mounted);
    char program[PATH_MAX], here[PATH_MAX];
    if (!folder) {
        fprintf(stderr, "%s: neither can FUSE mount it, nor is there room to unpack it in TMPDIR, /tmp, /var/tmp"
                        " or the home folder, where programs may run. Set TMPDIR to a folder with 200 MB.\n", image);
        return 127;
    }
    setenv("APPIMAGE", image, 1);
    setenv("APPDIR", folder, 1);
    setenv("ARGV0", words[0], 1);
    if (getcwd(here, sizeof here)) setenv("OWD", here, 1);
    snprintf(program, sizeof program, "%s/AppRun", folder);
    words[0] = program;
    execv(program, words);
    perror(program);
    return 127;
}

int main(int count, char **words) {
    const char *option = count > 1 && strncmp(words[1], "--appimage-", 11) == 0 ? words[1] + 11 : "";
    const char *unpacked = getenv("APPIMAGE_EXTRACT_AND_RUN");
    find_image();
    find_offset();
    if (!*option) return run(words, !(unpacked && strcmp(unpacked, "1") == 0));
    if (strcmp(option, "extract-and-run") == 0) {
        words[1] = words[0];
        return run(words + 1, false);
    }
    if (strcmp(option, "extract") == 0) {
        if (mkdir("squashfs-root", 0755) || !unpack("squashfs-root")) {
            perror("squashfs-root");
            return 1;
        }
        return puts("squashfs-root") < 0;
    }
    if (strcmp(option, "mount") == 0) {
        const char *folder = kept_folder(true);
        if (!folder || puts(folder) < 0 || fflush(stdout)) return 1;
        return pause();
    }
    if (strcmp(option, "offset") == 0) return printf("%zu\n", offset) < 0;
    fputs(HELP, strcmp(option, "help") == 0 ? stdout : stderr);
    return strcmp(option, "help") != 0;
}
