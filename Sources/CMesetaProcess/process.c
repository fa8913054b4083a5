/* The system calls behind CMesetaProcess.h. */
#define _GNU_SOURCE
#include "CMesetaProcess.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

/* A copy above the numbers that the child's own descriptors take, so that none overwrites another. */
static int raise_descriptor(int fd) {
    return fd > MESETA_DIRECTORY_FD ? fd : fcntl(fd, F_DUPFD_CLOEXEC, MESETA_DIRECTORY_FD + 1);
}

int meseta_spawn_supervisor(const char *path, const char *container, int connection, int directory, pid_t *pid) {
    int from_connection = raise_descriptor(connection), from_directory = raise_descriptor(directory);
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t all;
    sigfillset(&all);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    int error = from_connection < 0 || from_directory < 0 ? errno : 0;
    if (!error) error = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDWR, 0);
    if (!error) error = posix_spawn_file_actions_adddup2(&actions, 0, 1);
    if (!error) error = posix_spawn_file_actions_adddup2(&actions, 0, 2);
    if (!error) error = posix_spawn_file_actions_adddup2(&actions, from_connection, MESETA_CONNECTION_FD);
    if (!error) error = posix_spawn_file_actions_adddup2(&actions, from_directory, MESETA_DIRECTORY_FD);
    if (!error) error = posix_spawnattr_setsigdefault(&attributes, &all);
    /* Blocked until the supervisor is ready to hear them: none may end it half way. */
    if (!error) error = posix_spawnattr_setsigmask(&attributes, &all);
    if (!error)
        error = posix_spawnattr_setflags(
            &attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    char *arguments[] = {"meseta-supervisor", (char *)container, NULL}, *environment[] = {NULL};
    if (!error) error = posix_spawn(pid, path, &actions, &attributes, arguments, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    if (from_connection >= 0 && from_connection != connection) close(from_connection);
    if (from_directory >= 0 && from_directory != directory) close(from_directory);
    return error;
}

int meseta_socket_pair(int descriptors[2]) {
    return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, descriptors);
}

int meseta_connect(int directory) {
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return -1;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    /* Through the descriptor: the path itself may be longer than an address holds. */
    snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/socket", directory);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0) return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

int meseta_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

int meseta_epoll_watch(int epoll, int descriptor, uint64_t token) {
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = token};
    return epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event);
}

int meseta_epoll_forget(int epoll, int descriptor) { return epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, NULL); }

int meseta_epoll_wait(int epoll, uint64_t *tokens, int capacity, int timeout_milliseconds) {
    struct epoll_event events[128];
    int count = epoll_wait(epoll, events, capacity < 128 ? capacity : 128, timeout_milliseconds);
    for (int i = 0; i < count; i++) tokens[i] = events[i].data.u64;
    return count;
}

int meseta_name_thread(const char *name) { return prctl(PR_SET_NAME, name); }

int meseta_eventfd(int is_nonblocking) {
    return eventfd(0, EFD_CLOEXEC | (is_nonblocking ? EFD_NONBLOCK : 0));
}

int meseta_open_beneath(int directory, const char *path) {
    struct open_how how = {
        .flags = O_PATH | O_CLOEXEC,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
    };
    long fd = -1;
    /* EAGAIN: something was renamed on the way, and the kernel could not be sure. */
    for (int attempt = 0; attempt < 16; attempt++) {
        fd = syscall(SYS_openat2, directory, path, &how, sizeof how);
        if (fd >= 0 || errno != EAGAIN) break;
    }
    return (int)fd;
}

int meseta_reopen(int descriptor, int flags) {
    char path[40];
    snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
    return open(path, flags | O_CLOEXEC);
}
